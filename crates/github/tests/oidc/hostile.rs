//! Tokens of people who want in: each one is refused, and each for its own reason.

mod claims;
mod headers;
mod shapes;

use crate::issuer::*;
use claims::{audiences, contents, issuers, times};
use headers::headers;
use ops_github::oidc::Refused;
use serde_json::{Value, json};
use shapes::{shapes, signatures};

/// A token, and the words of its refusal.
struct Case {
    name: &'static str,
    token: String,
    reason: &'static str,
}

fn case(name: &'static str, token: String, reason: &'static str) -> Case {
    Case {
        name,
        token,
        reason,
    }
}

/// Truly signed, with other claims than usual.
fn claimed(name: &'static str, changes: Value, reason: &'static str) -> Case {
    case(name, token_of(&claims_with(changes)), reason)
}

/// Truly signed, with another header than usual.
fn headed(name: &'static str, changes: Value, reason: &'static str) -> Case {
    let mut head = header("one");
    for (name, value) in changes.as_object().expect("an object") {
        head[name] = value.clone();
    }
    case(name, token_under("one", &head, &claims()), reason)
}

fn good() -> String {
    token_of(&claims())
}

fn parts() -> [String; 3] {
    let token = good();
    let parts: Vec<String> = token.split('.').map(String::from).collect();
    parts.try_into().expect("three parts")
}

fn all() -> Vec<Case> {
    let tables = [
        headers(),
        issuers(),
        times(),
        audiences(),
        signatures(),
        shapes(),
        contents(),
    ];
    tables.into_iter().flatten().collect()
}

#[tokio::test]
async fn each_hostile_token_is_refused_for_its_own_reason_and_quoted_nowhere() {
    assert!(
        verify(&good()).await.is_ok(),
        "the table is about what differs from this one"
    );
    let mut wrong = Vec::new();
    for Case {
        name,
        token,
        reason,
    } in all()
    {
        match verify(&token).await {
            Ok(_) => wrong.push(format!("{name}: accepted")),
            Err(refused) if refused.to_string().contains(reason) => {
                quotes_no_secret(name, &token, &refused.to_string());
            }
            Err(refused) => wrong.push(format!("{name}: {refused}, and not {reason}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The text stands in one line of the audit trail.
fn quotes_no_secret(name: &str, token: &str, text: &str) {
    assert!(!text.contains(['\n', '\r']), "{name}: {text}");
    assert!(text.len() < 500, "{name}: {text}");
    let parts = token.split('.').filter(|part| part.len() >= 20);
    assert!(
        parts.into_iter().all(|part| !text.contains(part)),
        "{name}: {text}"
    );
    assert!(
        !text.contains(Refused::PUBLIC),
        "{name}: the public text says nothing"
    );
}

#[tokio::test]
async fn each_claim_that_is_used_is_required() {
    for name in [
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "workflow_ref",
        "event_name",
        "ref",
        "sha",
        "run_id",
        "run_attempt",
        "actor",
        "actor_id",
        "runner_environment",
    ] {
        let refused = verify(&token_of(&claims_with(json!({ name: null })))).await;
        let text = refused.expect_err(name).to_string();
        assert_eq!(text, format!("the claim `{name}` is missing"));
    }
}

#[tokio::test]
async fn what_is_wrong_before_the_signature_asks_nobody() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    for Case { token, .. } in [issuers(), shapes()].into_iter().flatten() {
        assert!(verifier.verify(&token, NOW).await.is_err());
    }
    // Only the payload that is well formed and names the issuer twice gets as far as its signature.
    assert_eq!(issuer.asked().len(), 0);
}

#[tokio::test]
async fn no_token_survives_a_changed_character() {
    let verifier = Issuer::with(&["one"]).verifier();
    let good = good();
    assert!(verifier.verify(&good, NOW).await.is_ok());
    for (at, was) in good.char_indices().step_by(5) {
        for other in ['A', 'z', '.', '='] {
            if other == was {
                continue;
            }
            let bent = format!("{}{other}{}", &good[..at], &good[at + 1..]);
            assert!(
                verifier.verify(&bent, NOW).await.is_err(),
                "{other} at {at}"
            );
        }
    }
    for cut in (0..good.len()).step_by(3) {
        assert!(
            verifier.verify(&good[..cut], NOW).await.is_err(),
            "cut at {cut}"
        );
    }
}
