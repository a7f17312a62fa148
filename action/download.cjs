"use strict";
// Brings the released binary. The sha256 is committed beside this file, so that the commit which a user
// pins also pins the binary; what is not in that list, or differs from it, is not run.

const fs = require("node:fs");
const https = require("node:https");
const path = require("node:path");
const { createHash, randomBytes } = require("node:crypto");

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_REDIRECTS = 5;
const MOST_TRIES = 3;
// Of silence, in milliseconds.
const PATIENCE = 30_000;

/** The path of the released binary for `target`, from the cache where it is there unchanged. */
async function brought({ env, release, target, get = httpsGet }) {
  const asset = `ops-action-${target}`;
  const sha256 = expected(release, target);
  const folder = path.join(cacheOf(env), "ops-action", release.version, target);
  const file = path.join(folder, "ops-action");
  if (fs.existsSync(file) && digest(fs.readFileSync(file)) === sha256) {
    return file;
  }
  const url = addressOf(env, release.version, asset);
  const bytes = await patiently(() => download(url, get));
  const found = digest(bytes);
  if (found !== sha256) {
    throw new Error(`${asset} of ${release.version} is not the one that was released: sha256 ${found} instead of ${sha256}. It was not run`);
  }
  place(folder, file, bytes);
  return file;
}

function expected(release, target) {
  const sha256 = release.assets?.[target]?.sha256;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Error(`action/release.json has no sha256 of ${release.version} for ${target}: nothing was downloaded`);
  }
  return sha256;
}

function cacheOf(env) {
  const folder = env.RUNNER_TOOL_CACHE || env.RUNNER_TEMP;
  if (!folder) {
    throw new Error("neither RUNNER_TOOL_CACHE nor RUNNER_TEMP is set: is this a runner of GitHub Actions?");
  }
  return folder;
}

function addressOf(env, version, asset) {
  const server = env.GITHUB_SERVER_URL || "https://github.com";
  const repository = env.GITHUB_ACTION_REPOSITORY || env.GITHUB_REPOSITORY;
  if (!repository) {
    throw new Error("GITHUB_ACTION_REPOSITORY is not set: no release to download from");
  }
  return `${server}/${repository}/releases/download/v${version}/${asset}`;
}

function digest(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Complete or not at all: another job of this machine may look at the same moment. */
function place(folder, file, bytes) {
  fs.mkdirSync(folder, { recursive: true });
  const partial = `${file}.${randomBytes(8).toString("hex")}`;
  fs.writeFileSync(partial, bytes, { mode: 0o755, flag: "wx" });
  fs.renameSync(partial, file);
}

/** Tries again what may pass. A refusal of ours, or of the server, does not pass. */
async function patiently(attempt) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!error.passing || tries === MOST_TRIES) {
        throw error;
      }
    }
  }
}

/** The bytes at `url`. Over https alone, also after a redirect, and never more than MOST_BYTES. */
async function download(url, get) {
  let at = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    if (new URL(at).protocol !== "https:") {
      throw new Error(`${at} is not https: nothing was downloaded`);
    }
    const { status, location, body } = await get(at, MOST_BYTES);
    if (status === 200) {
      return body;
    }
    if (![301, 302, 303, 307, 308].includes(status) || !location) {
      throw told(`${url} answered ${status}`, status >= 500 || status === 429);
    }
    at = new URL(location, at).href;
  }
  throw new Error(`${url}: more than ${MOST_REDIRECTS} redirects`);
}

function told(message, passing) {
  return Object.assign(new Error(message), { passing });
}

/** One request: its status, its location, and its body where that is at most `most` bytes. */
function httpsGet(url, most) {
  return new Promise((resolve, reject) => {
    // The address of a redirect carries a signature, so what is told is the host.
    const failed = (what) => reject(told(`${new URL(url).host}: ${what}`, true));
    const request = https.get(url, { headers: { "user-agent": "ops-action" } }, (response) => {
      const { statusCode: status, headers } = response;
      if (status !== 200) {
        response.resume();
        resolve({ status, location: headers.location, body: Buffer.alloc(0) });
        return;
      }
      collected(response, most).then(
        (body) => resolve({ status, body }),
        (error) => ("passing" in error ? reject(error) : failed(error.message)),
      );
    });
    request.setTimeout(PATIENCE, () => request.destroy(new Error("no answer")));
    request.on("error", (error) => failed(error.message));
  });
}

/** The body of a response, which is cut off when it grows over `most` bytes. */
async function collected(response, most) {
  const parts = [];
  let size = 0;
  for await (const part of response) {
    size += part.length;
    if (size > most) {
      throw told(`the download is larger than ${most} bytes`, false);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

module.exports = { MOST_BYTES, brought, collected, digest, download, httpsGet };
