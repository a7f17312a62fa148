//! Every limit of the protocol in one place. Sizes are bytes, times are as named.

/// Runs in one bulk `runs.create`.
pub const BULK_RUNS: usize = 1_000;
/// Runs that one run may depend on.
pub const DEPENDENCIES: usize = 100;
/// Runs that one bulk `runs.cancel` or `runs.retry` changes.
pub const BULK_CHANGES: usize = 500;
/// Body of one request, bulk `runs.create` included.
pub const BODY_BYTES: usize = 4 * 1024 * 1024;
/// Levels of objects and lists in the JSON of a body. Readers give up at 128, and what was stored
/// stands a few levels deeper in an answer.
pub const JSON_DEPTH: usize = 64;
/// Rows that one sweep handles.
pub const SWEEP_ROWS: usize = 100;
/// Runs that one claim may take or settle.
pub const CLAIM_RUNS: usize = 100;
/// Runs in one `runs.heartbeat`.
pub const HEARTBEAT_RUNS: usize = 500;
/// One event message; a longer line travels as parts.
pub const MESSAGE_BYTES: usize = 64 * 1024;
/// Events in one `events.append`.
pub const APPEND_EVENTS: usize = 2_000;
/// Log of one run, beyond which only the last [`LOG_TAIL_BYTES`] are kept.
pub const LOG_BYTES: u64 = 50 * 1024 * 1024;
/// What is kept of a log beyond [`LOG_BYTES`].
pub const LOG_TAIL_BYTES: u64 = 1024 * 1024;
/// Unsent log of one run in a worker's memory; then the child blocks.
pub const UNSENT_LOG_BYTES: usize = 4 * 1024 * 1024;
/// Content of one artifact within one `artifacts.put`, decoded: base64 of it fits into a body.
pub const ARTIFACT_CALL_BYTES: usize = 2 * 1024 * 1024;
/// Text of one artifact that stays in its row where there is a store for larger ones.
pub const ARTIFACT_INLINE_BYTES: usize = 64 * 1024;
/// One artifact whose bytes the worker sends to the store by itself: what Supabase takes on a free
/// project.
pub const ARTIFACT_BYTES: usize = 50 * 1024 * 1024;
/// Artifacts of one attempt.
pub const ARTIFACTS_PER_ATTEMPT: usize = 200;
/// One document that the spec kit reads by the API.
pub const SPEC_SOURCE_BYTES: usize = 512 * 1024;
/// All documents of one stored bundle.
pub const SPEC_BYTES: usize = 3 * 1024 * 1024;
/// Documents in one call of the spec kit.
pub const SPEC_DOCUMENTS: usize = 100;
/// Lease of a run, in seconds.
pub const LEASE_SECONDS: std::ops::RangeInclusive<u32> = 5..=3_600;
/// Lease granted by the native server where nothing else is said, in seconds.
pub const LEASE_SECONDS_NATIVE: u32 = 15;
/// Lease granted by a serverless function, in seconds: six of its heartbeats.
pub const LEASE_SECONDS_SERVERLESS: u32 = 30;
/// How long a worker's token lives that came by an exchange, in seconds.
pub const WORKER_TOKEN_SECONDS: std::ops::RangeInclusive<u32> = 4..=1_800;
/// The same where nothing is said.
pub const WORKER_TOKEN_SECONDS_USUAL: u32 = 1_200;
/// Longest wait of one long poll, in seconds: below the idle limits of common proxies.
pub const WAIT_SECONDS: u32 = 25;
/// Hand-backs of one run that are not counted as attempts.
pub const FREE_HANDBACKS: u32 = 5;
/// Attempts of a run where nothing else is said.
pub const MAX_ATTEMPTS: u32 = 3;
/// Timeout of one attempt where nothing else is said, in seconds (six hours, as a GitHub job).
pub const TIMEOUT_SECONDS: u32 = 6 * 3_600;
/// After its end (timeout or cancel) a holder may still report for this long, in seconds.
pub const REPORT_GRACE_SECONDS: u32 = 30;
/// From SIGTERM to SIGKILL of a step's process group, in seconds.
pub const KILL_GRACE_SECONDS: u64 = 5;
/// The worker ends its own lease this much before the database may, in seconds.
pub const LEASE_MARGIN_SECONDS: u64 = 1;
/// A log batch leaves at the latest after this, in milliseconds.
pub const FLUSH_MS: u64 = 250;
/// A log batch leaves when it holds this many bytes of messages.
pub const FLUSH_BYTES: usize = 256 * 1024;
/// Rows of one page of a list.
pub const PAGE_ROWS: u32 = 200;

/// Days after which an ended run may be deleted, as a setting says them: 1 to 36,500, a hundred years.
pub fn keep_days(text: &str) -> Option<u32> {
    let days = text.trim().parse().ok()?;
    (1..=36_500).contains(&days).then_some(days)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_no_number_of_days_keeps_everything() {
        assert_eq!(super::keep_days(" 90 "), Some(90));
        for text in ["0", "36501", "-1", "90d", "", "1.5"] {
            assert_eq!(super::keep_days(text), None, "{text}");
        }
    }
}
