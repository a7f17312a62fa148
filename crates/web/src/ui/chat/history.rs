//! What somebody asked lately, kept in a cookie of theirs: no state of the server, and gone when they
//! sign out.

use crate::ui::cookie;
use axum::http::HeaderMap;
use ops_core::text::is_uuid;
use ops_render::words::UnixMs;

/// Lines that are kept.
const MOST: usize = 8;
/// A cookie holds 4 KiB, and letters may take three times their place.
const BYTES: usize = 1_200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: UnixMs,
    /// What the line led to, or the run that it is about.
    pub run_id: Option<String>,
    pub line: String,
}

/// The newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(pub Vec<Entry>);

impl History {
    pub fn of(headers: &HeaderMap) -> Self {
        History::read(&cookie::get(headers, cookie::CHAT).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let entry = |line: &str| {
            let mut parts = line.splitn(3, '\t');
            let at = parts.next()?.parse().ok()?;
            let run_id = parts.next().filter(|id| is_uuid(id)).map(str::to_string);
            Some(Entry {
                at,
                run_id,
                line: parts.next()?.into(),
            })
        };
        History(text.lines().filter_map(entry).take(MOST).collect())
    }

    pub fn add(&mut self, line: &str, run_id: Option<&str>, at: UnixMs) {
        let line = line.replace(['\t', '\n', '\r'], " ");
        self.0.insert(
            0,
            Entry {
                at,
                run_id: run_id.map(str::to_string),
                line,
            },
        );
        self.0.truncate(MOST);
    }

    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for one in &self.0 {
            let line = format!(
                "{}\t{}\t{}\n",
                one.at,
                one.run_id.as_deref().unwrap_or("-"),
                one.line
            );
            if out.len() + line.len() > BYTES {
                break;
            }
            out.push_str(&line);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_is_read_back_and_bounded() {
        let id = "8dfdee46-0f3f-4305-aba3-c316f6576a6f";
        let mut history = History::default();
        history.add("run hello\tname=x", Some(id), 1);
        history.add("help", None, 2);
        let read = History::read(&history.to_text());
        assert_eq!(read, history);
        assert_eq!(
            (read.0[0].line.as_str(), read.0[1].line.as_str()),
            ("help", "run hello name=x")
        );
        (0..20).for_each(|at| history.add(&"x".repeat(400), None, at));
        assert_eq!(history.0.len(), MOST);
        assert!(history.to_text().len() <= BYTES);
        assert_eq!(
            History::read("nonsense\n1\t<script>\tx\n").0,
            [Entry {
                at: 1,
                run_id: None,
                line: "x".into()
            }]
        );
    }
}
