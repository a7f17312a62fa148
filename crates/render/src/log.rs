//! Lines of a log. Written here and not by a template, because there may be fifty thousand.

use crate::html::{Html, escape_into};
use crate::view::{LogChunk, LogLine};
use std::fmt::Write as _;

/// Lines of one chunk, which a browser lays out only when it comes into view.
pub const CHUNK_LINES: usize = 500;

/// The `<li>`s alone: the answer of `GET /ui/runs/{id}/log?after=`.
pub fn log_lines(chunk: &LogChunk) -> Html {
    let mut out = String::with_capacity(chunk.lines.len() * 160);
    write_lines(&mut out, &chunk.lines, &chunk.step_before);
    Html::trusted(out)
}

/// The same in lists of [`CHUNK_LINES`], for the page.
pub fn log_chunks(chunk: &LogChunk) -> Html {
    let mut out = String::with_capacity(chunk.lines.len() * 160);
    let mut step = chunk.step_before.as_str();
    for lines in chunk.lines.chunks(CHUNK_LINES) {
        out.push_str("<ol class=\"chunk\">");
        write_lines(&mut out, lines, step);
        out.push_str("</ol>");
        step = lines.last().map_or(step, |line| line.step.as_str());
    }
    Html::trusted(out)
}

fn write_lines<'l>(out: &mut String, lines: &'l [LogLine], step_before: &'l str) {
    let mut step = step_before;
    for line in lines {
        if line.step != step {
            step = &line.step;
            out.push_str("<li class=\"step\">");
            escape_into(out, step);
            out.push_str("</li>");
        }
        write_line(out, line);
    }
}

fn write_line(out: &mut String, line: &LogLine) {
    let _ = write!(out, "<li id=\"L{}\"", line.pos);
    match (line.level, line.source.as_str()) {
        ("info", "stderr") => out.push_str(" class=\"l-stderr\""),
        ("info", "worker") => out.push_str(" class=\"l-worker\""),
        ("info", _) => {}
        (level, _) => {
            let _ = write!(out, " class=\"l-{level}\"");
        }
    }
    if let Some(at) = &line.at {
        let _ = write!(out, " data-ms=\"{}\"", at.ms);
    }
    let _ = write!(out, "><a href=\"#L{0}\">{0}</a><span>", line.pos);
    match line.level {
        // Colour never stands alone.
        "error" => out.push_str("<b class=\"mark\">error </b>"),
        "warn" => out.push_str("<b class=\"mark\">warn </b>"),
        _ => {}
    }
    out.push_str(line.line_html.as_str());
    if line.more {
        out.push('↩');
    }
    out.push_str("</span></li>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_core::api::Level;

    #[test]
    fn a_line_has_its_number_and_its_level() {
        let mut line = LogLine::new(12, Level::Error, "\x1b[1mpod <x>\x1b[0m crashed");
        line.step = "apply".into();
        let chunk = LogChunk {
            lines: vec![line],
            step_before: String::new(),
        };
        assert_eq!(
            log_lines(&chunk).as_str(),
            "<li class=\"step\">apply</li><li id=\"L12\" class=\"l-error\"><a href=\"#L12\">12</a><span>\
             <b class=\"mark\">error </b><span class=\"a-bold\">pod &lt;x&gt;</span> crashed</span></li>"
        );
    }

    #[test]
    fn chunks_end_after_five_hundred_lines() {
        let lines: Vec<_> = (1..=1_001)
            .map(|pos| LogLine::new(pos, Level::Info, "x"))
            .collect();
        let html = log_chunks(&LogChunk {
            lines,
            step_before: String::new(),
        });
        assert_eq!(html.as_str().matches("<ol class=\"chunk\">").count(), 3);
        assert!(
            html.as_str()
                .contains("<ol class=\"chunk\"><li id=\"L501\">")
        );
    }
}
