//! Annotations that a step prints, such as `::error file=a.rs,line=3::no such name`. Only these three
//! commands are taken from a step, only when they are well-formed, and they are written anew: nothing
//! that a step printed reaches the runner as it was.

use crate::commands::{self, Level};

/// Of one run; GitHub shows no more of a step.
pub const MOST: usize = 10;

#[derive(Debug, PartialEq, Eq)]
pub struct Annotation {
    level: Level,
    properties: Vec<(&'static str, String)>,
    message: String,
}

impl Annotation {
    /// Nothing where the line is anything else.
    pub fn read(line: &str) -> Option<Self> {
        let (head, message) = line.strip_prefix("::")?.split_once("::")?;
        let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
        let level = [Level::Error, Level::Warning, Level::Notice]
            .into_iter()
            .find(|level| level.word() == word)?;
        let properties: Option<Vec<_>> = rest
            .split(',')
            .filter(|part| !part.is_empty())
            .map(property)
            .collect();
        let (properties, message) = (properties?, unescaped(message));
        if message.trim().is_empty() {
            return None;
        }
        Some(Annotation {
            level,
            properties,
            message,
        })
    }

    pub fn print(&self) {
        commands::print(&self.written());
    }

    fn written(&self) -> String {
        commands::annotation(self.level, &self.properties, &self.message)
    }
}

fn property(part: &str) -> Option<(&'static str, String)> {
    let (name, value) = part.split_once('=')?;
    let name = ["file", "line", "endLine", "col", "endColumn", "title"]
        .into_iter()
        .find(|known| *known == name.trim())?;
    let value = unescaped(value.trim());
    let fits = match name {
        "file" | "title" => !value.is_empty() && !value.chars().any(char::is_control),
        _ => (1..=9).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit()),
    };
    fits.then_some((name, value))
}

fn unescaped(text: &str) -> String {
    [
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ]
    .iter()
    .fold(text.to_string(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anew(line: &str) -> Option<String> {
        Annotation::read(line).map(|annotation| annotation.written())
    }

    #[test]
    fn a_steps_finding_keeps_its_place() {
        assert_eq!(
            anew("::error file=src/a.rs,line=3,title=E1%3A no::50%25 of it,%0Anext").as_deref(),
            Some("::error file=src/a.rs,line=3,title=E1%3A no::50%25 of it,%0Anext")
        );
        assert_eq!(
            anew("::warning::w ::x").as_deref(),
            Some("::warning::w ::x")
        );
    }

    #[test]
    fn other_commands_and_malformed_ones_are_text() {
        for line in [
            "::set-env name=A::b",
            "::add-mask::x",
            "::endgroup::",
            "::error line=x::m",
            "::error line=1234567890::m",
            "::error file=::m",
            "::error unknown=1::m",
            "::error file=a%0Ab::m",
            "::error file::m",
            "::error::",
            " ::error::m",
            "x::error::m",
        ] {
            assert_eq!(anew(line), None, "{line}");
        }
    }

    /// `##[` is a command wherever it stands.
    #[test]
    fn what_is_written_anew_is_defused() {
        let line = anew("::notice file=##[x]::see ##[error]y").expect("an annotation");
        assert!(!line.contains("##["), "{line}");
    }
}
