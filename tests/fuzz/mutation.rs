//! How an input is changed: by lines, words and bytes, and into what parsers fear.

use super::random::Random;

/// Letters without width, that turn the text round, that change length with case, that join.
const HOSTILE: &[&str] = &[
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2028}",
    "\u{2066}",
    "\u{fe0f}",
    "\u{feff}",
    "\u{fffd}",
    "\u{10ffff}",
    "İ",
    "ß",
    "ﬁ",
    "ǅ",
    "Σς",
    "e\u{301}",
    "한",
    "表",
    "١٢",
    "½",
    "👩‍👩‍👧",
    "‹L1›",
    "\u{1b}[31m",
    "\r",
    "\t",
    "\u{3000}",
];
/// Not UTF-8, at its beginning or at its end.
const BROKEN: &[&[u8]] = &[
    b"\xff",
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xed\xa0\x80",
];
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "007",
    "2147483648",
    "4294967296",
    "9223372036854775808",
    "18446744073709551616",
    "1e309",
    "0.1",
    "1.2.3",
    "99999999999999999999999999999999",
];
/// What opens something that the end of the input, or another one, may close.
const OPENERS: &[&str] = &[
    "> ", "- ", "  ", "1. ", "# ", "(", "[", "{", "**", "_", "`", "```\n", "~~~~\n", "<!--",
    "<div>", "|", "[[", "![", "\"", "'", "\\", "&amp;", "${{ ",
];

pub fn mutate(input: &mut Vec<u8>, other: &[u8], dictionary: &[&str], random: &mut Random) {
    match random.below(16) {
        0 => drop(cut(input, random)),
        1 => {
            let piece = cut(input, random);
            put(input, &piece, random);
        }
        2 => {
            let piece = copy(input, random);
            put(input, &piece, random);
        }
        3 => {
            let piece = copy(other, random);
            put(input, &piece, random);
        }
        4 => splice(input, other, random),
        5 => nest(input, random),
        6 => fence(input, random),
        7 => lengthen(input, random),
        8 => indent(input, random),
        9 => insert(input, random.of(HOSTILE).as_bytes(), random),
        10 => insert(input, random.of(BROKEN), random),
        11 => replace_number(input, random),
        12 => flip(input, random),
        13 => input.truncate(random.below(input.len() + 1)),
        14 => line_ends(input, random),
        _ => match dictionary {
            [] => insert(input, random.of(OPENERS).as_bytes(), random),
            words => insert(input, random.of(words).as_bytes(), random),
        },
    }
}

/// The beginnings of lines, and the end.
fn edges(input: &[u8]) -> Vec<usize> {
    let after = |(at, &byte): (usize, &u8)| (byte == b'\n').then_some(at + 1);
    let mut out: Vec<usize> = std::iter::once(0)
        .chain(input.iter().enumerate().filter_map(after))
        .collect();
    if out.last() != Some(&input.len()) {
        out.push(input.len());
    }
    out
}

/// A few lines, or many where the input has few.
fn lines(input: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let edges = edges(input);
    let from = random.below(edges.len());
    let many = 1 + random.below(4);
    edges[from]..edges[(from + many).min(edges.len() - 1)]
}

fn cut(input: &mut Vec<u8>, random: &mut Random) -> Vec<u8> {
    let range = lines(input, random);
    input.drain(range).collect()
}

fn copy(input: &[u8], random: &mut Random) -> Vec<u8> {
    input[lines(input, random)].to_vec()
}

fn put(input: &mut Vec<u8>, piece: &[u8], random: &mut Random) {
    let at = random.of(&edges(input));
    input.splice(at..at, piece.iter().copied());
}

/// The beginning of one and the end of the other.
fn splice(input: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let (at, from) = (random.of(&edges(input)), random.of(&edges(other)));
    input.truncate(at);
    input.extend_from_slice(&other[from..]);
}

/// Mostly at a boundary of words, where a parser looks.
fn place(input: &[u8], random: &mut Random) -> usize {
    let at = random.below(input.len() + 1);
    if random.below(4) == 0 {
        return at;
    }
    let is_edge = |byte: &u8| !byte.is_ascii_alphanumeric();
    at + input[at..].iter().position(is_edge).unwrap_or(0)
}

fn insert(input: &mut Vec<u8>, piece: &[u8], random: &mut Random) {
    let at = place(input, random);
    input.splice(at..at, piece.iter().copied());
}

/// Deep, but never deeper than what one line of a real input could be.
fn nest(input: &mut Vec<u8>, random: &mut Random) {
    let opener = random.of(OPENERS);
    let piece = opener.repeat(1 << random.below(11));
    let at = random.of(&edges(input));
    input.splice(at..at, piece.bytes());
}

fn fence(input: &mut Vec<u8>, random: &mut Random) {
    let range = lines(input, random);
    let mark = random.of(&["```", "````", "~~~", "<!--", "-->", "---"]);
    let line = format!("{mark}\n");
    if random.below(2) == 0 {
        input.splice(range.end..range.end, line.bytes());
    }
    input.splice(range.start..range.start, line.bytes());
}

/// One line many times, in one line or in many.
fn lengthen(input: &mut Vec<u8>, random: &mut Random) {
    let range = lines(input, random);
    let mut piece = input[range.clone()].to_vec();
    if random.below(2) == 0 {
        piece.retain(|&byte| byte != b'\n');
    }
    let piece = piece.repeat(1 << random.below(8));
    input.splice(range.end..range.end, piece);
}

fn indent(input: &mut Vec<u8>, random: &mut Random) {
    let at = random.of(&edges(input));
    if random.below(2) == 0 {
        let blanks = random.of(&[" ", "  ", "    ", "\t", "> ", "* "]);
        input.splice(at..at, blanks.bytes());
    } else {
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        let many = input[at..].iter().take_while(blank).count();
        input.drain(at..at + many);
    }
}

fn replace_number(input: &mut Vec<u8>, random: &mut Random) {
    let from = random.below(input.len() + 1);
    let Some(at) = input[from..].iter().position(u8::is_ascii_digit) else {
        return insert(input, random.of(NUMBERS).as_bytes(), random);
    };
    let at = from + at;
    let many = input[at..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    input.splice(at..at + many, random.of(NUMBERS).bytes());
}

fn flip(input: &mut [u8], random: &mut Random) {
    if input.is_empty() {
        return;
    }
    for _ in 0..=random.below(3) {
        let at = random.below(input.len());
        input[at] ^= 1 << random.below(8);
    }
}

fn line_ends(input: &mut Vec<u8>, random: &mut Random) {
    let end: &[u8] = random.of(&["\r\n", "\r", "\n\n", ""]).as_bytes();
    let parts: Vec<&[u8]> = input.split(|&byte| byte == b'\n').collect();
    *input = parts.join(end);
}
