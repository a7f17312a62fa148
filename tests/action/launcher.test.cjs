"use strict";
// The launcher of the action, beside binaries that are small shell scripts. `node --test tests/action/`

const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { once } = require("node:events");
const { spawn } = require("node:child_process");
const { test } = require("node:test");
const { binaryOf, releaseOf, targetOf } = require("../../action/launcher.cjs");

const ACTION = path.join(__dirname, "../../action");

/** A folder of its own for one test. */
function scratch(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ops-action-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

/** A shell script in place of the binary. */
function script(folder, text, name = "binary") {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

/** A program of node in place of the binary. */
function program(folder, text) {
  const file = path.join(folder, "binary");
  fs.writeFileSync(file, `#!${process.execPath}\n${text}\n`, { mode: 0o755 });
  return file;
}

/** A step as the runner starts it: one process, a few variables. */
function step(entry, env, action = ACTION) {
  const child = spawn(process.execPath, [path.join(action, entry)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (part) => (output += part));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, output }));
  const said = async (text) => {
    while (!output.includes(text)) {
      await once(child.stdout, "data");
    }
  };
  return { child, ended, said };
}

/** What main left in the file of GITHUB_STATE, as the runner reads it. */
function state(file) {
  const [, name, , value] = /^(\w+)<<(ops_\w+)\n(.*)\n\2\n$/.exec(fs.readFileSync(file, "utf8"));
  return { [`STATE_${name}`]: value };
}

/** A folder of the action at a ref with that release. */
function refWith(t, release) {
  const folder = fs.realpathSync(scratch(t));
  fs.cpSync(ACTION, path.join(folder, "action"), { recursive: true });
  fs.writeFileSync(path.join(folder, "action/release.json"), JSON.stringify(release));
  return folder;
}

test("Linux x64 and arm64 have a binary, and others are told so", async () => {
  assert.equal(targetOf("linux", "x64"), "x86_64-unknown-linux-gnu");
  assert.equal(targetOf("linux", "arm64"), "aarch64-unknown-linux-gnu");
  for (const [platform, arch] of [["darwin", "arm64"], ["win32", "x64"], ["linux", "arm"]]) {
    assert.throws(() => targetOf(platform, arch), /runs on Linux x64 and arm64/);
  }
  // Also where somebody names a binary: it would not start.
  const options = { platform: "win32", arch: "x64" };
  await assert.rejects(binaryOf({ OPS_ACTION_BIN: "x" }, options), /win32 x64/);
});

test("the release file of this repository is one that the launcher takes", () => {
  const release = releaseOf(path.join(ACTION, ".."));
  if (release.version === null) {
    assert.deepEqual(release.assets, {});
    return;
  }
  for (const target of [targetOf("linux", "x64"), targetOf("linux", "arm64")]) {
    assert.match(release.assets[target].sha256, /^[0-9a-f]{64}$/);
  }
});

test("a version that would leave its folder is refused", (t) => {
  const folder = refWith(t, { version: "../../1", assets: {} });
  assert.throws(() => releaseOf(folder), /neither null nor a version/);
});

test("the exit code is the binary's", async (t) => {
  const folder = scratch(t);
  for (const code of [0, 1, 42]) {
    const binary = script(folder, `echo "asked for $1"; exit ${code}`, `ends-${code}`);
    const ended = await step("main.cjs", { OPS_ACTION_BIN: binary }).ended;
    assert.equal(ended.code, code);
    assert.equal(ended.output, "asked for main\n");
  }
});

test("inputs reach the binary as the runner gives them", async (t) => {
  // Not a shell: some of them drop names with a dash.
  const binary = program(scratch(t), 'console.log(process.env["INPUT_IDLE-TIMEOUT"])');
  const ended = await step("main.cjs", { OPS_ACTION_BIN: binary, "INPUT_IDLE-TIMEOUT": "5m" }).ended;
  assert.equal(ended.output, "5m\n");
});

test("a binary that a signal ended is told as a shell tells it", async (t) => {
  const binary = script(scratch(t), "kill -KILL $$");
  const { code } = await step("main.cjs", { OPS_ACTION_BIN: binary }).ended;
  assert.equal(code, 137);
});

test("signals reach the binary, in their order, and it decides when it ends", async (t) => {
  // Not a shell: a signal just before it waits would be handled only after.
  const binary = program(
    scratch(t),
    `process.on("SIGINT", () => console.log("heard INT"));
process.on("SIGTERM", () => { console.log("heard TERM"); clearInterval(busy); process.exitCode = 3; });
const busy = setInterval(() => {}, 1000);
console.log("ready");`,
  );
  const { child, ended, said } = step("main.cjs", { OPS_ACTION_BIN: binary });
  await said("ready");
  child.kill("SIGINT");
  await said("heard INT");
  child.kill("SIGTERM");
  const { code, output } = await ended;
  assert.equal(code, 3);
  assert.equal(output, "ready\nheard INT\nheard TERM\n");
});

test("main leaves the path of the binary, and post runs it", async (t) => {
  const folder = scratch(t);
  const file = path.join(folder, "state");
  const binary = script(folder, 'echo "$1 of $INPUT_LANES"; exit 5');
  const env = { OPS_ACTION_BIN: binary, GITHUB_STATE: file, INPUT_LANES: "A,B" };
  const main = await step("main.cjs", env).ended;
  assert.equal(main.code, 5);
  const left = state(file);
  assert.deepEqual(left, { STATE_binary: binary });
  const post = await step("post.cjs", { ...left, INPUT_LANES: "A,B" }).ended;
  // A post step that fails would fail a job whose work is done.
  assert.equal(post.code, 0);
  assert.match(post.output, /^post of A,B\n::warning::ops-action post ended with 5/);
});

test("post runs the binary also after main was killed", async (t) => {
  const folder = scratch(t);
  const file = path.join(folder, "state");
  const gone = path.join(folder, "pid");
  const binary = script(
    folder,
    `if [ "$1" = post ]; then echo handed back; exit 0; fi
echo $$ > ${gone}; echo ready; exec tail -f /dev/null`,
  );
  const { child, ended, said } = step("main.cjs", { OPS_ACTION_BIN: binary, GITHUB_STATE: file });
  await said("ready");
  child.kill("SIGKILL");
  // The runner ends the whole tree; here the binary, which holds the output open, is what is left.
  process.kill(Number(fs.readFileSync(gone, "utf8")), "SIGKILL");
  assert.equal((await ended).signal, "SIGKILL");
  const post = await step("post.cjs", state(file)).ended;
  assert.deepEqual([post.code, post.output], [0, "handed back\n"]);
});

test("post does nothing where main found no binary, and never fails the job", async (t) => {
  const nothing = await step("post.cjs", {}).ended;
  assert.deepEqual([nothing.code, nothing.output], [0, ""]);
  const missing = path.join(scratch(t), "missing");
  const removed = await step("post.cjs", { STATE_binary: missing }).ended;
  assert.equal(removed.code, 0);
  assert.match(removed.output, /^::warning::.*ENOENT/);
});

test("a binary that does not start fails the step with an annotation", async (t) => {
  const missing = path.join(scratch(t), "missing");
  const { code, output } = await step("main.cjs", { OPS_ACTION_BIN: missing }).ended;
  assert.equal(code, 1);
  assert.match(output, /^::error::.*ENOENT/);
});

test("a ref without a release is built, where the target folder says", async (t) => {
  const folder = refWith(t, { version: null, assets: {} });
  const bin = path.join(scratch(t), "bin");
  fs.mkdirSync(bin);
  fs.mkdirSync(path.join(folder, "elsewhere/debug"), { recursive: true });
  script(path.join(folder, "elsewhere/debug"), 'echo "built, $1"', "ops-action");
  script(bin, 'echo "cargo $*"; pwd', "cargo");
  const env = { CARGO_TARGET_DIR: "elsewhere", PATH: `${bin}:${process.env.PATH}` };
  const { code, output } = await step("main.cjs", env, path.join(folder, "action")).ended;
  assert.equal(code, 0);
  const lines = output.trim().split("\n");
  assert.match(lines[0], /has no release: cargo build/);
  assert.deepEqual(lines.slice(1), ["cargo build --locked -p ops-action", folder, "built, main"]);
});

test("a build that fails, or that has no cargo, is told", async (t) => {
  const action = path.join(refWith(t, { version: null, assets: {} }), "action");
  const bin = scratch(t);
  const none = await step("main.cjs", { PATH: bin }, action).ended;
  assert.equal(none.code, 1);
  assert.match(none.output, /::error::.*there is no cargo/);
  script(bin, "exit 101", "cargo");
  const broken = await step("main.cjs", { PATH: `${bin}:${process.env.PATH}` }, action).ended;
  assert.equal(broken.code, 1);
  assert.match(broken.output, /::error::cargo build -p ops-action ended with 101/);
});
