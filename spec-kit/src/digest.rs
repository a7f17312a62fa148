//! Whether a generated document was edited where only the generator writes.

use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::ops::Range;

/// Begins a block that belongs to people, `<!-- sk:unlock NAME -->`.
pub const UNLOCK: &str = "<!-- sk:unlock";
/// Ends it.
pub const LOCK: &str = "<!-- sk:lock -->";
/// How many bytes are hashed at once.
const PIECE: usize = 4096;

/// Sha256 in lower-case hex of what only the generator may change: every line that is neither
/// blank nor in a block between [`UNLOCK`] and [`LOCK`], without trailing blanks, each check box
/// open. So a tick, a note in its block and other line ends are no edit.
pub fn digest(text: &str) -> String {
    let mut hash = Sha256::new();
    // The hash takes long pieces faster than short ones.
    let mut kept: Vec<u8> = Vec::with_capacity(2 * PIECE);
    let mut is_open = false;
    let text = text.trim_start_matches('\u{feff}');
    // Blank lines say nothing, so each of the two signs may end a line.
    let text = match text.contains('\r') {
        true => Cow::Owned(text.replace('\r', "\n")),
        false => Cow::Borrowed(text),
    };
    for line in text.split('\n') {
        let line = line.trim_end();
        let words = line.trim_start();
        if is_open {
            is_open = !words.starts_with(LOCK);
            continue;
        }
        if words.starts_with(UNLOCK) {
            is_open = true;
            continue;
        }
        if words.is_empty() {
            continue;
        }
        match split_box(line) {
            Some((lead, true, rest)) => {
                kept.extend_from_slice(lead.as_bytes());
                kept.extend_from_slice(b"[ ]");
                kept.extend_from_slice(rest.as_bytes());
            }
            _ => kept.extend_from_slice(line.as_bytes()),
        }
        kept.push(b'\n');
        if kept.len() >= PIECE {
            hash.update(&kept);
            kept.clear();
        }
    }
    hash.update(&kept);
    hex(&hash.finalize())
}

/// What people wrote between [`UNLOCK`] and [`LOCK`], in order. One that nobody closed reaches to
/// the end.
pub fn unlocked(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains(UNLOCK) {
        return found;
    }
    let mut open = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        match open {
            None if line.trim_start().starts_with(UNLOCK) => open = Some(at),
            Some(from) if line.trim_start().starts_with(LOCK) => {
                found.push(from..start);
                open = None;
            }
            _ => {}
        }
    }
    found.extend(open.map(|from| from..text.len()));
    found
}

/// Sha256 of any bytes, in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A list item's line with a check box: what is before the box, whether it is ticked, and the
/// rest. Only `[ ]`, `[x]` and `[X]` are boxes.
pub fn split_box(line: &str) -> Option<(&str, bool, &str)> {
    let marker = line.trim_start();
    let indent = line.len() - marker.len();
    // Asked of every line, and most begin with a letter.
    let width = match marker.as_bytes().first()? {
        b'-' | b'*' | b'+' => 1,
        b'0'..=b'9' => {
            let digits = marker.bytes().take_while(u8::is_ascii_digit).count();
            if !matches!(marker.as_bytes().get(digits), Some(b'.' | b')')) {
                return None;
            }
            digits + 1
        }
        _ => return None,
    };
    let after = marker.get(width..)?;
    let blanks = after.len() - after.trim_start_matches(' ').len();
    if blanks == 0 {
        return None;
    }
    let at = indent + width + blanks;
    let is_ticked = match line.get(at..at + 3)? {
        "[ ]" => false,
        "[x]" | "[X]" => true,
        _ => return None,
    };
    Some((line.get(..at)?, is_ticked, line.get(at + 3..)?))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    // Hundreds of thousands of passages have one each.
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.extend_from_slice(&[
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]);
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "# A\n\n- [ ] T001 do it\n\n<!-- sk:unlock notes -->\n<!-- sk:lock -->\n\nend\n";

    #[test]
    fn ticks_notes_blanks_and_line_ends_are_no_edit() {
        let of = digest(TEXT);
        for same in [
            TEXT.replace("[ ]", "[x]"),
            TEXT.replace("notes -->\n", "notes -->\nmy words\n\n- [x] mine\n"),
            TEXT.replace('\n', "\r\n"),
            TEXT.replace("do it", "do it  "),
            format!("\u{feff}{TEXT}\n\n"),
            TEXT.replace("<!-- sk:unlock notes -->\n<!-- sk:lock -->\n", ""),
        ] {
            assert_eq!(digest(&same), of, "{same}");
        }
    }

    #[test]
    fn anything_else_is() {
        let of = digest(TEXT);
        for other in [
            TEXT.replace("do it", "do that"),
            TEXT.replace("- [ ]", "- [-]"),
            TEXT.replace("end", "end [x]"),
            TEXT.replace("# A", "## A"),
            TEXT.replace("<!-- sk:lock -->\n", ""),
        ] {
            assert_ne!(digest(&other), of, "{other}");
        }
    }

    #[test]
    fn a_box_stands_at_the_start_of_an_item() {
        assert_eq!(split_box("  - [x] a"), Some(("  - ", true, " a")));
        assert_eq!(split_box("12. [ ] a"), Some(("12. ", false, " a")));
        for none in [
            "[x] a", "- a [x]", "-[x] a", "1 [x]", "- [y] a", "é- [x]", "",
        ] {
            assert_eq!(split_box(none), None, "{none}");
        }
    }
}
