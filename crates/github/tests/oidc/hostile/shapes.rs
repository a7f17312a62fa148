//! What is no token, or not this one.

use super::{Case, case, good, parts};
use crate::issuer::*;
use serde_json::json;

pub fn signatures() -> Vec<Case> {
    let [head, payload, signature] = parts();
    let other = encoded(claims_with(json!({ "repository_id": "666" })).to_string());
    let raw = |bytes: &[u8]| format!("{head}.{payload}.{}", encoded(bytes));
    let whole = sign("one", &format!("{head}.{payload}"));
    let mut bent = whole.clone();
    bent[100] ^= 1;
    let mut long = whole.clone();
    long.push(0);
    vec![
        case(
            "another one's signature",
            token_under("two", &header("one"), &claims()),
            "signature is not",
        ),
        case("a bent signature", raw(&bent), "signature is not"),
        case("a cut signature", raw(&whole[..255]), "signature is not"),
        case(
            "a signature with more behind it",
            raw(&long),
            "signature is not",
        ),
        case("a signature of zeros", raw(&[0; 256]), "signature is not"),
        case(
            "a signature of one",
            raw(&[&[0; 255][..], &[1]].concat()),
            "signature is not",
        ),
        case(
            "a signature beyond the modulus",
            raw(&[255; 256]),
            "signature is not",
        ),
        case(
            "an exchanged payload",
            format!("{head}.{other}.{signature}"),
            "signature is not",
        ),
    ]
}

pub fn shapes() -> Vec<Case> {
    let [head, payload, signature] = parts();
    let good = good();
    let deep = format!("{{\"iss\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let usual = header("one").to_string();
    let usual = usual.as_bytes();
    let twice = claims()
        .to_string()
        .replacen('{', "{\"repository_id\":\"666\",", 1);
    vec![
        case("nothing", String::new(), "other than three parts"),
        case("dots alone", "..".into(), "a part is empty"),
        case(
            "two parts",
            format!("{head}.{payload}"),
            "other than three parts",
        ),
        case(
            "four parts",
            format!("{good}.{signature}"),
            "other than three parts",
        ),
        case(
            "five parts, as when encrypted",
            format!("{good}.{head}.{head}"),
            "other than three parts",
        ),
        case(
            "padding",
            format!("{head}=.{payload}.{signature}"),
            "not base64url",
        ),
        case(
            "plain base64",
            format!("{head}.{payload}.+/{signature}"),
            "not base64url",
        ),
        case("a space", format!(" {good}"), "not base64url"),
        case("a new line", format!("{good}\n"), "not base64url"),
        case(
            "letters of elsewhere",
            format!("{head}.ключ.{signature}"),
            "not base64url",
        ),
        case(
            "too large",
            format!("{head}.{}.{signature}", "A".repeat(16 * 1024)),
            "at most 16384 are read",
        ),
        case(
            "a header that is no object",
            signed("one", b"[]", b"{}"),
            "no JSON object",
        ),
        case(
            "a payload that is no object",
            signed("one", usual, b"\"iss\""),
            "no JSON object",
        ),
        case(
            "a payload with more behind it",
            signed("one", usual, b"{}{}"),
            "claims cannot be read",
        ),
        case(
            "a payload that is cut",
            signed("one", usual, b"{\"iss\":"),
            "claims cannot be read",
        ),
        case(
            "no UTF-8",
            signed("one", usual, b"{\"iss\":\"\xff\xfe\"}"),
            "claims cannot be read",
        ),
        case(
            "half a character",
            signed("one", usual, br#"{"iss":"\ud800"}"#),
            "claims cannot be read",
        ),
        case(
            "great depth",
            signed("one", usual, deep.as_bytes()),
            "recursion limit",
        ),
        case(
            "a claim twice",
            signed("one", usual, twice.as_bytes()),
            "\"repository_id\" stands twice",
        ),
        case(
            "a claim twice, once escaped",
            signed(
                "one",
                usual,
                twice
                    .replacen("\"repository_id\"", "\"repository\\u005fid\"", 1)
                    .as_bytes(),
            ),
            "\"repository_id\" stands twice",
        ),
    ]
}
