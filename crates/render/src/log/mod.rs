//! Lines of a log. Written here and not by a template, because there may be fifty thousand.

mod state;

pub use state::LogState;

use crate::html::{Html, escape_into};
use crate::view::{LogChunk, LogLine};
use state::Role;
use std::fmt::Write as _;

/// Lines of one chunk, which a browser lays out only when it comes into view.
pub const CHUNK_LINES: usize = 500;

/// The `<li>`s alone, the answer of `GET /ui/runs/{id}/log?after=`, and what they leave behind.
pub fn log_lines(chunk: &LogChunk) -> (Html, LogState) {
    let mut out = String::with_capacity(chunk.lines.len() * 160);
    let mut state = chunk.before.clone();
    for line in &chunk.lines {
        write_line(&mut out, line, &mut state);
    }
    (Html::trusted(out), state)
}

/// The same in lists of [`CHUNK_LINES`], for the page.
pub fn log_chunks(chunk: &LogChunk) -> (Html, LogState) {
    let mut out = String::with_capacity(chunk.lines.len() * 160);
    let mut state = chunk.before.clone();
    for lines in chunk.lines.chunks(CHUNK_LINES) {
        out.push_str("<ol class=\"chunk\">");
        for line in lines {
            write_line(&mut out, line, &mut state);
        }
        out.push_str("</ol>");
    }
    (Html::trusted(out), state)
}

/// Folds what follows, where there is a script; the text beside it is a heading without one.
const FOLD: &str = "<button type=\"button\" class=\"fold js\" aria-expanded=\"true\" aria-label=\"Lines\"></button>";

fn write_line(out: &mut String, line: &LogLine, state: &mut LogState) {
    if state.enters(line) {
        let _ = write!(out, "<li class=\"step\">{FOLD}<span>");
        escape_into(out, &line.step);
        if line.attempt > 1 {
            let _ = write!(out, " · attempt {}", line.attempt);
        }
        out.push_str("</span></li>");
    }
    let role = state.role(line);
    let _ = write!(out, "<li id=\"L{}\"", line.pos);
    let level = match (line.level, line.source.as_str()) {
        ("info", "stderr") => "l-stderr",
        ("info", "worker") => "l-worker",
        ("info", _) => "",
        ("error", _) => "l-error",
        ("warn", _) => "l-warn",
        (_, _) => "l-debug",
    };
    let role_class = match role {
        Role::Plain => "",
        Role::Opens => "g-head",
        Role::Inside => "g-in",
        Role::Closes => "g-in g-end",
    };
    match (level, role_class) {
        ("", "") => {}
        (one, "") | ("", one) => {
            let _ = write!(out, " class=\"{one}\"");
        }
        (one, other) => {
            let _ = write!(out, " class=\"{one} {other}\"");
        }
    }
    if let Some(at) = &line.at {
        let _ = write!(out, " data-ms=\"{}\"", at.ms);
    }
    let _ = write!(out, "><a href=\"#L{0}\">{0}</a>", line.pos);
    if role == Role::Opens {
        out.push_str(FOLD);
    }
    out.push_str("<span>");
    match line.level {
        // Colour never stands alone.
        "error" => out.push_str("<b class=\"mark\">error </b>"),
        "warn" => out.push_str("<b class=\"mark\">warn </b>"),
        _ => {}
    }
    state.write_text(out, line, role);
    if line.more {
        out.push('↩');
    }
    out.push_str("</span></li>");
}

#[cfg(test)]
mod tests;
