//! A form counts only if it came from a page of ours: its hidden field is derived from the token, which
//! no other site knows, and the browser says where the form was sent from.

use crate::call::sha256_hex;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// HMAC-SHA256 with the token as its key, so that a page which leaks its forms leaks no token.
pub fn field(token: &str) -> String {
    const BLOCK: usize = 64;
    // A key is padded to a block; ours is never longer than its own digest.
    let key = sha256_hex(token.as_bytes());
    let pad = |byte: u8| -> Vec<u8> {
        let mut block = vec![byte; BLOCK];
        block.iter_mut().zip(key.bytes()).for_each(|(b, k)| *b ^= k);
        block
    };
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(b"ops-form-1")
        .finalize();
    let outer = Sha256::new()
        .chain_update(pad(0x5c))
        .chain_update(inner)
        .finalize();
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// In the same time however much of it is right.
pub fn is_field_of(token: &str, sent: &str) -> bool {
    let right = field(token);
    let differs = right
        .bytes()
        .zip(sent.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    right.len() == sent.len() && differs == 0
}

/// Whether the browser says that another site sent this. Pages send no referrer, which makes the
/// `Origin` of their forms `null`: then, and where there is neither header, the hidden field decides.
pub fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => !matches!(site, "same-origin" | "none"),
        None => match text("origin") {
            None | Some("null") => false,
            Some(origin) => {
                let host = origin.split_once("://").map_or(origin, |(_, host)| host);
                text(header::HOST.as_str()) != Some(host)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_field_fits_its_token_alone() {
        let mine = field("ops_1");
        assert_eq!(mine.len(), 64);
        assert!(is_field_of("ops_1", &mine));
        assert!(!is_field_of("ops_2", &mine));
        assert!(!is_field_of("ops_1", "") && !is_field_of("ops_1", &mine[1..]));
        assert!(!mine.contains("ops_1"));
    }

    #[test]
    fn another_site_is_told_by_the_browser() {
        for foreign in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site"), ("host", "a.example")],
            &[("origin", "https://evil.example"), ("host", "a.example")],
            &[
                ("origin", "https://a.example.evil.example"),
                ("host", "a.example"),
            ],
        ] {
            assert!(is_foreign(&headers(foreign)), "{foreign:?}");
        }
        for ours in [
            &[][..],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("origin", "null"), ("host", "a.example")],
            &[
                ("origin", "http://127.0.0.1:7070"),
                ("host", "127.0.0.1:7070"),
            ],
        ] {
            assert!(!is_foreign(&headers(ours)), "{ours:?}");
        }
    }
}
