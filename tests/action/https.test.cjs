"use strict";
// The downloader over the real node:https, against a server with a certificate of its own.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const https = require("node:https");
const os = require("node:os");
const path = require("node:path");
const { once } = require("node:events");
const { execFileSync } = require("node:child_process");
const { after, before, test } = require("node:test");
const { download, httpsGet } = require("../../action/download.cjs");

const BYTES = Buffer.alloc(100_000, "ops");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ops-action-"));
let server;
let origin;

/** What the server does by path. `/broken` says more bytes than it sends. */
const answers = {
  "/file": (response) => response.end(BYTES),
  "/moved": (response) => response.writeHead(302, { location: "/file" }).end(),
  "/plain": (response) => response.writeHead(302, { location: "http://127.0.0.1/file" }).end(),
  "/broken": (response) => {
    response.writeHead(200, { "content-length": 2 * BYTES.length });
    response.write(BYTES, () => response.destroy());
  },
};

before(async () => {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name));
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
  const identity = { key: fs.readFileSync(key), cert: fs.readFileSync(cert) };
  server = https.createServer(identity, (request, response) => {
    const answer = answers[request.url] ?? ((missing) => missing.writeHead(404).end());
    answer(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `https://127.0.0.1:${server.address().port}`;
  https.globalAgent.options.ca = identity.cert;
});

after(() => {
  server.close();
  server.closeAllConnections();
  fs.rmSync(folder, { recursive: true });
});

test("bytes arrive whole, also after a redirect", async () => {
  assert.deepEqual(await download(`${origin}/file`, httpsGet), BYTES);
  assert.deepEqual(await download(`${origin}/moved`, httpsGet), BYTES);
});

test("a redirect to http, and what is not there, are refused", async () => {
  await assert.rejects(download(`${origin}/plain`, httpsGet), /http:.* is not https/);
  await assert.rejects(download(`${origin}/missing`, httpsGet), { message: `${origin}/missing answered 404`, passing: false });
});

test("a large body is cut off for good, a broken one may be tried again", async () => {
  await assert.rejects(httpsGet(`${origin}/file`, BYTES.length - 1), { passing: false });
  await assert.rejects(httpsGet(`${origin}/broken`, 10 * BYTES.length), { passing: true });
});

test("a server that nobody vouches for is refused", async () => {
  const { ca } = https.globalAgent.options;
  https.globalAgent.options.ca = undefined;
  https.globalAgent.destroy();
  await assert.rejects(httpsGet(`${origin}/file`, BYTES.length), /certificate/);
  https.globalAgent.options.ca = ca;
});
