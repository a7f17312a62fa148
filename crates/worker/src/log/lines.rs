//! Bytes of a child's output become messages: cut at newlines, long lines in parts, always UTF-8.

use ops_core::limits::MESSAGE_BYTES;

/// One message of the log.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// The line goes on in the next piece.
    pub more: bool,
    /// Something was not UTF-8, or was U+0000.
    pub lossy: bool,
}

/// Cuts one stream. Holds at most one part of a line.
#[derive(Default)]
pub struct Lines {
    rest: Vec<u8>,
    /// A part of the current line has been given out.
    continued: bool,
}

impl Lines {
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>) {
        let mut bytes = bytes;
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.take(&bytes[..end], out);
            self.end_line(out);
            bytes = &bytes[end + 1..];
        }
        self.take(bytes, out);
    }

    /// Nothing has come for a while: gives out the begun line, such as a prompt.
    pub fn pause(&mut self, out: &mut Vec<Piece>) {
        let whole = self.rest.len() - incomplete_end(&self.rest);
        if whole > 0 {
            self.give_part(whole, out);
        }
    }

    /// The stream has ended.
    pub fn finish(&mut self, out: &mut Vec<Piece>) {
        if !self.rest.is_empty() || self.continued {
            self.end_line(out);
        }
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<Piece>) {
        let mut bytes = bytes;
        while self.rest.len() + bytes.len() > MESSAGE_BYTES {
            let (part, behind) = bytes.split_at(MESSAGE_BYTES.saturating_sub(self.rest.len()));
            self.rest.extend_from_slice(part);
            bytes = behind;
            let cut = self.rest.len() - incomplete_end(&self.rest);
            self.give_part(cut, out);
        }
        self.rest.extend_from_slice(bytes);
    }

    fn give_part(&mut self, length: usize, out: &mut Vec<Piece>) {
        let part: Vec<u8> = self.rest.drain(..length).collect();
        give(&part, out);
        if let Some(last) = out.last_mut() {
            last.more = true;
        }
        self.continued = true;
    }

    fn end_line(&mut self, out: &mut Vec<Piece>) {
        give(&self.rest, out);
        self.rest.clear();
        self.continued = false;
    }
}

/// One piece, or several where replacement characters made it too long.
fn give(bytes: &[u8], out: &mut Vec<Piece>) {
    let (text, lossy) = decode(bytes);
    let mut rest = text.as_str();
    while rest.len() > MESSAGE_BYTES {
        let cut = rest.floor_char_boundary(MESSAGE_BYTES);
        out.push(Piece {
            text: rest[..cut].to_string(),
            more: true,
            lossy,
        });
        rest = &rest[cut..];
    }
    out.push(Piece {
        text: rest.to_string(),
        more: false,
        lossy,
    });
}

fn decode(bytes: &[u8]) -> (String, bool) {
    let text = String::from_utf8_lossy(bytes);
    let lossy = matches!(text, std::borrow::Cow::Owned(_));
    if text.contains('\0') {
        return (text.replace('\0', "\u{fffd}"), true);
    }
    (text.into_owned(), lossy)
}

/// How many bytes at the end are the beginning of one UTF-8 character: 0 to 3.
fn incomplete_end(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        let needed = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => return 0,
        };
        return if needed > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(pieces: &[&[u8]]) -> Vec<Piece> {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.push(piece, &mut out);
        }
        lines.finish(&mut out);
        out
    }

    fn piece(text: &str) -> Piece {
        Piece {
            text: text.into(),
            more: false,
            lossy: false,
        }
    }

    #[test]
    fn lines_are_cut_where_they_end() {
        assert_eq!(
            cut(&[b"a\nb", b"c\n\n", b"d"]),
            [piece("a"), piece("bc"), piece(""), piece("d")]
        );
        assert_eq!(cut(&[b"a\n"]), [piece("a")]);
        assert_eq!(cut(&[]), []);
    }

    #[test]
    fn what_is_no_text_is_replaced_and_said_so() {
        let out = cut(&[b"a\xffb\0c\n\xc3", b"\xa4\n"]);
        assert_eq!(out[0].text, "a\u{fffd}b\u{fffd}c");
        assert!(out[0].lossy);
        assert_eq!(out[1], piece("ä"));
    }

    #[test]
    fn a_begun_line_is_given_out_in_a_pause_and_goes_on() {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        lines.push("name? \u{e4}".as_bytes(), &mut out);
        lines.push(b"\xc3", &mut out);
        lines.pause(&mut out);
        lines.push(b"\xb6\n", &mut out);
        assert_eq!((out[0].text.as_str(), out[0].more), ("name? ä", true));
        assert_eq!((out[1].text.as_str(), out[1].more), ("ö", false));
        lines.push(b"x", &mut out);
        lines.pause(&mut out);
        lines.finish(&mut out);
        assert_eq!((out[3].text.as_str(), out[3].more), ("", false));
    }

    #[test]
    fn ten_megabytes_in_one_line_travel_in_parts() {
        let line = "ä".repeat(5 * 1024 * 1024);
        let out = cut(&line.as_bytes().chunks(1_000_003).collect::<Vec<_>>());
        assert!(
            out.iter()
                .all(|p| p.text.len() <= MESSAGE_BYTES && !p.lossy)
        );
        let (last, parts) = out.split_last().unwrap();
        assert!(parts.iter().all(|p| p.more) && !last.more);
        assert_eq!(
            out.iter().map(|p| p.text.as_str()).collect::<String>(),
            line
        );
    }

    proptest! {
        #[test]
        fn every_way_to_cut_keeps_every_line(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\n'), Just(0xe2), Just(0x82)], 0..400),
            size in 1usize..50,
        ) {
            let joined = |pieces: Vec<Piece>| {
                pieces.iter().map(|p| format!("{}{}", p.text, if p.more { "" } else { "\n" })).collect::<String>()
            };
            let whole = joined(cut(&[&bytes]));
            let chunks: Vec<_> = bytes.chunks(size).collect();
            prop_assert_eq!(joined(cut(&chunks)), whole);
        }
    }
}
