// pg-boss is given jobs, a thousand per call of insert: `WIDTH PARTS`, PARTS per connection.
import { connect, settleDown } from "./database.mjs";
import { fill, QUEUE, start } from "./boss.mjs";
import { numbers } from "./jobs.mjs";

const [width, parts] = numbers(2);
const boss = await start(width);
// All connections are open before, as they are for everybody.
await Promise.all(Array.from({ length: width }, () => boss.fetch(QUEUE)));
const admin = await connect();
await settleDown(admin);

const started = performance.now();
await Promise.all(Array.from({ length: width }, () => fill(boss, parts * 1000)));
const seconds = (performance.now() - started) / 1000;

const { rows } = await admin.query("select count(*) from pgboss.job");
await boss.stop({ graceful: false });
await admin.end();
console.log(JSON.stringify({ jobs: Number(rows[0].count), seconds }));
