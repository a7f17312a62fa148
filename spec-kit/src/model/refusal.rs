/// Why nothing can be generated from a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lacking {
    #[error(
        "{file}: it says neither what is wrong nor what is wanted; add a section `## Problem` or \
         `## Goals`"
    )]
    Purpose { file: String },
    #[error(
        "{file}: it asks for nothing that could be built; add a section `## Requirements` or \
         `## Goals` with a list"
    )]
    Requirements { file: String },
}
