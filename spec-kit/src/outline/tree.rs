use super::{Inline, build};
use crate::text::{Source, Span};

/// Lists and quotes nest this deep; what lies deeper is read as if it stood at this depth.
pub const MAX_DEPTH: usize = 24;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// YAML or TOML at the very top, with its fences.
    pub front_matter: Option<Span>,
    /// What stands before the first heading.
    pub blocks: Vec<Block>,
    pub sections: Vec<Section>,
    /// HTML comments, in order, as they stand.
    pub comments: Vec<Span>,
    /// Tags of HTML between words.
    pub tags: Vec<Span>,
    /// A fence that nothing closes.
    pub open_fence: Option<Span>,
}

/// A heading and all below it until the next of its level or higher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// 1 to 6.
    pub level: u8,
    pub title: Inline,
    /// From the heading to the end.
    pub span: Span,
    pub blocks: Vec<Block>,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    Paragraph(Inline),
    List(List),
    Table(Table),
    Code(Code),
    Quote(Vec<Block>),
    /// A heading inside a quote or an item, which opens no section.
    Heading(Inline),
    /// HTML that is no comment.
    Html,
    Rule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The first number of an ordered list.
    pub start: Option<u64>,
    pub items: Vec<ListItem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItem {
    /// In an ordered list.
    pub number: Option<u64>,
    pub check: Option<CheckBox>,
    /// Its first paragraph.
    pub text: Inline,
    /// All of it, with what is nested.
    pub span: Span,
    /// What follows the first paragraph.
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckBox {
    Open,
    Checked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The first word after the fence.
    pub language: String,
    /// What is between the fences.
    pub body: Span,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub head: Vec<Inline>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub cells: Vec<Inline>,
    pub span: Span,
}

impl Outline {
    pub fn of(source: &Source) -> Self {
        build::outline(source.text())
    }

    /// Every section, in the order of the document, with the titles above it.
    pub fn walk(&self) -> Vec<(Vec<&Section>, &Section)> {
        let mut found = Vec::new();
        let mut path = Vec::new();
        for section in &self.sections {
            section.walk(&mut path, &mut found);
        }
        found
    }
}

impl Section {
    // Six levels at most, each with few numbers, so the recursion ends.
    fn walk<'a>(
        &'a self,
        path: &mut Vec<&'a Section>,
        found: &mut Vec<(Vec<&'a Section>, &'a Section)>,
    ) {
        found.push((path.clone(), self));
        path.push(self);
        for section in &self.sections {
            section.walk(path, found);
        }
        path.pop();
    }
}
