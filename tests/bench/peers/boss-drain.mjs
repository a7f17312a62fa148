// pg-boss takes what is queued by loops of fetch and complete: `WIDTH JOBS BATCH`. Its `work()` as it
// is takes one job per two seconds, which would measure its timer.
import { connect, settleDown, until, walPosition } from "./database.mjs";
import { ALL_DONE, fill, QUEUE, start } from "./boss.mjs";
import { numbers } from "./jobs.mjs";

const [width, jobs, batchSize] = numbers(2);
// One for each loop, one for its own maintenance.
const boss = await start(width + 1);
await fill(boss, jobs);
const admin = await connect();
await settleDown(admin);
const walBefore = await walPosition(admin);

async function loop() {
  for (let done = 0; ; ) {
    const got = await boss.fetch(QUEUE, { batchSize });
    if (got.length === 0) return done;
    await boss.complete(QUEUE, got.map((job) => job.id));
    done += got.length;
  }
}

const started = performance.now();
const counts = await Promise.all(Array.from({ length: width }, loop));
await until(admin, ALL_DONE);
const seconds = (performance.now() - started) / 1000;
const walBytes = (await walPosition(admin)) - walBefore;
await boss.stop({ graceful: false });
await admin.end();
const done = counts.reduce((sum, count) => sum + count, 0);
console.log(JSON.stringify({ jobs: done, seconds, wal_bytes: walBytes }));
