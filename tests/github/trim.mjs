// Makes openapi-trimmed.json: of GitHub's description of its API what the fake and its tests need.
// The whole package has 385 MB, so it is fetched by hand and not by CI:
//
//   npm pack @octokit/openapi@23.0.2
//   tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
//   node tests/github/trim.mjs package/generated/api.github.com.json > tests/github/openapi-trimmed.json
//
// The package is under the MIT licence. Descriptions are left out; one example of each answer is kept.
import { readFileSync } from "node:fs";

const OPERATIONS = [
  ["get", "/repos/{owner}/{repo}"],
  ["get", "/repos/{owner}/{repo}/installation"],
  ["post", "/app/installations/{installation_id}/access_tokens"],
  ["post", "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches"],
  ["get", "/repos/{owner}/{repo}/actions/runs/{run_id}"],
  ["get", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs"],
  ["post", "/repos/{owner}/{repo}/actions/runs/{run_id}/cancel"],
];

const whole = JSON.parse(readFileSync(process.argv[2], "utf8"));
const at = (pointer) => pointer.slice(2).split("/").reduce((node, key) => node[key], whole);
const resolved = (node) => (node?.$ref ? at(node.$ref) : node);
const schemas = {};

// Words for people, and what only writers of documentation read.
const WORDS = ["description", "title", "example", "examples", "deprecated", "default", "externalDocs", "x-github-breaking-changes"];

function schema(node) {
  if (Array.isArray(node)) return node.map(schema);
  if (node === null || typeof node !== "object") return node;
  if (node.$ref) {
    const name = node.$ref.split("/").at(-1);
    if (!(name in schemas)) {
      schemas[name] = null;
      schemas[name] = schema(at(node.$ref));
    }
    return { $ref: `#/schemas/${name}` };
  }
  const kept = {};
  for (const [key, value] of Object.entries(node)) {
    // Names of properties may be any words.
    if (key === "properties")
      kept.properties = Object.fromEntries(Object.entries(value).map(([name, of]) => [name, schema(of)]));
    else if (!WORDS.includes(key)) kept[key] = key === "enum" || key === "required" ? value : schema(value);
  }
  return kept;
}

// Examples are not always what their schema says, nor short.
function mend(example) {
  // The look of a secret makes scanners bark.
  if (example.token) example.token = "example";
  if (example.full_name) {
    example.language ??= null;
    for (const of of ["template_repository", "parent", "source"]) delete example[of];
  }
  for (const job of example.jobs ?? []) job.created_at ??= job.started_at;
}

function content(node) {
  const json = node?.content?.["application/json"];
  if (!json) return {};
  const example = resolved(Object.values(json.examples ?? {})[0])?.value;
  if (example) mend(example);
  return { schema: schema(json.schema), ...(example === undefined ? {} : { example }) };
}

const operations = OPERATIONS.map(([method, path]) => {
  const operation = whole.paths[path][method];
  const answers = Object.entries(operation.responses).map(([status, answer]) => [status, content(resolved(answer))]);
  const body = operation.requestBody;
  return { method: method.toUpperCase(), path, ...(body ? { body: content(body) } : {}), answers: Object.fromEntries(answers) };
});

// One line each, so that a diff shows what changed.
const lines = operations.map((operation) => JSON.stringify(operation)).join(",\n");
const named = Object.keys(schemas)
  .sort()
  .map((name) => `${JSON.stringify(name)}:${JSON.stringify(schemas[name])}`)
  .join(",\n");
const source = `@octokit/openapi ${whole.info.version}, MIT; made by tests/github/trim.mjs`;
console.log(`{"source":${JSON.stringify(source)},\n"operations":[\n${lines}\n],\n"schemas":{\n${named}\n}}`);
