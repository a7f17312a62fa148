//! The description of this API, as docs/openapi.json has it.

use axum::http::header;
use axum::response::IntoResponse;
use std::sync::LazyLock;

/// Made from the contract's types by `cargo xtask openapi`; a test of `ops-core` compares.
/// Without its white space, and packed: a component carries it.
const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.deflate"));

/// Unpacked once a process. That it can be is shown by the tests below.
static DOCUMENT: LazyLock<Vec<u8>> =
    LazyLock::new(|| miniz_oxide::inflate::decompress_to_vec(PACKED).unwrap_or_default());

pub async fn read() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, DOCUMENT.as_slice())
}

#[cfg(test)]
mod tests;
