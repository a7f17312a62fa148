// graphile-worker is given jobs, a thousand per call of addJobs: `WIDTH PARTS`, PARTS per connection.
import { makeWorkerUtils } from "graphile-worker";
import { connect, pool, settleDown } from "./database.mjs";
import { fill, silent } from "./graphile.mjs";
import { numbers } from "./jobs.mjs";

const [width, parts] = numbers(2);
const pgPool = pool(width);
const utils = await makeWorkerUtils({ pgPool, logger: silent });
await utils.migrate();
// All connections are open before, as they are for everybody.
await Promise.all(Array.from({ length: width }, () => pgPool.query("select pg_sleep(0.1)")));
const admin = await connect();
await settleDown(admin);

const started = performance.now();
await Promise.all(Array.from({ length: width }, () => fill(utils, parts * 1000)));
const seconds = (performance.now() - started) / 1000;

const { rows } = await admin.query("select count(*) from graphile_worker._private_jobs");
await utils.release();
await pgPool.end();
await admin.end();
console.log(JSON.stringify({ jobs: Number(rows[0].count), seconds }));
