//! One PRD in, four documents and findings out. Pure: no network, no model, no clock, no files.
//!
//! `text` → `outline` → `facts` is the road of every document; what generates, validates, traces
//! or compiles reads facts, never markdown.

pub mod facts;
pub mod outline;
pub mod text;
