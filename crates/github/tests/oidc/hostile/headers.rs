//! What the header asks for.

use super::{Case, case, headed, parts};
use crate::issuer::*;
use hmac::{Hmac, KeyInit, Mac};
use rsa::traits::PublicKeyParts;
use serde_json::json;
use sha2::Sha256;

pub fn headers() -> Vec<Case> {
    let [_, payload, signature] = parts();
    let none = encoded(json!({ "alg": "none", "typ": "JWT", "kid": "one" }).to_string());
    let unnamed = json!({ "alg": "RS256", "typ": "JWT" });
    let forger = json!({ "kty": "RSA", "n": encoded(key("two").n_bytes()), "e": "AQAB" });
    vec![
        case(
            "no algorithm, no signature",
            format!("{none}.{payload}."),
            "\"none\", not RS256",
        ),
        case(
            "no algorithm",
            format!("{none}.{payload}.{signature}"),
            "\"none\", not RS256",
        ),
        headed(
            "no algorithm, in capitals",
            json!({ "alg": "NONE" }),
            "\"NONE\", not RS256",
        ),
        case(
            "the public key as a shared secret",
            confused(),
            "\"HS256\", not RS256",
        ),
        headed("RS384", json!({ "alg": "RS384" }), "\"RS384\", not RS256"),
        headed("PS256", json!({ "alg": "PS256" }), "\"PS256\", not RS256"),
        headed("ES256", json!({ "alg": "ES256" }), "\"ES256\", not RS256"),
        headed("rs256", json!({ "alg": "rs256" }), "\"rs256\", not RS256"),
        headed(
            "two algorithms",
            json!({ "alg": ["RS256"] }),
            "nothing, not RS256",
        ),
        case(
            "no key",
            token_under("one", &unnamed, &claims()),
            "names no key",
        ),
        headed("an empty key", json!({ "kid": "" }), "names no key"),
        headed("a number as key", json!({ "kid": 1 }), "names no key"),
        headed(
            "an unknown key",
            json!({ "kid": "three" }),
            "has no key \"three\"",
        ),
        headed(
            "a path as key",
            json!({ "kid": "../../one" }),
            "has no key \"../../one\"",
        ),
        headed(
            "critical parameters",
            json!({ "crit": ["exp"] }),
            "has `crit`",
        ),
        headed("its own key", json!({ "jwk": forger }), "has `jwk`"),
        headed(
            "its own list of keys",
            json!({ "jku": "https://evil.example/jwks" }),
            "has `jku`",
        ),
        headed(
            "its own certificate",
            json!({ "x5c": ["MIIB"] }),
            "has `x5c`",
        ),
        headed(
            "a link to one",
            json!({ "x5u": "https://evil.example/c" }),
            "has `x5u`",
        ),
        headed(
            "a payload that is not encoded",
            json!({ "b64": false }),
            "has `b64`",
        ),
        case(
            "an algorithm twice",
            signed(
                "one",
                br#"{"alg":"none","kid":"one","alg":"RS256"}"#,
                claims().to_string().as_bytes(),
            ),
            "header cannot be read: \"alg\" stands twice",
        ),
    ]
}

/// HS256, with the text of the public key as the secret.
fn confused() -> String {
    let head = encoded(json!({ "alg": "HS256", "kid": "one" }).to_string());
    let signed = format!("{head}.{}", encoded(claims().to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(&key("one").n_bytes()).expect("any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", encoded(mac.finalize().into_bytes()))
}
