//! Words of the source as markdown that reads back as the same words.

use std::borrow::Cow;

/// A text without markup as one line of markdown: what was code in `raw` is code again, every
/// other sign is itself.
pub fn inline(plain: &str, raw: &str) -> String {
    let codes = codes(raw);
    let tildes = if plain.bytes().filter(|sign| *sign == b'~').count() > 1 {
        Tildes::Several
    } else {
        Tildes::One
    };
    let mut out = String::with_capacity(plain.len() + 16);
    let mut rest = plain.trim();
    let mut left = codes.as_slice();
    while let Some((skipped, at)) = next_code(rest, left) {
        let Some((code, behind)) = left.get(skipped..).and_then(<[&str]>::split_first) else {
            break;
        };
        left = behind;
        let (before, after) = (rest.get(..at), rest.get(at + code.len()..));
        escape(before.unwrap_or(""), tildes, &mut out);
        // A tick right behind another would be read as one mark.
        if out.ends_with('`') {
            out.push(' ');
        }
        out.push('`');
        out.push_str(code);
        out.push('`');
        rest = after.unwrap_or("");
    }
    escape(rest, tildes, &mut out);
    out
}

/// Code spans that are looked at for the next one: `raw` may have others before it, of a part of
/// the text that `plain` is not.
const AHEAD: usize = 16;

/// Which of the code spans that are left comes next in a text, and where: the first one, and of
/// two at one place the longer, so that `/a` does not take the place of `/a/b`.
fn next_code(text: &str, codes: &[&str]) -> Option<(usize, usize)> {
    let mut skipped = 0;
    loop {
        let near = codes.get(skipped..)?.iter().take(AHEAD).enumerate();
        let found = near
            .filter_map(|(index, code)| Some((text.find(*code)?, code.len(), index)))
            .min_by_key(|(at, length, index)| (*at, usize::MAX - *length, *index));
        if let Some((at, _, index)) = found {
            return Some((skipped + index, at));
        }
        skipped += AHEAD;
        codes.get(skipped)?;
    }
}

/// The same for text that was never markdown.
pub fn plain(text: &str) -> String {
    inline(text, "")
}

/// A line of markdown as it may stand in a cell of a table.
pub fn cell(markdown: &str) -> Cow<'_, str> {
    if !markdown.contains(['|', '\n', '\r']) {
        return Cow::Borrowed(markdown);
    }
    let mut out = String::with_capacity(markdown.len());
    let mut before = ' ';
    for letter in markdown.chars() {
        match letter {
            '|' if before != '\\' => out.push_str("\\|"),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
        before = letter;
    }
    Cow::Owned(out)
}

/// A line of markdown as it may begin a paragraph.
pub fn paragraph(markdown: &str) -> String {
    let trimmed = markdown.trim_start();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0
        && digits < 10
        && trimmed
            .get(digits..)
            .is_some_and(|r| r.starts_with(['.', ')']))
    {
        let (number, rest) = trimmed.split_at(digits);
        return format!("{number}\\{rest}");
    }
    match trimmed.chars().next() {
        Some('#' | '>' | '-' | '+' | '=' | '~' | '|' | ':') => format!("\\{trimmed}"),
        _ => trimmed.to_owned(),
    }
}

/// A line of markdown as it may follow what has an id: in quotes where it begins with one itself,
/// which the source gives to nothing there.
pub fn line(markdown: String) -> String {
    let is_bare = !markdown.contains(['\\', '`']);
    let id = match is_bare {
        true => crate::read::leading_id(&markdown),
        false => crate::read::leading_id(&markdown.replace(['\\', '`'], "")),
    };
    match id.is_some() {
        true => format!("“{markdown}”"),
        false => markdown,
    }
}

/// Code spans of one tick that stand in one line and have nothing in them that ends them.
fn codes(raw: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = raw;
    while let Some(start) = rest.find('`') {
        let after = rest.get(start..).unwrap_or("");
        let ticks = after.bytes().take_while(|b| *b == b'`').count();
        let body = after.get(ticks..).unwrap_or("");
        let fence = after.get(..ticks).unwrap_or("`");
        let Some(end) = body.find(fence) else {
            rest = body;
            continue;
        };
        let code = body.get(..end).unwrap_or("").trim();
        if !code.is_empty() && !code.contains(['`', '\n']) {
            found.push(code);
        }
        rest = body.get(end + ticks..).unwrap_or("");
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tildes {
    One,
    Several,
}

fn escape(text: &str, tildes: Tildes, out: &mut String) {
    let mut rest = text;
    // What nobody filled in is said to be open, and not copied as if it were said.
    while let Some((start, label)) = token(rest) {
        letters(rest.get(..start).unwrap_or(""), tildes, out);
        out.push_str("TODO(");
        letters(label, tildes, out);
        out.push(')');
        rest = rest.get(start + label.len() + 2..).unwrap_or("");
    }
    letters(rest, tildes, out);
}

/// The first token of a template, `[NAME]`: where it begins, and what is in it.
fn token(text: &str) -> Option<(usize, &str)> {
    text.match_indices('[').find_map(|(start, _)| {
        let inner = text.get(start + 1..)?;
        let label = inner.get(..inner.find([']', '['])?)?;
        let is_closed = inner.as_bytes().get(label.len()) == Some(&b']');
        (is_closed && crate::read::is_token(label)).then_some((start, label))
    })
}

fn letters(text: &str, tildes: Tildes, out: &mut String) {
    let mut rest = text;
    loop {
        let plain = rest.bytes().take_while(|sign| is_plain(*sign)).count();
        out.push_str(rest.get(..plain).unwrap_or(""));
        let mut letters = rest.get(plain..).unwrap_or("").chars();
        let Some(letter) = letters.next() else {
            return;
        };
        rest = letters.as_str();
        let next = letters.next().unwrap_or(' ');
        let before = out.chars().next_back().unwrap_or(' ');
        let is_special = match letter {
            '\\' => next.is_ascii_punctuation() || next == ' ',
            '`' | '*' | '<' | '[' | ']' => true,
            // One alone, as in `~2s`, means nothing.
            '~' => tildes == Tildes::Several,
            // Inside a word it means nothing.
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            '&' => next.is_ascii_alphanumeric() || next == '#',
            _ => false,
        };
        if letter.is_control() {
            out.push(' ');
        } else {
            if is_special {
                out.push('\\');
            }
            out.push(letter);
        }
    }
}

/// Whether nothing is to be done about a byte: no sign that means something, and no control. Those
/// beyond ASCII begin with `C2`.
fn is_plain(byte: u8) -> bool {
    let is_sign = matches!(
        byte,
        b'\\' | b'`' | b'*' | b'<' | b'[' | b']' | b'~' | b'_' | b'&'
    );
    !is_sign && !byte.is_ascii_control() && byte != 0xc2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::{BlockKind, Outline};
    use crate::text::Source;

    fn words(markdown: &str) -> String {
        let source = Source::decode("a.md", markdown.as_bytes()).expect("text");
        match &Outline::of(&source).blocks.first().map(|b| b.kind.clone()) {
            Some(BlockKind::Paragraph(inline)) => inline.text.clone(),
            other => panic!("{other:?} of {markdown}"),
        }
    }

    #[test]
    fn code_is_code_again() {
        assert_eq!(
            inline("set a_b/c_d of <x>", "**set** `a_b/c_d` of `<x>`"),
            "set `a_b/c_d` of `<x>`"
        );
        assert_eq!(inline("a*b [c]", "a"), "a\\*b \\[c\\]");
        assert_eq!(
            inline(
                "a cookie __Host-x is set and /home shown, see /a/b?c=1",
                "on `/home` and `/a`: a cookie `__Host-x` is set and `/home` shown, see `/a/b?c=1`"
            ),
            "a cookie `__Host-x` is set and `/home` shown, see `/a/b?c=1`"
        );
        assert_eq!(
            inline("a [NAME] [b [MY_NAME]]", "`[NAME]`"),
            "a `[NAME]` \\[b TODO(MY_NAME)\\]"
        );
        assert_eq!(cell("a | `b|c` \\| d"), "a \\| `b\\|c` \\| d");
    }

    proptest::proptest! {
        #[test]
        fn any_words_read_back_as_they_are(text in "[a-c#>*_`\\\\<&;~|!\\[\\]()0-9.:+= -]{0,40}") {
            let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let written = paragraph(&plain(&one_line));
            if !one_line.is_empty() && !one_line.contains("[###") {
                proptest::prop_assert_eq!(words(&written), one_line);
            }
        }
    }
}
