//! The outline as one list: each heading, paragraph, list item and table row in the order of the
//! text, with what it stands in.

use crate::outline::{Block, BlockKind, Code, Inline, ListItem, Outline, Row, Section, Table};
use crate::text::Span;

#[derive(Debug, Clone, Copy)]
pub(super) enum UnitKind<'a> {
    /// Opens a section.
    Heading(&'a Inline),
    /// A paragraph, or a heading in a quote or item.
    Words(&'a Inline),
    Item(&'a ListItem),
    Head(&'a Table),
    Row(&'a Row),
    Code(&'a Code),
    Html,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Unit<'a> {
    pub kind: UnitKind<'a>,
    /// Index of the section in `Outline::walk`.
    pub section: Option<usize>,
    /// The item that it is nested in.
    pub parent: Option<usize>,
    /// How many items it is nested in.
    pub depth: usize,
    /// The paragraph before its list or table that introduces it: `Tabs:`, `**Acceptance**`.
    pub label: Option<usize>,
    /// In a quote.
    pub is_quoted: bool,
    /// Its own words.
    pub span: Span,
    /// With all that is nested in it.
    pub whole: Span,
}

impl<'a> Unit<'a> {
    pub(super) fn words(&self) -> Option<&'a Inline> {
        match self.kind {
            UnitKind::Heading(words) | UnitKind::Words(words) => Some(words),
            UnitKind::Item(item) => Some(&item.text),
            _ => None,
        }
    }

    /// Every run of words, cell by cell.
    pub(super) fn inlines(&self) -> &'a [Inline] {
        match self.kind {
            UnitKind::Heading(words) | UnitKind::Words(words) => std::slice::from_ref(words),
            UnitKind::Item(item) => std::slice::from_ref(&item.text),
            UnitKind::Head(table) => &table.head,
            UnitKind::Row(row) => &row.cells,
            UnitKind::Code(_) | UnitKind::Html => &[],
        }
    }

    pub(super) fn item(&self) -> Option<&'a ListItem> {
        match self.kind {
            UnitKind::Item(item) => Some(item),
            _ => None,
        }
    }
}

pub(super) fn units(outline: &Outline) -> Vec<Unit<'_>> {
    let mut flat = Flat {
        units: Vec::new(),
        sections: 0,
    };
    flat.blocks(&outline.blocks, At::default());
    for section in &outline.sections {
        flat.section(section);
    }
    flat.units
}

struct Flat<'a> {
    units: Vec<Unit<'a>>,
    sections: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct At {
    section: Option<usize>,
    parent: Option<usize>,
    depth: usize,
    is_quoted: bool,
}

impl<'a> Flat<'a> {
    // Few levels of sections and `MAX_DEPTH` of lists, so the recursion ends.
    fn section(&mut self, section: &'a Section) {
        let at = At {
            section: Some(self.sections),
            ..At::default()
        };
        self.sections += 1;
        self.push(
            UnitKind::Heading(&section.title),
            at,
            None,
            section.title.span,
            section.span,
        );
        self.blocks(&section.blocks, at);
        for below in &section.sections {
            self.section(below);
        }
    }

    fn push(
        &mut self,
        kind: UnitKind<'a>,
        at: At,
        label: Option<usize>,
        span: Span,
        whole: Span,
    ) -> usize {
        self.units.push(Unit {
            kind,
            section: at.section,
            parent: at.parent,
            depth: at.depth,
            label,
            is_quoted: at.is_quoted,
            span,
            whole,
        });
        self.units.len() - 1
    }

    fn blocks(&mut self, blocks: &'a [Block], at: At) {
        let mut label = None;
        for block in blocks {
            match &block.kind {
                BlockKind::Paragraph(words) | BlockKind::Heading(words) => {
                    let index = self.push(UnitKind::Words(words), at, None, block.span, block.span);
                    label = introduces(words).then_some(index);
                    continue;
                }
                BlockKind::List(list) => {
                    for item in &list.items {
                        let span = item.text.span;
                        let index = self.push(UnitKind::Item(item), at, label, span, item.span);
                        let inner = At {
                            parent: Some(index),
                            depth: at.depth + 1,
                            ..at
                        };
                        self.blocks(&item.blocks, inner);
                    }
                }
                BlockKind::Table(table) => {
                    self.push(UnitKind::Head(table), at, label, block.span, block.span);
                    for row in &table.rows {
                        self.push(UnitKind::Row(row), at, label, row.span, row.span);
                    }
                }
                BlockKind::Quote(inner) => self.blocks(
                    inner,
                    At {
                        is_quoted: true,
                        ..at
                    },
                ),
                BlockKind::Code(code) => {
                    self.push(UnitKind::Code(code), at, label, block.span, block.span);
                    // A list after an example still belongs to the label.
                    continue;
                }
                BlockKind::Html => {
                    self.push(UnitKind::Html, at, None, block.span, block.span);
                    continue;
                }
                BlockKind::Rule => {}
            }
            label = None;
        }
    }
}

/// A paragraph that ends with a colon, or is bold from end to end.
fn introduces(words: &Inline) -> bool {
    let text = words.text.trim_end();
    text.ends_with([':', '：'])
        || (!text.is_empty()
            && text.len() < 120
            && words
                .bold_lead()
                .is_some_and(|(_, rest)| rest.trim().is_empty()))
}
