//! One PRD in, four documents and findings out. Pure: no network, no model, no clock, no files.
//!
//! `text` → `outline` → `facts` is the road of every document; what generates, validates, traces
//! or compiles reads facts, never markdown.

pub mod archive;
pub mod bundle;
pub mod check;
pub mod compile;
pub mod config;
pub mod digest;
pub mod export;
pub mod facts;
pub mod generate;
pub mod ids;
pub mod import;
pub mod manifest;
pub mod model;
mod order;
pub mod outline;
mod parallel;
pub mod read;
pub mod report;
pub mod rules;
mod secrets;
pub mod text;
pub mod trace;
