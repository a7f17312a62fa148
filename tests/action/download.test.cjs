"use strict";
// What the launcher downloads, and above all what it refuses. `get` stands in for the network.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { Readable } = require("node:stream");
const { test } = require("node:test");
const { binaryOf } = require("../../action/launcher.cjs");
const { MOST_BYTES, collected, digest } = require("../../action/download.cjs");

const BYTES = Buffer.from("#!/bin/sh\necho released\n");
const TARGET = "x86_64-unknown-linux-gnu";
const ADDRESS = `https://github.com/octo/ops/releases/download/v1.2.3/ops-action-${TARGET}`;

/** A ref of the action whose release has `assets`, on a runner with an empty tool cache. */
function ref(t, assets) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ops-action-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  fs.mkdirSync(path.join(folder, "action"));
  fs.writeFileSync(path.join(folder, "action/release.json"), JSON.stringify({ version: "1.2.3", assets }));
  return {
    folder,
    GITHUB_ACTION_REPOSITORY: "octo/ops",
    GITHUB_SERVER_URL: "https://github.com",
    RUNNER_TOOL_CACHE: path.join(folder, "cache"),
  };
}

/** Answers in their order; `asked` are the addresses. */
function network(...answers) {
  const asked = [];
  const get = async (url) => {
    asked.push(url);
    const answer = answers.shift();
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { asked, get };
}

function brought(env, { get }) {
  return binaryOf(env, { get, folder: env.folder, platform: "linux", arch: "x64" });
}

/** Nothing that could be run is left anywhere. */
function emptyCache(env) {
  const cache = env.RUNNER_TOOL_CACHE;
  const left = fs.existsSync(cache) ? fs.readdirSync(cache, { recursive: true }) : [];
  assert.deepEqual(left.filter((name) => path.basename(name).startsWith("ops-action.")), []);
  assert.ok(!left.includes(path.join("ops-action", "1.2.3", TARGET, "ops-action")));
}

const good = { [TARGET]: { sha256: digest(BYTES) } };
const ok = { status: 200, body: BYTES };
const redirect = (location) => ({ status: 302, location });

test("the released binary is brought, by way of redirects, once", async (t) => {
  const env = ref(t, good);
  const { asked, get } = network(redirect("https://cdn.example/a?sig=1"), redirect("/b"), ok);
  const file = await brought(env, { get });
  assert.deepEqual(asked, [ADDRESS, "https://cdn.example/a?sig=1", "https://cdn.example/b"]);
  assert.deepEqual(fs.readFileSync(file), BYTES);
  assert.equal(fs.statSync(file).mode & 0o777, 0o755);
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ["ops-action"]);
  // The second job of this machine asks nobody.
  assert.equal(await brought(env, network()), file);
});

test("a changed file in the cache is replaced and not run", async (t) => {
  const env = ref(t, good);
  const file = await brought(env, network(ok));
  fs.writeFileSync(file, "something else");
  const { asked, get } = network(ok);
  assert.equal(await brought(env, { get }), file);
  assert.equal(asked.length, 1);
  assert.deepEqual(fs.readFileSync(file), BYTES);
});

test("without a tool cache it goes to the temporary folder, and without both nowhere", async (t) => {
  const { RUNNER_TOOL_CACHE, ...env } = ref(t, good);
  const temp = path.join(RUNNER_TOOL_CACHE, "temp");
  const file = await brought({ ...env, RUNNER_TEMP: temp }, network(ok));
  assert.ok(file.startsWith(temp));
  await assert.rejects(brought(env, network(ok)), /RUNNER_TOOL_CACHE nor RUNNER_TEMP/);
});

test("another sha256 fails closed", async (t) => {
  const env = ref(t, good);
  await assert.rejects(brought(env, network({ status: 200, body: Buffer.from("evil") })), /not the one that was released/);
  emptyCache(env);
});

test("an asset without a committed sha256 fails closed, and nobody is asked", async (t) => {
  const bad = [{}, undefined, { [TARGET]: {} }, { [TARGET]: { sha256: "" } }, { [TARGET]: { sha256: "ABC" } }];
  for (const assets of bad) {
    const env = ref(t, assets);
    const { asked, get } = network(ok);
    await assert.rejects(brought(env, { get }), /has no sha256 of 1\.2\.3/);
    assert.deepEqual(asked, []);
    emptyCache(env);
  }
});

test("http is refused, first and after a redirect", async (t) => {
  const env = ref(t, good);
  for (const elsewhere of ["http://cdn.example/a", "file:///bin/sh", "//cdn.example:443/../a"]) {
    const { asked, get } = network(redirect(elsewhere), { status: 404 });
    await assert.rejects(brought(env, { get }), /is not https|answered 404/);
    assert.ok(asked.every((url) => url.startsWith("https:")), `${asked}`);
  }
  const { asked, get } = network(ok);
  await assert.rejects(brought({ ...env, GITHUB_SERVER_URL: "http://github.com" }, { get }), /is not https/);
  assert.deepEqual(asked, []);
  emptyCache(env);
});

test("redirects come to an end", async (t) => {
  const env = ref(t, good);
  const { asked, get } = network(...Array.from({ length: 20 }, () => redirect("/again")));
  await assert.rejects(brought(env, { get }), /more than 5 redirects/);
  assert.equal(asked.length, 6);
});

test("what may pass is tried again, three times in all; a refusal is not", async (t) => {
  const env = ref(t, good);
  const passing = Object.assign(new Error("cdn.example: no answer"), { passing: true });
  const lucky = network({ status: 503 }, passing, ok);
  await brought(env, lucky);
  assert.equal(lucky.asked.length, 3);
  const other = ref(t, good);
  const unlucky = network(passing, passing, passing, ok);
  await assert.rejects(brought(other, unlucky), /no answer/);
  const missing = network({ status: 404 }, ok);
  await assert.rejects(brought(other, missing), /answered 404/);
  assert.equal(missing.asked.length, 1);
});

test("a body that grows over the limit is cut off", async () => {
  assert.ok(MOST_BYTES >= 15 * 1024 * 1024);
  assert.equal((await collected(Readable.from([BYTES, BYTES]), 2 * BYTES.length)).length, 2 * BYTES.length);
  let taken = 0;
  const endless = Readable.from((function* () { for (;;) { taken += 1; yield Buffer.alloc(1024); } })());
  await assert.rejects(collected(endless, 10 * 1024), /larger than 10240 bytes/);
  assert.ok(taken < 100);
});
