//! The tables.

use super::Key;
use super::shapes::*;

pub(crate) const RUNBOOK: [Key; 13] = [
    Key::new("version", "Version of the format.", || constant(1)).required(),
    Key::new(
        "slug",
        "Name in addresses and commands, as in `deploy-web`.",
        slug,
    )
    .required(),
    Key::new("title", "One line for people.", title).required(),
    Key::new("description", "What it does, as Markdown.", text),
    Key::new("default_lane", "The lane of runs that name none.", lane),
    Key::new("timeout", "Of one attempt: 90, 90s, 5m, 2h, 1d.", seconds),
    Key::new(
        "max_attempts",
        "Attempts of a run whose worker is lost.",
        attempts,
    ),
    Key::new(
        "lease",
        "How long a silent worker keeps the run; 5s to 1h.",
        seconds,
    ),
    Key::new(
        "params",
        "The parameters: name to schema, or one object schema.",
        params,
    ),
    Key::new(
        "secrets",
        "Variables of the worker that the steps get, masked in everything.",
        secrets,
    ),
    Key::new(
        "concurrency",
        "How many runs of a group may be at work at once.",
        || reference("concurrency"),
    ),
    Key::new(
        "on_interrupt",
        "What becomes of a run whose worker was lost: run again, or failed.",
        || words(&INTERRUPTS),
    ),
    Key::new("steps", "What is done, one after another.", || {
        list_of("step", 100)
    })
    .required(),
];

pub(crate) const STEP: [Key; 17] = [
    Key::new("id", "Name by which later steps read this one.", step_id).required(),
    Key::new("title", "One line for people.", title),
    Key::new(
        "if",
        "Runs only where this holds; `success()` where nothing is said.",
        condition,
    ),
    Key::new(
        "timeout",
        "Of one try: 90, 90s, 5m. `wait_for` has its own.",
        seconds,
    ),
    Key::new(
        "env",
        "Variables of the shell; values may hold `{{ … }}`.",
        texts,
    ),
    Key::new(
        "workdir",
        "`run`, `workspace`, or a path below the run's own folder.",
        text,
    ),
    Key::new(
        "artifacts",
        "Files that are kept after the step.",
        artifact_files,
    ),
    Key::new("run", "Shell text: bash -euo pipefail, or sh -eu.", text),
    Key::new("artifact", "Leaves a text, a file or a link.", || {
        reference("artifact")
    }),
    Key::new(
        "http",
        "One HTTP request, and what its answer has to be.",
        || reference("http"),
    ),
    Key::new(
        "wait_for",
        "Asks again and again until something is so.",
        || reference("waitFor"),
    ),
    Key::new("retry", "More tries of a `run` or `http` step.", || {
        reference("retry")
    }),
    Key::new(
        "continue_on_error",
        "The step's failure is not the run's.",
        boolean,
    ),
    Key::new(
        "spec_kit",
        "Generates or checks a bundle of documents.",
        || reference("specKit"),
    ),
    Key::new(
        "workflow",
        "Starts a workflow at GitHub, and follows that very run.",
        || reference("workflow"),
    ),
    Key::not_built("agent"),
    Key::new(
        "once",
        "No later attempt of the run starts this step again.",
        boolean,
    ),
];

pub(crate) const INTERRUPTS: [&str; 2] = ["rerun", "fail"];

pub(crate) const CONCURRENCY: [Key; 2] = [
    Key::new(
        "group",
        "One name for all runs that share the limit.",
        group,
    )
    .required(),
    Key::new(
        "limit",
        "1 where nothing is said; at most 1000.",
        group_limit,
    ),
];

/// Kinds of steps that run today.
pub(crate) const STEP_KINDS: [&str; 6] = [
    "run", "artifact", "http", "wait_for", "workflow", "spec_kit",
];

pub(crate) const HTTP: [Key; 9] = [
    Key::new("method", "GET where nothing is said.", method),
    Key::new("url", "Address; may hold `{{ … }}`, but no secrets.", text).required(),
    Key::new(
        "headers",
        "Name to text; may hold `{{ secrets.NAME }}` too.",
        texts,
    ),
    Key::new("body", "Text; may hold `{{ secrets.NAME }}` too.", text),
    Key::new(
        "json",
        "Body as JSON; its texts may hold `{{ … }}`.",
        anything,
    ),
    Key::new("expect", "What the answer has to be.", || {
        reference("expect")
    }),
    Key::new(
        "outputs",
        "Output to JSON pointer into the answer, as in `/items/0/id`.",
        pointers,
    ),
    Key::new(
        "follow_redirects",
        "At most 5; true where nothing is said.",
        boolean,
    ),
    Key::new(
        "max_bytes",
        "Longest body that is read; 1 MiB where nothing is said.",
        max_bytes,
    ),
];

pub(crate) const EXPECT: [Key; 4] = [
    Key::new(
        "status",
        "`200`, `[200, 204]` or `2xx`, which is also meant where nothing is said.",
        status,
    ),
    Key::new(
        "body_contains",
        "A text, or several, that stand in the body.",
        one_or_more_texts,
    ),
    Key::new(
        "json",
        "JSON pointer to the value that has to be there.",
        pointed_values,
    ),
    Key::new(
        "header",
        "Name to value; one that ends with `*` is a beginning.",
        texts,
    ),
];

pub(crate) const WAIT_FOR: [Key; 6] = [
    Key::new("run", "Shell text that has to end with 0.", text),
    Key::new(
        "http",
        "A request whose answer has to be as expected.",
        || reference("http"),
    ),
    Key::new(
        "every",
        "Pause between tries; 5s where nothing is said.",
        pause,
    ),
    Key::new(
        "timeout",
        "Of the whole step; 5m where nothing is said.",
        seconds,
    ),
    Key::new(
        "backoff",
        "By which each pause is longer than the one before; 1 to 10.",
        factor,
    ),
    Key::new(
        "max_every",
        "The longest pause; 60s where nothing is said.",
        pause,
    ),
];

pub(crate) const PROBES: [&str; 2] = ["run", "http"];

pub(crate) const WORKFLOW: [Key; 4] = [
    Key::new("repository", "`owner/name`, written out.", repository).required(),
    Key::new(
        "workflow",
        "File in `.github/workflows`, written out, as in `deploy.yml`.",
        workflow_file,
    )
    .required(),
    Key::new(
        "ref",
        "Branch or tag; `main` where nothing is said; may hold `{{ … }}`.",
        text,
    ),
    Key::new("inputs", "At most 25; values may hold `{{ … }}`.", inputs),
];

pub(crate) const SPEC_KIT: [Key; 2] = [
    Key::new("generate", "A bundle from one document.", || {
        reference("specGenerate")
    }),
    Key::new("validate", "What the rules find in documents.", || {
        reference("specValidate")
    }),
];

pub(crate) const SPEC_CALLS: [&str; 2] = ["generate", "validate"];

pub(crate) const SPEC_GENERATE: [Key; 3] = [
    Key::new(
        "prd",
        "The text, or in one line the path of a file; may hold `{{ … }}`.",
        text,
    )
    .required(),
    Key::new(
        "slug",
        "Of the bundle; made of the title where nothing is said.",
        text,
    ),
    Key::new("out", "Folder below the step's, for the files.", text),
];

pub(crate) const SPEC_VALIDATE: [Key; 4] = [
    Key::new("path", "A file or a folder; may hold `{{ … }}`.", text),
    Key::new("slug", "A stored bundle; may hold `{{ … }}`.", text),
    Key::new(
        "fail_on",
        "`error`, `warning`, `note` or `never`; `error` where nothing is said.",
        || serde_json::json!({ "enum": ["error", "warning", "note", "never"] }),
    ),
    Key::new(
        "formats",
        "Of the report: `json`, `markdown`, `sarif`; the first two where nothing is said.",
        || serde_json::json!({ "type": "array", "items": { "enum": ["json", "markdown", "sarif"] } }),
    ),
];

pub(crate) const SPEC_SUBJECTS: [&str; 2] = ["path", "slug"];

pub(crate) const RETRY: [Key; 4] = [
    Key::new(
        "attempts",
        "Tries in all, the first included; 3 where nothing is said.",
        tries,
    ),
    Key::new(
        "backoff",
        "Pause before the second try; 2s where nothing is said.",
        pause,
    ),
    Key::new(
        "factor",
        "By which each pause is longer than the one before; 2.",
        factor,
    ),
    Key::new(
        "max",
        "The longest pause; 60s where nothing is said.",
        pause,
    ),
];

pub(crate) const ARTIFACT_FILE: [Key; 4] = [
    Key::new("name", "The path where nothing is said.", artifact_name),
    Key::new("path", "Relative to the step's folder, without `..`.", text).required(),
    Key::new("kind", "By the ending where nothing is said.", || {
        words(&FILE_KINDS)
    }),
    Key::new("mime", "Media type, as in `text/csv`.", text),
];

pub(crate) const ARTIFACT: [Key; 6] = [
    Key::new(
        "name",
        "One line for people; may hold `{{ … }}`.",
        artifact_name,
    )
    .required(),
    Key::new(
        "kind",
        "A `link` has a `url`, everything else `content` or `path`.",
        || words(&ARTIFACT_KINDS),
    )
    .required(),
    Key::new("content", "Text that may hold `{{ … }}`.", text),
    Key::new("path", "Relative to the step's folder, without `..`.", text),
    Key::new("url", "http or https; may hold `{{ … }}`.", text),
    Key::new("mime", "Media type, as in `text/csv`.", text),
];

pub(crate) const FILE_KINDS: [&str; 4] = ["file", "markdown", "diff", "json"];
pub(crate) const ARTIFACT_KINDS: [&str; 5] = ["file", "markdown", "diff", "link", "json"];

pub(crate) const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "array", "object", "null",
];

/// Keywords of a parameter's schema.
pub(crate) const PARAMETER: [Key; 25] = [
    Key::new("type", "One type or several.", types),
    Key::new("enum", "The only values.", values),
    Key::new("const", "The only value.", anything),
    Key::new("default", "Where nothing is given.", anything),
    Key::new("title", "Label of the field.", string),
    Key::new("description", "Help of the field.", string),
    Key::new("examples", "Values as they may be.", values),
    Key::new("minimum", "The least value.", number),
    Key::new("maximum", "The greatest value.", number),
    Key::new("exclusiveMinimum", "Values are greater.", number),
    Key::new("exclusiveMaximum", "Values are less.", number),
    Key::new("minLength", "In characters.", count),
    Key::new("maxLength", "In characters.", count),
    Key::new(
        "pattern",
        "Regular expression without look-around and back references.",
        string,
    ),
    Key::new("format", "Advisory, as in `uri`.", string),
    Key::new("items", "Schema of each item.", || reference("parameter")),
    Key::new("minItems", "The least number of items.", count),
    Key::new("maxItems", "The greatest number of items.", count),
    Key::new("uniqueItems", "No value twice.", boolean),
    Key::new("properties", "Name to schema.", properties),
    Key::new("required", "Names that have to be there.", names_list),
    Key::new(
        "additionalProperties",
        "Whether there may be others, or their schema.",
        boolean_or_parameter,
    ),
    Key::new(
        "x-order",
        "Place in forms; as written where nothing is said.",
        count,
    ),
    Key::new("$schema", "The dialect, which is 2020-12.", string),
    Key::new("$comment", "For those who read the file.", string),
];
