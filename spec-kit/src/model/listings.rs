//! Where a source has lists and tables, so that a bundle can say which of them nothing was made of.

use crate::facts::{Document, Role};
use crate::outline::BlockKind;
use crate::text::Span;

/// The lists and tables that stand right below one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Titles of the sections above and of its own.
    pub section: Vec<String>,
    /// From the first to the end of the last.
    pub span: Span,
}

pub(super) fn listings(document: &Document) -> Vec<Listing> {
    let walked = document.outline.walk();
    let sections = walked.iter().zip(&document.sections);
    sections
        .filter(|(_, own)| !matches!(own.role, Role::SourceMap | Role::Coverage))
        .filter_map(|((_, section), own)| {
            let lists = section
                .blocks
                .iter()
                .filter(|block| matches!(block.kind, BlockKind::List(_) | BlockKind::Table(_)));
            let span = lists.map(|block| block.span).reduce(Span::with)?;
            Some(Listing {
                section: own.path.to_vec(),
                span,
            })
        })
        .collect()
}
