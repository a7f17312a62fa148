//! The shapes of docs/API.md, verb by verb.

mod artifacts;
mod audit;
mod claims;
mod create;
mod events;
mod holders;
mod lanes;
mod large;
mod many;
mod metrics;
mod multipart;
mod operators;
mod reads;
mod retention;
mod sessions;
mod spec;
mod templates;
mod tokens;
