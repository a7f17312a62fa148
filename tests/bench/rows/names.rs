//! Names of rows that the plot shows too.

pub const FUNCTIONS: &str = "our SQL functions, settle and claim in one commit";
pub const WORKER: &str = "one worker process through HTTP, no-op runs";
pub const GRAPHILE: &str = "graphile-worker, default mode";
pub const BOSS: &str = "pg-boss, loops of fetch and complete";

pub const FUNCTIONS_BATCHES: &str = "our SQL functions, batches of 100";
pub const HTTP_BATCHES: &str = "through HTTP, batches of 100";
pub const GRAPHILE_BATCHES: &str =
    "graphile-worker, batch mode (localQueue 500, completeJobBatchDelay 0)";
pub const BOSS_BATCHES: &str = "pg-boss, batches of 100";

pub const FUNCTION_ENQUEUE: &str = "enqueue in bulk of 1,000, our SQL function";
pub const HTTP_ENQUEUE: &str = "enqueue in bulk of 1,000 through HTTP";
pub const GRAPHILE_ENQUEUE: &str = "enqueue in bulk of 1,000, graphile-worker addJobs";
pub const BOSS_ENQUEUE: &str = "enqueue in bulk of 1,000, pg-boss insert";

pub const CLAIM_LATENCY: &str = "enqueue → a waiting claim has it, through HTTP";
pub const STEP_LATENCY: &str = "enqueue → first command of the step, one idle worker process";
pub const GRAPHILE_LATENCY: &str = "enqueue → handler called, graphile-worker, idle";
pub const BOSS_LATENCY: &str = "enqueue → handler called, pg-boss with notify, idle";
