// pg-boss's jobs, in a queue of its default policy.
import { PgBoss } from "pg-boss";
import { connection } from "./database.mjs";
import { inParts, payload } from "./jobs.mjs";

export const QUEUE = "no-op";

export const ALL_DONE = `select not exists (
  select from pgboss.job where name = '${QUEUE}' and state <> 'completed') as done`;

// Started, with `max` connections and the queue.
export async function start(max, options = {}, queue = {}) {
  const boss = new PgBoss({ ...connection, max, ...options });
  boss.on("error", (error) => {
    throw error;
  });
  await boss.start();
  await boss.createQueue(QUEUE, queue);
  return boss;
}

export async function fill(boss, count) {
  await inParts(count, 1000, (part) => boss.insert(QUEUE, Array(part).fill({ data: payload })));
}
