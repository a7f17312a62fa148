use crate::ansi::{Look, write_ansi};
use crate::href::encode_into;
use crate::view::LogLine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What lines leave behind for those that follow: the open step and group, and the colours of each
/// stream. A terminal remembers no less.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogState {
    attempt: u32,
    step: String,
    is_in_group: bool,
    /// By stream; those without colours are left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    looks: BTreeMap<String, Look>,
}

/// What a line is to the lines around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    /// Its text without the command is the name of the group.
    Opens,
    Inside,
    /// The last line inside.
    Closes,
}

impl LogState {
    /// After `lines`, of which those may be left out that neither set colours nor begin or end a
    /// group; the last one must be there.
    pub fn after<'l>(lines: impl IntoIterator<Item = &'l LogLine>) -> Self {
        let mut state = LogState::default();
        for line in lines {
            state.enters(line);
            let role = state.role(line);
            state.write_text(&mut String::new(), line, role);
        }
        state
    }

    /// As a value of a query; ASCII, so that a header may carry it too.
    pub fn to_query(&self) -> String {
        let mut out = String::new();
        if let Ok(json) = serde_json::to_string(self) {
            encode_into(&mut out, &json);
        }
        out
    }

    /// From a decoded value; what cannot be read is no state.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether the line begins a step. Colours and groups end there, and with the attempt.
    pub(super) fn enters(&mut self, line: &LogLine) -> bool {
        let is_new_step = !line.step.is_empty() && line.step != self.step;
        if line.attempt == self.attempt && !is_new_step {
            return false;
        }
        *self = LogState {
            attempt: line.attempt,
            step: line.step.clone(),
            ..LogState::default()
        };
        !line.step.is_empty()
    }

    pub(super) fn role(&mut self, line: &LogLine) -> Role {
        // The control room speaks for itself, wherever it is in the way.
        if line.step != self.step {
            return Role::Plain;
        }
        match Command::of(&line.text) {
            Some(Command::Opens { .. }) => {
                self.is_in_group = true;
                Role::Opens
            }
            Some(Command::Closes) if std::mem::take(&mut self.is_in_group) => Role::Closes,
            None if self.is_in_group => Role::Inside,
            Some(Command::Closes) | None => Role::Plain,
        }
    }

    pub(super) fn write_text(&mut self, out: &mut String, line: &LogLine, role: Role) {
        let mut look = self.looks.remove(&line.source).unwrap_or_default();
        match Command::of(&line.text) {
            Some(Command::Opens { before, name }) if role == Role::Opens => {
                write_ansi(out, before.trim(), &mut look);
                write_ansi(out, name, &mut look);
            }
            _ => write_ansi(out, &line.text, &mut look),
        }
        if !look.is_plain() {
            self.looks.insert(line.source.clone(), look);
        }
    }
}

/// `::group::NAME` and `::endgroup::`, or the same as `##[group]NAME`; colours and spaces may stand
/// before it.
enum Command<'t> {
    Opens { before: &'t str, name: &'t str },
    Closes,
}

impl<'t> Command<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(' ');
            let Some(colour) = rest.strip_prefix("\u{1b}[") else {
                break;
            };
            let codes = colour.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            rest = codes.strip_prefix('m')?;
        }
        let before = &text[..text.len() - rest.len()];
        let (rest, close) = match rest.strip_prefix("::") {
            Some(rest) => (rest, "::"),
            None => (rest.strip_prefix("##[")?, "]"),
        };
        if let Some(rest) = rest.strip_prefix("group") {
            let name = rest.strip_prefix(close)?;
            return Some(Command::Opens { before, name });
        }
        rest.strip_prefix("endgroup")?
            .starts_with(close)
            .then_some(Command::Closes)
    }
}
