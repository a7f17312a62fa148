"use strict";
// Finds the binary `ops-action` and runs it. Everything else the action does, the binary does. It is
// JavaScript only because GitHub gives nothing but JavaScript a post step and the token for artifacts,
// and it has no dependencies because whoever pins a commit of this action wants to have read it all.

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { randomBytes } = require("node:crypto");
const { spawn } = require("node:child_process");
const { brought } = require("./download.cjs");

const PACKAGE = "ops-action";
// Not GITHUB_ACTION_PATH: inside of a composite action that may be the folder of the composite.
const FOLDER = path.join(__dirname, "..");
// The runner gives it back to post as STATE_binary, and to no other action.
const STATE = "binary";
const TARGETS = {
  "linux x64": "x86_64-unknown-linux-gnu",
  "linux arm64": "aarch64-unknown-linux-gnu",
};
// The runner signals this process alone: SIGINT, 7.5 s, SIGTERM, 2.5 s, then it kills. What is not passed
// on, the binary never hears, and its runs are not handed back.
const PASSED_ON = ["SIGINT", "SIGTERM"];

/** What the release calls this machine. Throws for a machine that no binary is built for. */
function targetOf(platform, arch) {
  const target = TARGETS[`${platform} ${arch}`];
  if (target === undefined) {
    throw new Error(
      `this action runs on Linux x64 and arm64, and this runner is ${platform} ${arch}: use runs-on: ubuntu-24.04 or ubuntu-24.04-arm`,
    );
  }
  return target;
}

/** `action/release.json`: which version this ref of the action is, and the sha256 of its binaries. */
function releaseOf(folder) {
  const file = path.join(folder, "action", "release.json");
  const release = JSON.parse(fs.readFileSync(file, "utf8"));
  if (release.version !== null && !/^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/.test(release.version)) {
    throw new Error(`${file}: "version" is neither null nor a version`);
  }
  return release;
}

/** The path of a binary that may be run. Throws where there is none. */
async function binaryOf(env, options = {}) {
  const { get, folder = FOLDER, platform = process.platform, arch = process.arch } = options;
  const target = targetOf(platform, arch);
  if (env.OPS_ACTION_BIN) {
    return env.OPS_ACTION_BIN;
  }
  const release = releaseOf(folder);
  if (release.version === null) {
    return built(env, folder);
  }
  return brought({ env, release, target, get });
}

/** Builds the binary. A ref without a release is a branch or a commit that somebody tries out. */
async function built(env, folder) {
  say(`This ref of the action has no release: cargo build --locked -p ${PACKAGE}`);
  const command = ["build", "--locked", "-p", PACKAGE];
  let code;
  try {
    code = await ended(() => spawn("cargo", command, { cwd: folder, env, stdio: "inherit" }));
  } catch (error) {
    if (error.code !== "ENOENT") {
      throw error;
    }
    throw new Error(
      "this ref of the action has no release, and there is no cargo to build it with: use a released version, or install Rust in a step before",
    );
  }
  if (code !== 0) {
    throw new Error(`cargo build -p ${PACKAGE} ended with ${code}`);
  }
  // Cargo understands a relative folder as seen from where it was started.
  const out = path.resolve(folder, env.CARGO_TARGET_DIR || "target");
  return path.join(out, "debug", PACKAGE);
}

/**
 * Starts a child, passes signals on to it, and answers its exit code as a shell would tell it.
 *
 * The handlers are there before the child is: a signal in between would end the launcher alone, and
 * leave the child to nobody. They run when this function has returned, so there is a child by then.
 */
function ended(start) {
  return new Promise((resolve, reject) => {
    let child;
    const handlers = PASSED_ON.map((signal) => [signal, () => child.kill(signal)]);
    const settle = (done) => (value) => {
      handlers.forEach(([signal, handler]) => process.removeListener(signal, handler));
      done(value);
    };
    handlers.forEach(([signal, handler]) => process.on(signal, handler));
    try {
      child = start();
    } catch (error) {
      settle(reject)(error);
      return;
    }
    child.once("error", settle(reject));
    child.once("exit", (code, signal) => settle(resolve)(exitCode(code, signal)));
  });
}

function exitCode(code, signal) {
  return signal === null ? code : 128 + os.constants.signals[signal];
}

/** Runs the binary as the step itself: its output, its environment, its exit code. */
function run(binary, step, env) {
  return ended(() => spawn(binary, [step], { env, stdio: "inherit" }));
}

/** Keeps a value for post. Heredoc, with a delimiter that no value can guess, as GitHub advises. */
function remember(env, name, value) {
  if (!env.GITHUB_STATE) {
    return;
  }
  const delimiter = `ops_${randomBytes(16).toString("hex")}`;
  fs.appendFileSync(env.GITHUB_STATE, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/** The main step. Answers the exit code; what went wrong is told as an annotation. */
async function main(env) {
  try {
    const binary = await binaryOf(env);
    // Before it starts: post must find it also when main is killed.
    remember(env, STATE, binary);
    return await run(binary, "main", env);
  } catch (error) {
    annotate("error", error.message);
    return 1;
  }
}

/** The post step. Always 0: the job's outcome is main's, and a run not handed back is swept anyway. */
async function post(env) {
  const binary = env[`STATE_${STATE}`];
  if (!binary) {
    return 0;
  }
  try {
    const code = await run(binary, "post", env);
    if (code !== 0) {
      annotate("warning", `${PACKAGE} post ended with ${code}: what this job held is requeued when its lease ends`);
    }
  } catch (error) {
    annotate("warning", `${PACKAGE} post: ${error.message}`);
  }
  return 0;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function annotate(level, message) {
  const escaped = message.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
  say(`::${level}::${escaped}`);
}

module.exports = { binaryOf, exitCode, main, post, releaseOf, targetOf };
