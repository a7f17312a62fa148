//! What the claims say: issuers, times, audiences, and the rest.

use super::{Case, claimed};
use crate::issuer::*;
use serde_json::json;

pub fn issuers() -> Vec<Case> {
    let not_listed =
        |name, issuer: &str| claimed(name, json!({ "iss": issuer }), "is not on the list");
    vec![
        not_listed("an unknown issuer", "https://evil.example"),
        not_listed("an enterprise", &format!("{ISSUER}/acme")),
        not_listed("a longer host", &format!("{ISSUER}.evil.example")),
        not_listed("a shorter host", "https://actions.githubusercontent.com"),
        not_listed("a slash at the end", &format!("{ISSUER}/")),
        not_listed("a space at the end", &format!("{ISSUER} ")),
        not_listed(
            "a user",
            "https://token.actions.githubusercontent.com@evil.example",
        ),
        not_listed("a port", &format!("{ISSUER}:443")),
        not_listed("capitals", "https://TOKEN.actions.githubusercontent.com"),
        not_listed("no TLS", "http://token.actions.githubusercontent.com"),
        not_listed("nothing", ""),
        claimed(
            "no issuer",
            json!({ "iss": null }),
            "claim `iss` is missing",
        ),
        claimed(
            "two issuers",
            json!({ "iss": [ISSUER] }),
            "claim `iss` has another type",
        ),
    ]
}

pub fn times() -> Vec<Case> {
    let at = |seconds: i64| json!(NOW + seconds);
    vec![
        claimed(
            "expired",
            json!({ "iat": at(-400), "exp": at(-60) }),
            "expired 60 s ago",
        ),
        claimed(
            "not yet valid",
            json!({ "nbf": at(61) }),
            "valid only in 61 s",
        ),
        claimed(
            "of the future",
            json!({ "nbf": at(0), "iat": at(61), "exp": at(300) }),
            "issued 61 s in the future",
        ),
        claimed("for ever", json!({ "exp": i64::MAX }), "lives 92"),
        claimed("for two hours", json!({ "exp": at(7_200) }), "lives 7200 s"),
        claimed(
            "ended before it began",
            json!({ "exp": at(-1), "iat": at(0) }),
            "lives -1 s",
        ),
        claimed("no end", json!({ "exp": null }), "claim `exp` is missing"),
        claimed(
            "no beginning",
            json!({ "iat": null }),
            "claim `iat` is missing",
        ),
        claimed(
            "an end in words",
            json!({ "exp": "tomorrow" }),
            "claim `exp` has another type",
        ),
        claimed(
            "an end as a text of digits",
            json!({ "exp": (NOW + 300).to_string() }),
            "claim `exp` has another type",
        ),
        claimed(
            "an end beyond all numbers",
            json!({ "exp": 1e300 }),
            "claim `exp` has another type",
        ),
        claimed(
            "a broken beginning",
            json!({ "nbf": {} }),
            "claim `nbf` has another type",
        ),
    ]
}

pub fn audiences() -> Vec<Case> {
    vec![
        claimed(
            "GitHub's usual audience",
            json!({ "aud": "https://github.com/opsco" }),
            "audience is \"https://github.com/opsco\"",
        ),
        claimed(
            "a longer audience",
            json!({ "aud": format!("{AUDIENCE}.evil.example") }),
            "audience is",
        ),
        claimed(
            "an audience with a slash",
            json!({ "aud": format!("{AUDIENCE}/") }),
            "audience is",
        ),
        claimed(
            "an audience in capitals",
            json!({ "aud": AUDIENCE.to_uppercase() }),
            "audience is",
        ),
        claimed(
            "two audiences",
            json!({ "aud": [AUDIENCE, "https://other.example"] }),
            "audience is",
        ),
        claimed(
            "one audience twice",
            json!({ "aud": [AUDIENCE, AUDIENCE] }),
            "audience is",
        ),
        claimed("no audience in a list", json!({ "aud": [] }), "audience is"),
        claimed(
            "a list in a list",
            json!({ "aud": [[AUDIENCE]] }),
            "audience is",
        ),
        claimed(
            "a number as audience",
            json!({ "aud": 7 }),
            "claim `aud` has another type",
        ),
        claimed(
            "an object as audience",
            json!({ "aud": { "0": AUDIENCE } }),
            "claim `aud` has another type",
        ),
        claimed(
            "no audience",
            json!({ "aud": null }),
            "claim `aud` is missing",
        ),
        claimed(
            "an empty audience",
            json!({ "aud": "" }),
            "audience is \"\"",
        ),
    ]
}

pub fn contents() -> Vec<Case> {
    let long = "a".repeat(1_001);
    vec![
        claimed("no jti", json!({ "jti": null }), "claim `jti` is missing"),
        claimed("an empty jti", json!({ "jti": "" }), "claim `jti` is empty"),
        claimed(
            "a long jti",
            json!({ "jti": "a".repeat(201) }),
            "claim `jti` has more",
        ),
        claimed(
            "a number as jti",
            json!({ "jti": 1 }),
            "claim `jti` has another type",
        ),
        claimed(
            "a number as id",
            json!({ "repository_id": 9001 }),
            "claim `repository_id` has another type",
        ),
        claimed(
            "an id in words",
            json!({ "repository_id": "nine" }),
            "claim `repository_id` has characters",
        ),
        claimed(
            "an id with zeros before it",
            json!({ "repository_id": "09001" }),
            "claim `repository_id` has characters",
        ),
        claimed(
            "an id with a sign",
            json!({ "repository_owner_id": "+4001" }),
            "claim `repository_owner_id` has characters",
        ),
        claimed(
            "an id beyond SQL",
            json!({ "run_id": "9223372036854775808" }),
            "claim `run_id` has characters",
        ),
        claimed(
            "a long repository",
            json!({ "repository": long }),
            "claim `repository` has more",
        ),
        claimed(
            "a line break",
            json!({ "actor": "octocat\nroot" }),
            "claim `actor` has characters",
        ),
        claimed(
            "a job of a fork's pull request",
            json!({ "event_name": "pull_request_target" }),
            "event `pull_request_target`",
        ),
        claimed(
            "a job after another workflow",
            json!({ "event_name": "workflow_run" }),
            "event `workflow_run`",
        ),
    ]
}
