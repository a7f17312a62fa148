//! The description of this API, as docs/openapi.json has it.

use axum::http::header;
use axum::response::IntoResponse;

/// Made from the contract's types by `cargo xtask openapi`; a test of `ops-core` compares.
/// Without its white space.
const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

pub async fn read() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)
}

#[cfg(test)]
mod tests;
