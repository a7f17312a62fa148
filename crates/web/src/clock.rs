//! The host's clock. What is promised goes by the database's; this one is for people, their tools, and
//! the times in identity tokens.

use ops_render::words::UnixMs;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn unix_ms() -> UnixMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMs::try_from(since.as_millis()).unwrap_or(0)
}

/// A host whose clock stands before 1970 believes no token.
pub(crate) fn unix_seconds() -> i64 {
    unix_ms() / 1_000
}
