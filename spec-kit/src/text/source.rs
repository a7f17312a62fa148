use super::{Place, Span};
use crate::digest::sha256;

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("{file}: not UTF-8 at byte {offset} (line {line}); save it as UTF-8")]
    NotUtf8 {
        file: String,
        offset: usize,
        line: u32,
    },
    #[error("{file}: {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge { file: String, bytes: usize },
}

/// One document's text: without a byte order mark, with `\n` at its line ends. Lines and columns
/// are those of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    file: String,
    text: String,
    /// Where each line starts.
    lines: Vec<usize>,
    /// Of the bytes as they came, in lower-case hex.
    sha256: String,
}

impl Source {
    /// # Errors
    /// Bytes that are no UTF-8, and more than [`MAX_BYTES`] of them.
    pub fn decode(file: &str, bytes: &[u8]) -> Result<Self, SourceError> {
        if bytes.len() > MAX_BYTES {
            return Err(SourceError::TooLarge {
                file: file.to_owned(),
                bytes: bytes.len(),
            });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let offset = error.valid_up_to();
            let before = bytes.iter().take(offset).filter(|b| **b == b'\n').count();
            SourceError::NotUtf8 {
                file: file.to_owned(),
                offset,
                line: u32::try_from(before + 1).unwrap_or(u32::MAX),
            }
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // A lone carriage return ends a line too, as in CommonMark.
        let text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_owned()
        };
        let mut lines = vec![0];
        for (at, _) in text.match_indices('\n') {
            lines.push(at + 1);
        }
        Ok(Self {
            file: file.to_owned(),
            text,
            lines,
            sha256: sha256(bytes),
        })
    }

    /// Another text of the same length with the same lines, for the same bytes.
    pub(crate) fn with_text(&self, text: String) -> Self {
        Self {
            text,
            ..self.clone()
        }
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The text of a span; empty where there is no such place.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    /// What stands before a span in the line that it begins in, and behind it in the one that it ends
    /// in.
    pub fn around(&self, span: Span) -> (&str, &str) {
        let before = self.text.get(..span.start).unwrap_or("");
        let after = self.text.get(span.end..).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = after.find('\n').unwrap_or(after.len());
        (
            before.get(start..).unwrap_or(""),
            after.get(..end).unwrap_or(""),
        )
    }

    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// A line without its end, from 1; empty where there is none.
    pub fn line(&self, number: u32) -> &str {
        let index = (number as usize).wrapping_sub(1);
        let Some(start) = self.lines.get(index) else {
            return "";
        };
        let end = self.lines.get(index + 1).map_or(self.text.len(), |e| e - 1);
        self.text.get(*start..end).unwrap_or("")
    }

    /// The number of the line that an offset stands in, from 1.
    pub fn line_of(&self, offset: usize) -> u32 {
        let offset = offset.min(self.text.len());
        number(self.lines.partition_point(|start| *start <= offset))
    }

    pub fn place(&self, span: Span) -> Place {
        let (line, column) = self.position(span.start);
        let (end_line, end_column) = self.position(span.end.max(span.start));
        Place {
            file: self.file.clone(),
            line,
            column,
            end_line,
            end_column,
        }
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        let index = self.lines.partition_point(|start| *start <= offset) - 1;
        let start = self.lines.get(index).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |before| before.chars().count());
        (number(index + 1), number(column + 1))
    }
}

fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_line_ends_leave_no_trace() {
        let source =
            Source::decode("a.md", "\u{feff}one\r\ntwö x\rthree".as_bytes()).expect("text");
        assert_eq!(source.text(), "one\ntwö x\nthree");
        assert_eq!(source.line(2), "twö x");
        let at = source.text().find('x').expect("x");
        let place = source.place(Span::new(at, at + 1));
        assert_eq!((place.line, place.column, place.end_column), (2, 5, 6));
        assert_eq!(source.line(9), "");
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        let error = Source::decode("a.md", b"one\ntwo \xff").expect_err("no text");
        assert_eq!(
            error.to_string(),
            "a.md: not UTF-8 at byte 8 (line 2); save it as UTF-8"
        );
        let large = Source::decode("a.md", &vec![b'a'; MAX_BYTES + 1]);
        assert!(matches!(large, Err(SourceError::TooLarge { .. })));
    }
}
