// pg-boss waits with LISTEN; SAMPLES jobs are sent one by one: milliseconds from send to the handler.
import { QUEUE, start } from "./boss.mjs";
import { idle, numbers, payload } from "./jobs.mjs";

const [samples] = numbers(2);
const boss = await start(4, { useListenNotify: true }, { notify: true });

let called;
await boss.work(QUEUE, async () => called(performance.now()));

async function once() {
  const at = new Promise((resolve) => (called = resolve));
  await idle();
  const sent = performance.now();
  await boss.send(QUEUE, payload);
  return (await at) - sent;
}

// The first one is of a worker that has just started.
await once();
const milliseconds = [];
for (let n = 0; n < samples; n++) milliseconds.push(await once());
await boss.stop({ graceful: false });
console.log(JSON.stringify({ milliseconds }));
