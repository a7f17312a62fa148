// graphile-worker waits; SAMPLES jobs are added one by one: milliseconds from addJob to the handler.
import { makeWorkerUtils, run } from "graphile-worker";
import { pool } from "./database.mjs";
import { silent, TASK } from "./graphile.mjs";
import { idle, numbers, payload } from "./jobs.mjs";

const [samples] = numbers(2);
const pgPool = pool(4);
const utils = await makeWorkerUtils({ pgPool, logger: silent });
await utils.migrate();

let called;
const taskList = { [TASK]: async () => called(performance.now()) };
const preset = { worker: { concurrentWorkers: 1 } };
const runner = await run({ pgPool, logger: silent, noHandleSignals: true, preset, taskList });

async function once() {
  const at = new Promise((resolve) => (called = resolve));
  await idle();
  const sent = performance.now();
  await utils.addJob(TASK, payload);
  return (await at) - sent;
}

// The first one is of a worker that has just started.
await once();
const milliseconds = [];
for (let n = 0; n < samples; n++) milliseconds.push(await once());
await runner.stop();
await utils.release();
await pgPool.end();
console.log(JSON.stringify({ milliseconds }));
