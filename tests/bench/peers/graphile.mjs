// graphile-worker's jobs, as its documentation adds and counts them.
import { Logger } from "graphile-worker";
import { inParts, payload } from "./jobs.mjs";

export const TASK = "no-op";

// It writes a line per job otherwise, which its documentation turns off by NO_LOG_SUCCESS.
export const silent = new Logger(() => () => {});
process.env.NO_LOG_SUCCESS = "1";

// A finished job is deleted, so none left means that all are complete.
export const ALL_DONE = "select not exists (select from graphile_worker._private_jobs) as done";

export async function fill(utils, count) {
  const spec = { identifier: TASK, payload };
  await inParts(count, 1000, (part) => utils.addJobs(Array(part).fill(spec)));
}
