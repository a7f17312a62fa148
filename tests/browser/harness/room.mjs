// A control room of its own: the real `ops up` with a data folder that goes with it.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export class Room {
  #up = null;
  #folder = null;
  #more = [];

  /** `OPS_BIN` in a new folder, on a free port. */
  static async start(more = ['--workers', '4']) {
    const room = new Room();
    room.#folder = await mkdtemp(join(tmpdir(), 'ops-pages-'));
    // PostgreSQL may belong to another user.
    await chmod(room.#folder, 0o711);
    room.#more = more;
    await room.#start('127.0.0.1:0');
    // However this program ends, nothing stays: on SIGTERM `ops up` takes everything along.
    process.on('exit', () => room.#up?.kill('SIGTERM'));
    process.once('SIGTERM', () => process.exit(1));
    return room;
  }

  /** One that somebody else has started, with other rights over its database. */
  static at(url, token) {
    return Object.assign(new Room(), { url, token });
  }

  async #start(listen) {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OPS_')));
    const up = spawn(process.env.OPS_BIN, ['up', '--json', '--listen', listen, '--data', join(this.#folder, 'data'), ...this.#more],
      { env: { ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#up = up;
    let said = '';
    up.stderr.on('data', (text) => { said = (said + text).slice(-4_000); });
    const line = await Promise.race([once(createInterface(up.stdout), 'line'), once(up, 'exit').then(() => null)]);
    assert.ok(line, `ops up ended before it was ready:\n${said}`);
    Object.assign(this, (({ url, token }) => ({ url, token }))(JSON.parse(line[0])));
  }

  /** As when the process crashes: nobody is told. */
  async kill() {
    const gone = once(this.#up, 'exit');
    this.#up.kill('SIGKILL');
    await gone;
    this.#up = null;
  }

  /** The same folder, port and token. */
  async restart() {
    await this.#start(new URL(this.url).host);
  }

  async stop() {
    if (this.#up) {
      const gone = once(this.#up, 'exit');
      this.#up.kill('SIGTERM');
      await gone;
      this.#up = null;
    }
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** A verb of the API, as the operator's own script would call it. */
  async api(verb, body, token = this.token) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/functions/v1/ops-executor/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${verb}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async read(verb, query = {}) {
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await fetch(`${this.url}/functions/v1/ops-executor/${verb}?${new URLSearchParams(query)}`, { headers });
    const text = await answer.text();
    assert.ok(answer.ok, `${verb}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** A run of one shell step. */
  async shell(title, script, more = {}) {
    const runbook = { version: 1, slug: 'story', title, steps: [{ id: 'a', run: script }] };
    return (await this.api('runs.create', { runbook, ...more })).run_id;
  }

  /** A run that stays in the queue. */
  later(title, more = {}) {
    return this.shell(title, 'true', { not_before: '2099-01-01T00:00:00Z', lane: 'D', ...more });
  }

  async session(name) {
    return (await this.api('sessions.create', { name })).session.id;
  }

  /** Waits for the end of a run in its log's long poll. */
  async ended(run_id) {
    for (let after = 0; ;) {
      const answer = await this.read('events.list', { run_id, after, wait_seconds: 20 });
      after = answer.next;
      if (!['queued', 'claimed', 'running'].includes(answer.status) && !answer.held) return answer.status;
    }
  }
}
