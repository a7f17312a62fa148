//! Limits of the format.

/// The YAML text of a runbook, in bytes.
pub const MAX_SOURCE_BYTES: usize = 256 * 1024;
/// Lists and maps inside each other.
pub const MAX_DEPTH: usize = 32;
pub const MAX_STEPS: usize = 100;
/// Declared parameters of one runbook.
pub const MAX_PARAMS: usize = 200;
/// An `if` expression, and what stands between `{{` and `}}`, in bytes.
pub const MAX_EXPR_BYTES: usize = 1_000;
/// Parentheses, calls and `!` inside each other in an expression.
pub const MAX_EXPR_DEPTH: usize = 32;
/// Text after interpolation, in bytes: what an artifact may hold.
pub const MAX_INTERPOLATED_BYTES: usize = ops_core::limits::ARTIFACT_CALL_BYTES;
/// The outputs of one step, in bytes of the file that `OPS_OUTPUT` names.
pub const MAX_OUTPUT_BYTES: usize = 64 * 1024;
/// `title` of a runbook or step, in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// Name of an artifact, in characters.
pub const MAX_ARTIFACT_NAME_CHARS: usize = 200;
/// `max_attempts` of a runbook.
pub const MAX_ATTEMPTS: std::ops::RangeInclusive<u64> = 1..=20;
/// `group` of `concurrency`, in bytes.
pub const MAX_GROUP_BYTES: usize = 200;
/// `limit` of `concurrency`: runs of a group that are at work at the same time.
pub const GROUP_LIMITS: std::ops::RangeInclusive<u64> = 1..=1_000;
/// Tries of one step, by `retry`.
pub const MAX_TRIES: std::ops::RangeInclusive<u64> = 1..=20;
/// `factor` of `retry` and `backoff` of `wait_for`.
pub const BACKOFF_FACTORS: std::ops::RangeInclusive<f64> = 1.0..=10.0;
/// Body of an HTTP answer where `max_bytes` says nothing else.
pub const HTTP_BODY_BYTES: u64 = 1024 * 1024;
/// `max_bytes` of `http`.
pub const MAX_HTTP_BYTES: std::ops::RangeInclusive<u64> = 1..=16 * 1024 * 1024;
/// How much of a body becomes the output `body`.
pub const HTTP_OUTPUT_BODY_BYTES: usize = 16 * 1024;
/// Redirects that one request follows.
pub const MAX_REDIRECTS: usize = 5;
