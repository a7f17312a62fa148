use crate::text::Span;
use smol_str::SmolStr;
use std::ops::Range;

/// Words of one paragraph, item, cell or heading, without their markup; wrapped lines are joined
/// by one space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inline {
    pub text: String,
    pub span: Span,
    /// In order, without gaps: together they are `text`.
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub kind: PieceKind,
    /// `**…**`, also around code and links.
    pub strong: bool,
    /// `*…*`
    pub emphasis: bool,
    /// `~~…~~`
    pub struck: bool,
    /// Bytes of `Inline::text`.
    pub range: Range<usize>,
    /// Where it stands in the source.
    pub span: Span,
    /// Bytes of `span` before the words, such as the ticks of code. None where the source has other
    /// words: an entity, or code over several lines.
    pub lead: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    Text,
    Code,
    /// With its target; an image too.
    Link(SmolStr),
    /// One space that stands for a line break.
    Break,
}

impl Piece {
    /// Whether both are one in the source, letter by letter, and look alike.
    pub(super) fn goes_on_in(&self, next: &Self) -> bool {
        let is_plain = |piece: &Self| {
            piece.kind == PieceKind::Text
                && piece.lead == Some(0)
                && piece.range.len() == piece.span.end - piece.span.start
        };
        let look = |piece: &Self| (piece.strong, piece.emphasis, piece.struck);
        is_plain(self)
            && is_plain(next)
            && self.span.end == next.span.start
            && look(self) == look(next)
    }
}

impl Inline {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Where bytes of `text` stand in the source.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start, Side::First);
        let end = self.source_offset(range.end, Side::Last);
        Span::new(start, end.max(start))
    }

    /// Takes a source mark from the end, `‹L12, L20›`: it is no word of what it stands behind.
    pub(super) fn drop_mark(&mut self) {
        let Some(cut) = mark_at(&self.text).filter(|cut| *cut > 0) else {
            return;
        };
        self.text.truncate(cut);
        self.pieces.retain(|piece| piece.range.start < cut);
        if let Some(last) = self.pieces.last_mut()
            && last.range.end > cut
        {
            let gone = last.range.end - cut;
            last.range.end = cut;
            if last.kind == PieceKind::Text {
                last.span.end = last.span.end.saturating_sub(gone).max(last.span.start);
            }
        }
    }

    /// Takes words from the start, such as a number that is known otherwise.
    pub(crate) fn drop_lead(&mut self, length: usize) {
        let Some(rest) = self.text.get(length..) else {
            return;
        };
        let start = self.span_of(length..length).start;
        self.text = rest.to_owned();
        self.span.start = start;
        self.pieces.retain(|piece| piece.range.end > length);
        for piece in &mut self.pieces {
            let gone = length.saturating_sub(piece.range.start);
            if gone > 0 && piece.lead.is_some() {
                piece.span.start += gone;
            }
            piece.range = piece.range.start.max(length) - length..piece.range.end - length;
        }
    }

    fn source_offset(&self, at: usize, side: Side) -> usize {
        // Pieces are in order, and a paragraph may have very many.
        let index = self.pieces.partition_point(|piece| match side {
            Side::First => piece.range.end <= at,
            Side::Last => piece.range.end < at,
        });
        let Some(piece) = self.pieces.get(index) else {
            return self.span.end;
        };
        let Some(lead) = piece.lead else {
            return match side {
                Side::First => piece.span.start,
                Side::Last => piece.span.end,
            };
        };
        (piece.span.start + lead + at.saturating_sub(piece.range.start)).min(piece.span.end)
    }

    /// The leading bold words, as in `**FR-001**: text`; with the rest after them.
    pub fn bold_lead(&self) -> Option<(&str, &str)> {
        let end = self
            .pieces
            .iter()
            .take_while(|piece| piece.strong)
            .last()?
            .range
            .end;
        Some((self.text.get(..end)?, self.text.get(end..)?))
    }

    /// Code spans with their source spans.
    pub fn codes(&self) -> impl Iterator<Item = (&str, Span)> {
        self.pieces
            .iter()
            .filter(|piece| piece.kind == PieceKind::Code)
            .filter_map(|piece| Some((self.text.get(piece.range.clone())?, piece.span)))
    }
}

/// Where the words before a mark at the end of a text end.
fn mark_at(text: &str) -> Option<usize> {
    let inner = text.trim_end().strip_suffix('›')?;
    let at = inner.rfind('‹')?;
    let lines = inner.get(at + '‹'.len_utf8()..)?;
    let is_line = |part: &str| {
        let digits = part.strip_prefix(['L', '+']).unwrap_or("");
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    lines
        .split(", ")
        .all(is_line)
        .then(|| text.get(..at).map_or(0, |words| words.trim_end().len()))
}

#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}
