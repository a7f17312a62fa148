//! The structure of a markdown document: sections, blocks, list items and words, each with its
//! span. What stands in fences, comments and link targets is never taken for words.

mod build;
mod html;
mod inline;
mod tree;

pub use inline::{Inline, Piece, PieceKind};
pub use tree::{
    Block, BlockKind, CheckBox, Code, List, ListItem, MAX_DEPTH, Outline, Row, Section, Table,
};
