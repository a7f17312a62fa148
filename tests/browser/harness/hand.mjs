// A worker by hand: what it says, and when, is up to the story.

export class Hand {
  #room; #token; #lane; #worker; #request = 0; #seqs = new Map();

  /** In a lane of its own, which no other worker asks for. */
  static async in(room, lane, worker = `hand-${lane}`) {
    await room.api('lanes.update', { name: lane });
    const { token } = await room.api('tokens.create', { name: worker.slice(0, 60), kinds: ['operator', 'worker'], lanes: [lane], expires_in_seconds: 7_200 });
    return new Hand(room, token, lane, worker);
  }

  constructor(room, token, lane, worker) {
    [this.#room, this.#token, this.#lane, this.#worker] = [room, token, lane, worker];
  }

  get lane() { return this.#lane; }

  #call(verb, body) {
    return this.#room.api(verb, { worker_id: this.#worker, ...body }, this.#token);
  }

  /** A run in this hand, whose lease outlives every story. */
  async run(title, more = {}) {
    const { steps = [{ id: 'a', run: 'true' }], ...fields } = more;
    const runbook = { version: 1, slug: 'by-hand', title, steps };
    const { run_id } = await this.#room.api('runs.create', { runbook, lane: this.#lane, lease_seconds: 3_600, ...fields });
    return this.claim(run_id);
  }

  /** The next run of the lane, which has to be this one. */
  async claim(run_id) {
    for (;;) {
      const { runs } = await this.#call('runs.claim', { lanes: [this.#lane], request_id: (this.#request += 1), start: true, wait_seconds: 20 });
      if (!runs.length) continue;
      if (runs[0].run_id !== run_id) throw new Error(`claimed ${runs[0].run_id} in place of ${run_id}`);
      const held = { run_id, attempt: runs[0].attempt };
      this.#seqs.set(run_id, 0);
      return held;
    }
  }

  /** Lines, or events with all their fields. */
  async say({ run_id, attempt }, lines, more = {}) {
    const events = lines.map((line) => (typeof line === 'string' ? { message: line, source: 'stdout', step: 'a' } : line));
    for (let at = 0; at < events.length || (at === 0 && more.steps); at += 2_000) {
      const part = events.slice(at, at + 2_000);
      await this.#call('events.append', { run_id, attempt, first_seq: this.#seqs.get(run_id) + 1, events: part, ...more });
      this.#seqs.set(run_id, this.#seqs.get(run_id) + part.length);
    }
  }

  async leave({ run_id, attempt }, artifact) {
    return this.#call('artifacts.put', { run_id, attempt, ...artifact });
  }

  beat({ run_id, attempt }) {
    return this.#call('runs.heartbeat', { runs: [{ run_id, attempt }] });
  }

  async finish({ run_id, attempt }, status = 'succeeded', more = {}) {
    return this.#call('runs.finish', { run_id, attempt, status, last_seq: this.#seqs.get(run_id), ...more });
  }
}
