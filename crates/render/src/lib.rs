//! All text → HTML. Pure: no I/O, no clock, no environment; time is an argument and the templates
//! are part of the program.

mod ansi;
mod assets;
mod diff;
pub mod form;
mod href;
mod html;
mod json;
mod log;
mod markdown;
mod packed;
mod pages;
mod registry;
mod sparkline;
mod spec;
mod strict_if;
mod timeline;
mod tone;
pub mod view;
pub mod words;

pub use ansi::ansi;
pub use assets::{Asset, asset, assets};
pub use diff::{diff, diff_split};
pub use href::Href;
pub use html::{Html, text};
pub use json::{json, json_text};
pub use log::{CHUNK_LINES, LogState, log_chunks, log_lines};
pub use markdown::markdown;
pub use pages::{Frame, Pages, RenderError};
pub use sparkline::sparkline;
pub use spec::{
    Matrix, MatrixRow, MatrixTask, SpecHeading, SpecId, SpecMarks, SpecNote, SpecProse, matrix,
    spec_lines, spec_prose,
};
pub use timeline::{Timeline, TimelineAttempt, TimelineStep, timeline};

// Fixtures name this crate as its users do.
#[cfg(test)]
extern crate self as ops_render;
#[cfg(test)]
#[path = "../fixtures/mod.rs"]
mod fixtures;
#[cfg(test)]
mod tests;
