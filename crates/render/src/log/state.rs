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
            state.role(line);
            state.write_text(&mut String::new(), line);
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
        match command(&line.text) {
            Some(("group", _)) => {
                self.is_in_group = true;
                Role::Opens
            }
            Some(_) => match std::mem::take(&mut self.is_in_group) {
                true => Role::Closes,
                false => Role::Plain,
            },
            None if self.is_in_group => Role::Inside,
            None => Role::Plain,
        }
    }

    pub(super) fn write_text(&mut self, out: &mut String, line: &LogLine) {
        let text = match command(&line.text) {
            Some(("group", name)) => name,
            _ => &line.text,
        };
        let mut look = self.looks.remove(&line.source).unwrap_or_default();
        write_ansi(out, text, &mut look);
        if !look.is_plain() {
            self.looks.insert(line.source.clone(), look);
        }
    }
}

/// `::group::NAME` and `::endgroup::`, or the same as `##[group]NAME`.
fn command(text: &str) -> Option<(&'static str, &str)> {
    let (rest, close) = match (text.strip_prefix("::"), text.strip_prefix("##[")) {
        (Some(rest), _) => (rest, "::"),
        (None, Some(rest)) => (rest, "]"),
        (None, None) => return None,
    };
    ["group", "endgroup"].into_iter().find_map(|name| {
        let rest = rest.strip_prefix(name)?.strip_prefix(close)?;
        Some((name, rest))
    })
}
