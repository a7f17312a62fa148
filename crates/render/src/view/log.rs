use super::Stamp;
use crate::href::Href;
use crate::html::Html;
use ops_core::api::Level;
use serde::Serialize;

/// One stored entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogLine {
    /// Position in the run's log, from 1.
    pub pos: i64,
    pub level: &'static str,
    /// `stdout`, `stderr`, `worker`.
    pub source: String,
    pub step: String,
    pub at: Option<Stamp>,
    pub line_html: Html,
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
            level,
            source: String::new(),
            step: String::new(),
            at: None,
            line_html: crate::ansi(message),
            more: false,
        }
    }
}

impl From<&ops_core::api::Event> for LogLine {
    fn from(event: &ops_core::api::Event) -> Self {
        LogLine {
            source: event.source.clone().unwrap_or_default(),
            step: event.step.clone().unwrap_or_default(),
            at: crate::words::parse_iso(&event.ts).map(Stamp::at),
            more: event.more,
            ..LogLine::new(event.pos, event.level, &event.message)
        }
    }
}

/// Lines in a row, the answer of `/ui/runs/{id}/log`. The step of the line before decides whether
/// the first line opens a new one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LogChunk {
    pub lines: Vec<LogLine>,
    /// Step of the line before the first; empty: none.
    pub step_before: String,
}

/// The panel of the log. Its lines are never morphed, only added to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LogView {
    /// `/ui/runs/{id}/log`
    pub live: String,
    /// Where `?after=` goes on.
    pub next: i64,
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

/// What a search found, the answer of `/ui/runs/{id}/hits?q=`.
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
