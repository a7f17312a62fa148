//! Other people's text on our terminal: no control characters, and of escape sequences at most
//! colours. `--json` has every byte.

/// What a line of a log may bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    Remove,
    KeepColours,
}

/// A title, a name, a reason: one line, nothing that moves the cursor.
pub fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| {
            if matches!(c, '\n' | '\r' | '\t') {
                ' '
            } else {
                c
            }
        })
        .collect();
    clean(&spaced, Escapes::Remove)
}

/// A line of a log. Where a carriage return overwrote what stood before, its last state counts,
/// as on a terminal.
pub fn log_line(text: &str, escapes: Escapes) -> String {
    let text = text.trim_end_matches('\r');
    let last = text.rsplit('\r').next().unwrap_or_default();
    clean(last, escapes)
}

fn clean(text: &str, escapes: Escapes) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    let mut coloured = false;
    while let Some(at) = rest.find(|c| c == '\x1b' || is_unwanted(c)) {
        let (before, after) = rest.split_at(at);
        kept.push_str(before);
        if !after.starts_with('\x1b') {
            rest = after.chars().next().map_or("", |c| &after[c.len_utf8()..]);
            continue;
        }
        let length = escape_length(after);
        let (sequence, after) = after.split_at(length);
        if escapes == Escapes::KeepColours && is_colour(sequence) {
            kept.push_str(sequence);
            coloured = true;
        }
        rest = after;
    }
    kept.push_str(rest);
    if coloured {
        kept.push_str("\x1b[0m");
    }
    kept
}

/// Control characters but for the tab, and the marks that turn the direction of reading.
fn is_unwanted(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Bytes of the escape sequence at the beginning of `text`.
fn escape_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let end = match bytes.get(1) {
        // CSI: parameters, then one final byte.
        Some(b'[') => bytes
            .iter()
            .skip(2)
            .position(|b| !(0x20..=0x3f).contains(b))
            .map(|at| match bytes[at + 2] {
                0x40..=0x7e => at + 3,
                _ => at + 2,
            }),
        // OSC, DCS and their like: up to BEL or ESC.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => bytes
            .iter()
            .skip(2)
            .position(|b| matches!(b, 0x07 | 0x1b))
            .map(|at| match bytes[at + 2] {
                0x07 => at + 3,
                // The string terminator is ESC and a backslash.
                _ if bytes.get(at + 3) == Some(&b'\\') => at + 4,
                _ => at + 2,
            }),
        Some(b) if b.is_ascii() && !b.is_ascii_control() => Some(2),
        _ => Some(1),
    };
    end.unwrap_or(bytes.len())
}

fn is_colour(sequence: &str) -> bool {
    sequence
        .strip_prefix("\x1b[")
        .and_then(|rest| rest.strip_suffix('m'))
        .is_some_and(|rest| {
            rest.bytes()
                .all(|b| b.is_ascii_digit() || b";:".contains(&b))
        })
}

/// At most `most` characters; what is cut is marked.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `812 B`, `4.2 KiB`, `1.9 MiB`.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    if unit == "B" {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {unit}")
    }
}

/// `1 run`, `2 runs`, `no runs`.
pub fn count(number: u64, thing: &str) -> String {
    match number {
        0 => format!("no {thing}s"),
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_text_and_colours() {
        let hostile =
            "a\x1b]52;c;aGk=\x07b\x1b[2Jc\x1b[31md\x1b[0me\x1b]0;t\x1b\\f\x1bcg\u{9b}31mh\u{202e}i";
        assert_eq!(log_line(hostile, Escapes::Remove), "abcdefg31mhi");
        assert_eq!(
            log_line("\x1b[1;31mred", Escapes::KeepColours),
            "\x1b[1;31mred\x1b[0m"
        );
        assert_eq!(log_line("x\x1b[", Escapes::KeepColours), "x");
        assert_eq!(log_line("x\x1b", Escapes::KeepColours), "x");
        assert_eq!(log_line("\x1b[3é", Escapes::Remove), "é");
        assert_eq!(plain("two\nlines\tand\x07 a bell"), "two lines and a bell");
    }

    #[test]
    fn a_progress_bar_shows_its_last_state() {
        assert_eq!(log_line(" 5%\r50%\r100%\r", Escapes::Remove), "100%");
    }

    #[test]
    fn short_forms() {
        assert_eq!(shortened("abcdef", 6), "abcdef");
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(size(812), "812 B");
        assert_eq!(size(4_300), "4.2 KiB");
        assert_eq!(count(0, "artifact"), "no artifacts");
        assert_eq!(count(1, "run"), "1 run");
    }
}
