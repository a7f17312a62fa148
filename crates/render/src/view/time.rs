use crate::words::{self, UnixMs};
use serde::Serialize;

/// A moment. Pages show it in UTC; the script turns it into the reader's own time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stamp {
    pub ms: UnixMs,
    pub iso: String,
    /// `22:30:05`
    pub clock: String,
    /// `2026-11-24`
    pub day: String,
    /// Shown with its day, in UTC.
    pub is_dated: bool,
}

impl Stamp {
    pub fn at(ms: UnixMs) -> Self {
        Stamp {
            ms,
            iso: words::iso(ms),
            clock: words::utc_clock(ms),
            day: words::utc_day(ms),
            is_dated: false,
        }
    }

    /// One that may lie on another day.
    pub fn dated(ms: UnixMs) -> Self {
        Stamp {
            is_dated: true,
            ..Stamp::at(ms)
        }
    }
}

/// A length of time. Where it is still going on, the script counts on from `since_ms`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Span {
    pub text: String,
    pub since_ms: Option<UnixMs>,
    /// One unit (`3 m`) instead of two (`3 m 25 s`).
    pub is_age: bool,
}

impl Span {
    pub fn fixed(ms: i64) -> Self {
        Span {
            text: words::duration(ms),
            ..Span::default()
        }
    }

    pub fn running(since: UnixMs, now: UnixMs) -> Self {
        let text = words::duration(now.saturating_sub(since));
        Span {
            text,
            since_ms: Some(since),
            is_age: false,
        }
    }

    pub fn age(since: UnixMs, now: UnixMs) -> Self {
        let text = words::age(now.saturating_sub(since));
        Span {
            text,
            since_ms: Some(since),
            is_age: true,
        }
    }

    /// From `start` to `end`, or to now where it has not ended.
    pub fn between(start: UnixMs, end: Option<UnixMs>, now: UnixMs) -> Self {
        match end {
            Some(end) => Span::fixed(end.saturating_sub(start)),
            None => Span::running(start, now),
        }
    }

    /// Words where there is no time, such as `later`.
    pub fn words(text: impl Into<String>) -> Self {
        Span {
            text: text.into(),
            ..Span::default()
        }
    }
}
