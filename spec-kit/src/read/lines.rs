//! Lines of one paragraph that each begin with a label, an id or a number of their own are
//! paragraphs of their own: nobody who writes them so means one.

use super::ids::{self, Shape};
use super::item_words::is_metadata;
use crate::facts::Numbers;
use crate::outline::{Block, BlockKind, Inline, List, ListItem, Outline, PieceKind, Section};

pub(super) fn part(outline: &mut Outline) {
    blocks(&mut outline.blocks);
    sections(&mut outline.sections);
}

// Sections and lists nest as deep as the outline lets them, so the recursion ends.
fn sections(list: &mut [Section]) {
    for section in list {
        blocks(&mut section.blocks);
        sections(&mut section.sections);
    }
}

fn blocks(list: &mut Vec<Block>) {
    for mut block in std::mem::take(list) {
        match &mut block.kind {
            BlockKind::Quote(inner) => blocks(inner),
            BlockKind::List(own) => {
                let items = own.items.iter_mut();
                items.for_each(|item| blocks(&mut item.blocks));
            }
            BlockKind::Paragraph(words) => {
                if let Some(parts) = parts(words) {
                    list.extend(parts);
                    continue;
                }
            }
            _ => {}
        }
        list.push(block);
    }
}

/// What a line begins with.
#[derive(Debug, PartialEq)]
enum Start {
    /// `**Login**: …`
    Label,
    /// `FR1: …`
    Id,
    /// `4.1 The system …`
    Number(Numbers),
    /// `1: …`
    Count(u64),
}

impl Start {
    /// Whether a line that begins so goes on with what `before` began.
    fn follows(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::Label | Self::Id, Self::Label | Self::Id) => true,
            (Self::Count(before), Self::Count(own)) => *own == before + 1,
            (Self::Number(before), Self::Number(own)) => {
                before.len() == own.len()
                    && before.split_last().zip(own.split_last()).is_some_and(
                        |((last, group), (number, own))| own == group && *number == last + 1,
                    )
            }
            _ => false,
        }
    }
}

fn parts(words: &Inline) -> Option<Vec<Block>> {
    let is_break = |kind: &PieceKind| *kind == PieceKind::Break;
    if !words.pieces.iter().any(|piece| is_break(&piece.kind)) {
        return None;
    }
    let mut before = start(words, 0)?;
    let is_counted = matches!(before, Start::Count(_));
    // Pieces that begin a part.
    let mut begins = vec![0];
    for (at, _) in words
        .pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| is_break(&piece.kind))
    {
        if let Some(own) = start(words, at + 1).filter(|own| own.follows(&before)) {
            begins.push(at + 1);
            before = own;
        }
    }
    if begins.len() < 2 || is_metadata(words) {
        return None;
    }
    let ends = begins.iter().skip(1).map(|next| next - 1);
    let ends: Vec<usize> = ends.chain([words.pieces.len()]).collect();
    let lines = begins
        .iter()
        .zip(ends)
        .map(|(from, to)| cut(words, *from, to));
    if is_counted {
        let items: Vec<ListItem> = lines.filter_map(counted).collect();
        let start = items.first().and_then(|item| item.number);
        let kind = BlockKind::List(List { start, items });
        return Some(vec![Block {
            kind,
            span: words.span,
        }]);
    }
    let paragraph = |words: Inline| Block {
        span: words.span,
        kind: BlockKind::Paragraph(words),
    };
    Some(lines.map(paragraph).collect())
}

/// What the line begins with whose first piece is `at`.
fn start(words: &Inline, at: usize) -> Option<Start> {
    let piece = words.pieces.get(at)?;
    let text = words.text.as_str();
    let from = piece.range.start;
    let line = text.get(from..)?;
    let first = line.chars().next()?;
    if !piece.strong && !first.is_ascii_alphanumeric() {
        return None;
    }
    if let Some(found) = ids::one(text, from) {
        let after = text.get(found.range.end..)?.trim_start_matches(['*', ' ']);
        let is_set_off = piece.strong || after.starts_with([':', '：', '–', '—']);
        let begins = found.shape == Shape::Sure && after.starts_with(char::is_uppercase);
        return (is_set_off || begins).then_some(Start::Id);
    }
    if piece.strong {
        let rest = words.pieces.get(at..)?;
        let end = rest
            .iter()
            .take_while(|piece| piece.strong)
            .last()?
            .range
            .end;
        let is_label = text.get(from..end)?.trim_end().ends_with([':', '：'])
            || text.get(end..)?.starts_with([':', '：']);
        return is_label.then_some(Start::Label);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..4).contains(&digits) && line.get(digits..)?.starts_with(": ") {
        return line.get(..digits)?.parse().ok().map(Start::Count);
    }
    ids::dotted(line).map(|(id, _)| Start::Number(id.numbers))
}

/// The words of some pieces, as words of their own.
fn cut(words: &Inline, from: usize, to: usize) -> Inline {
    let mut pieces = words.pieces.get(from..to).unwrap_or(&[]).to_vec();
    let start = pieces.first().map_or(0, |piece| piece.range.start);
    let end = pieces.last().map_or(start, |piece| piece.range.end);
    let span = pieces
        .iter()
        .map(|piece| piece.span)
        .reduce(|all, piece| all.with(piece))
        .unwrap_or(words.span);
    for piece in &mut pieces {
        piece.range = piece.range.start - start..piece.range.end - start;
    }
    Inline {
        text: words.text.get(start..end).unwrap_or("").to_owned(),
        span,
        pieces,
    }
}

/// `1: Create a project` as the item of a list.
fn counted(mut words: Inline) -> Option<ListItem> {
    let (number, _) = words.text.split_once(": ")?;
    let (number, lead) = (number.parse().ok(), number.len() + 2);
    words.drop_lead(lead);
    Some(ListItem {
        number,
        check: None,
        span: words.span,
        text: words,
        blocks: Vec::new(),
    })
}
