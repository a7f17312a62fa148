//! The words of HTML that stands between the lines: paragraphs and lists, as those of markdown.

use super::{Block, BlockKind, Inline, List, ListItem, Piece, PieceKind};
use crate::text::Span;

/// A tag by its name, in lower case.
pub(super) struct Tag {
    pub name: String,
    is_end: bool,
}

/// `<p class="a">`, `</p>`, `<br/>`
pub(super) fn tag(text: &str) -> Option<Tag> {
    let inner = text.strip_prefix('<')?;
    let (inner, is_end) = match inner.strip_prefix('/') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = inner.get(..length)?.to_ascii_lowercase();
    (!name.is_empty()).then_some(Tag { name, is_end })
}

/// Whose content is no text for people, or only says what is folded below it.
const SILENT: &[&str] = &[
    "summary", "script", "style", "svg", "template", "pre", "table",
];
/// That change how words look, or stand in their midst.
const IN_LINE: &[&str] = &[
    "a", "abbr", "b", "code", "em", "i", "img", "kbd", "mark", "s", "small", "span", "strong",
    "sub", "sup", "u",
];

/// The paragraphs and list items of a block of HTML.
pub(super) fn blocks(text: &str, whole: Span) -> Vec<Block> {
    let mut found = Found {
        blocks: Vec::new(),
        words: Inline::default(),
        strong: 0,
        is_item: false,
    };
    let mut silent: Option<String> = None;
    let mut at = whole.start;
    while let Some(rest) = text.get(at..whole.end).filter(|rest| !rest.is_empty()) {
        let length = match rest.starts_with('<') {
            true => end_of_tag(rest),
            false => rest.find('<').unwrap_or(rest.len()),
        };
        let Some(piece) = rest.get(..length) else {
            break;
        };
        let span = Span::new(at, at + length);
        at += length;
        match (tag(piece), &silent) {
            (Some(tag), Some(name)) if tag.is_end && tag.name == *name => silent = None,
            (_, Some(_)) => {}
            (Some(tag), None) if SILENT.contains(&tag.name.as_str()) => {
                found.close();
                silent = (!tag.is_end).then_some(tag.name);
            }
            (Some(tag), None) => found.tag(&tag, span),
            (None, None) if piece.starts_with("<!") => {}
            (None, None) => found.words(piece, span),
        }
    }
    found.close();
    found.blocks
}

/// A comment may hold tags.
fn end_of_tag(rest: &str) -> usize {
    let end = match rest.starts_with("<!--") {
        true => "-->",
        false => ">",
    };
    rest.find(end).map_or(rest.len(), |found| found + end.len())
}

struct Found {
    blocks: Vec<Block>,
    words: Inline,
    strong: usize,
    is_item: bool,
}

impl Found {
    fn tag(&mut self, tag: &Tag, span: Span) {
        match tag.name.as_str() {
            "b" | "strong" if tag.is_end => self.strong = self.strong.saturating_sub(1),
            "b" | "strong" => self.strong += 1,
            "br" => self.push(PieceKind::Break, " ", span),
            name if IN_LINE.contains(&name) => {}
            name => {
                self.close();
                self.is_item = name == "li" && !tag.is_end;
            }
        }
    }

    /// Line by line, so that each piece is what stands in the source.
    fn words(&mut self, text: &str, span: Span) {
        let mut at = span.start;
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 && !self.words.text.ends_with(' ') {
                self.push(PieceKind::Break, " ", Span::new(at - 1, at));
            }
            let lead = match number {
                0 => 0,
                _ => line.len() - line.trim_start().len(),
            };
            let said = line.get(lead..).unwrap_or("").trim_end_matches('\r');
            let start = at + lead;
            self.push(PieceKind::Text, said, Span::new(start, start + said.len()));
            at += line.len() + 1;
        }
    }

    fn push(&mut self, kind: PieceKind, text: &str, span: Span) {
        let is_start = self.words.text.is_empty();
        if text.is_empty() || is_start && text.trim().is_empty() {
            return;
        }
        let start = self.words.text.len();
        self.words.span = match is_start {
            true => span,
            false => self.words.span.with(span),
        };
        self.words.text.push_str(text);
        self.words.pieces.push(Piece {
            lead: (kind == PieceKind::Text).then_some(0),
            kind,
            strong: self.strong > 0,
            emphasis: false,
            struck: false,
            range: start..self.words.text.len(),
            span,
        });
    }

    fn close(&mut self) {
        let mut words = std::mem::take(&mut self.words);
        words.drop_mark();
        let is_item = std::mem::take(&mut self.is_item);
        let span = words.span;
        if words.is_empty() {
            return;
        }
        if !is_item {
            let kind = BlockKind::Paragraph(words);
            return self.blocks.push(Block { kind, span });
        }
        let item = ListItem {
            number: None,
            check: None,
            text: words,
            span,
            blocks: Vec::new(),
        };
        if let Some(Block {
            kind: BlockKind::List(list),
            span: whole,
        }) = self.blocks.last_mut()
        {
            *whole = whole.with(span);
            return list.items.push(item);
        }
        let list = List {
            start: None,
            items: vec![item],
        };
        let kind = BlockKind::List(list);
        self.blocks.push(Block { kind, span });
    }
}
