// graphile-worker takes what is queued: `default WIDTH JOBS`, or `batch WIDTH JOBS` with the two
// settings that its documentation has for high throughput.
import { EventEmitter } from "node:events";
import { makeWorkerUtils, run } from "graphile-worker";
import { connect, pool, settleDown, until, walPosition } from "./database.mjs";
import { ALL_DONE, fill, silent, TASK } from "./graphile.mjs";
import { numbers } from "./jobs.mjs";

const MODES = {
  default: {},
  batch: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
};
const mode = process.argv[2];
if (!(mode in MODES)) throw new Error(`not a mode: ${mode}`);
const [width, jobs] = numbers(3);

// One for each that works, one that listens, one for what else it asks.
const pgPool = pool(width + 2);
const utils = await makeWorkerUtils({ pgPool, logger: silent });
await utils.migrate();
await fill(utils, jobs);
const admin = await connect();
await settleDown(admin);
const walBefore = await walPosition(admin);

let handled = 0;
let lastHandled;
const all = new Promise((resolve) => (lastHandled = resolve));
const events = new EventEmitter();
let started;
events.once("worker:getJob:start", () => (started = performance.now()));
const preset = { worker: { concurrentWorkers: width, ...MODES[mode] } };
const runner = await run({
  pgPool,
  logger: silent,
  events,
  noHandleSignals: true,
  preset,
  taskList: {
    [TASK]: async () => {
      if (++handled === jobs) lastHandled();
    },
  },
});
await all;
await until(admin, ALL_DONE);
const seconds = (performance.now() - started) / 1000;
const walBytes = (await walPosition(admin)) - walBefore;
await runner.stop();
await utils.release();
await pgPool.end();
await admin.end();
console.log(JSON.stringify({ jobs: handled, seconds, wal_bytes: walBytes }));
