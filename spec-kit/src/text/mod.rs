//! Bytes to text, and places in it.

mod source;
mod span;

pub use source::{MAX_BYTES, Source, SourceError};
pub use span::{Place, Span};
