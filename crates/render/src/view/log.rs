use super::Stamp;
use crate::href::Href;
use crate::html::Html;
use crate::log::LogState;
use ops_core::api::Level;
use serde::Serialize;

/// One stored entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogLine {
    /// Position in the run's log, from 1.
    pub pos: i64,
    pub attempt: u32,
    pub level: &'static str,
    /// `stdout`, `stderr`, `worker`.
    pub source: String,
    /// Empty: of no step.
    pub step: String,
    pub at: Option<Stamp>,
    /// As it was printed: what it looks like depends on the lines before.
    pub text: String,
    /// The line goes on in the next entry.
    pub more: bool,
}

impl LogLine {
    pub fn new(pos: i64, level: Level, message: &str) -> Self {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        LogLine {
            pos,
            attempt: 1,
            level,
            source: String::new(),
            step: String::new(),
            at: None,
            text: message.into(),
            more: false,
        }
    }
}

impl From<&ops_core::api::Event> for LogLine {
    fn from(event: &ops_core::api::Event) -> Self {
        LogLine {
            attempt: event.attempt,
            source: event.source.clone().unwrap_or_default(),
            step: event.step.clone().unwrap_or_default(),
            at: crate::words::parse_iso(&event.ts).map(Stamp::at),
            more: event.more,
            ..LogLine::new(event.pos, event.level, &event.message)
        }
    }
}

/// Lines in a row, the answer of `/ui/runs/{id}/log`, and what those before them left behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogChunk {
    pub lines: Vec<LogLine>,
    pub before: LogState,
}

/// The panel of the log. Its lines are never morphed, only added to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LogView {
    /// `/ui/runs/{id}/log`
    pub live: String,
    /// Where `?after=` goes on.
    pub next: i64,
    /// `&state=`: what the last line leaves behind, from [`LogState::to_query`].
    pub state: String,
    /// More will come.
    pub is_open: bool,
    /// `1,198 lines`
    pub total: String,
    /// `1 error`; empty where there is none.
    pub errors: String,
    /// The page at the first error, with its fragment.
    pub first_error: Option<Href>,
    pub first_error_pos: i64,
    /// A page with the lines before the first shown one; absent where that is the first of all.
    pub earlier: Option<Href>,
    /// A page with the lines after the last shown one; absent where that is the last of all.
    pub later: Option<Href>,
    /// `/ui/runs/{id}/log?before=`: the script appends the position.
    pub earlier_live: String,
    pub first_pos: i64,
    pub raw: Option<Href>,
    /// Path of the page, for the search form.
    pub path: String,
    pub hits: LogHits,
    /// From [`crate::log_chunks`].
    pub lines_html: Html,
    /// What to say where there are no lines.
    pub empty: String,
    /// The head of the log was cut off by its limit.
    pub is_cut: bool,
}

/// What a search found, the answer of `/ui/runs/{id}/log/hits?q=`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LogHits {
    pub query: String,
    /// The true count; `positions` may be shorter.
    pub total: u64,
    /// `2 of 7`, `no match`; empty without a query.
    pub text: String,
    /// Positions, separated by spaces.
    pub positions: String,
    pub previous: Option<Href>,
    pub following: Option<Href>,
}
