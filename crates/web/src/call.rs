//! Who calls, with which protocol, from where: the part that every verb shares.

use crate::refusal::Refusal;
use axum::http::{HeaderMap, header, request::Parts};
use ops_core::{Code, PROTOCOL_VERSION, Problem};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The peer's address, where the host knows it: an extension of the request, never a header that a
/// caller can write.
#[derive(Debug, Clone, Copy)]
pub struct SourceAddress(pub IpAddr);

/// `p.auth`: the token's SHA-256 and the peer's address. The token itself goes no further.
pub fn authenticate(parts: &Parts) -> Result<Value, Refusal> {
    check_protocol(&parts.headers)?;
    Ok(auth_of(bearer(&parts.headers)?, parts))
}

/// Of a verb that needs no token; one that came is looked at.
pub fn stranger(parts: &Parts) -> Result<Value, Refusal> {
    check_protocol(&parts.headers)?;
    if parts.headers.contains_key(header::AUTHORIZATION) {
        return Ok(auth_of(bearer(&parts.headers)?, parts));
    }
    Ok(json!({ "source_address": source(parts) }))
}

/// The same for a token that came in another way.
pub fn auth_of(token: &str, parts: &Parts) -> Value {
    json!({ "token_sha256": sha256_hex(token.as_bytes()), "source_address": source(parts) })
}

fn source(parts: &Parts) -> Option<String> {
    let source = parts.extensions.get::<SourceAddress>();
    source.map(|source| source.0.to_string())
}

pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn check_protocol(headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(value) = headers.get("ops-protocol") else {
        return Ok(());
    };
    let version = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok());
    match version {
        None => {
            Err(Problem::new(Code::BadRequest, "the header `Ops-Protocol` is no number").into())
        }
        Some(version) if version < PROTOCOL_VERSION => Err(Problem::new(
            Code::UpgradeRequired,
            format!("this server speaks protocol {PROTOCOL_VERSION}, the client {version}"),
        )
        .into()),
        Some(_) => Ok(()),
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let refuse = |detail: &str| Refusal::from(Problem::new(Code::Unauthenticated, detail));
    let value = headers
        .get(header::AUTHORIZATION)
        .ok_or_else(|| refuse("the header `Authorization` is missing"))?;
    let text = value
        .to_str()
        .map_err(|_| refuse("the header `Authorization` is not ASCII"))?;
    match text.split_once(' ') {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() =>
        {
            Ok(token.trim())
        }
        _ => Err(refuse(
            "the header `Authorization` must be `Bearer <token>`",
        )),
    }
}
