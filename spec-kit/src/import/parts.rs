//! A document by its headings of the second level. Lines, and no tree of Markdown: they are copied.

use crate::digest::split_box;

/// A section of the second level and all below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub title: String,
    /// The first is its heading.
    lines: Vec<String>,
}

impl Part {
    /// Whether its title is one of these, whatever its case and what stands behind it in brackets.
    pub fn is_titled(&self, titles: &[&str]) -> bool {
        let words = self.title.split(['(', '*']).next().unwrap_or("");
        titles
            .iter()
            .any(|title| words.trim().eq_ignore_ascii_case(title))
    }

    pub fn has_tasks(&self) -> bool {
        self.lines.iter().any(|line| split_box(line).is_some())
    }

    /// Its lines with headings so many levels lower, six at most.
    pub fn lowered(&self, levels: usize) -> String {
        let mut out = String::new();
        let mut at = At::default();
        for line in &self.lines {
            if at.is_words(line)
                && let Some(level) = heading(line)
            {
                let more = levels.min(6usize.saturating_sub(level));
                out.push_str(&"#".repeat(more));
            }
            out.push_str(line);
            out.push('\n');
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

/// The sections of the second level. What stands before them is the title and what says when.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = At::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        if at.is_words(line) && heading(line) == Some(2) {
            parts.push(Part {
                title: line.trim_start_matches('#').trim().to_owned(),
                lines: Vec::new(),
            });
        }
        if let Some(part) = parts.last_mut() {
            part.lines.push(line.to_owned());
        }
    }
    parts
}

/// The level of a heading with words.
fn heading(line: &str) -> Option<usize> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let rest = line.get(level..).unwrap_or("");
    ((1..=6).contains(&level) && rest.starts_with(' ') && !rest.trim().is_empty()).then_some(level)
}

/// Where in a document a line stands: in fenced code and in comments there are no headings.
#[derive(Debug, Default)]
struct At {
    /// The fence that is open.
    fence: Option<String>,
    comment: Comment,
}

impl At {
    /// Of each line in turn: whether it is read as words.
    fn is_words(&mut self, line: &str) -> bool {
        let was_code = self.fence.is_some();
        let was_comment = self.comment == Comment::Open;
        if !was_comment {
            self.fence(line.trim_start());
        }
        if !was_code && self.fence.is_none() {
            self.comment = self.comment.after(line);
        }
        !was_code && !was_comment
    }

    fn fence(&mut self, words: &str) {
        let sign = words.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = sign.map_or(0, |sign| words.chars().take_while(|c| *c == sign).count());
        let (mark, rest) = words.split_at_checked(length).unwrap_or(("", words));
        match &self.fence {
            Some(open) if mark.starts_with(open.as_str()) && rest.trim().is_empty() => {
                self.fence = None;
            }
            None if length >= 3 => self.fence = Some(mark.to_owned()),
            _ => {}
        }
    }
}

/// Whether a comment goes on in the next line.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Comment {
    Open,
    #[default]
    Closed,
}

impl Comment {
    fn after(self, line: &str) -> Self {
        let (opened, closed) = (line.rfind("<!--"), line.rfind("-->"));
        match (opened, closed) {
            (Some(open), Some(close)) if open > close => Self::Open,
            (_, Some(_)) => Self::Closed,
            (Some(_), None) => Self::Open,
            (None, None) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_in_code_and_comments_are_none() {
        let text = "# T\n\nlead\n\n## A (x)\n\n```md\n## B\n````\n\n### C\n\n<!--\n## D\n-->\n\n## E *(mandatory)*\n\n- [ ] one\n";
        let parts = parts(text);
        let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
        assert_eq!(titles, ["A (x)", "E *(mandatory)*"]);
        assert_eq!(
            parts[0].lowered(1),
            "### A (x)\n\n```md\n## B\n````\n\n#### C\n\n<!--\n## D\n-->\n"
        );
        assert!(parts[1].is_titled(&["e"]) && parts[1].has_tasks() && !parts[0].has_tasks());
    }
}
