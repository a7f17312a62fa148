//! The issuer's keys: how often it is asked, and what it may answer.

use crate::issuer::*;
use ops_github::oidc::{
    COOL_DOWN_SECONDS, FRESH_SECONDS, KeyFault, KeysError, Refused, USABLE_SECONDS,
};
use serde_json::{Value, json};
use std::future::Future;
use std::task::{Context, Poll, Waker};

fn under(name: &'static str) -> String {
    later_under(name, 0)
}

/// A token that is good some seconds after [`NOW`].
fn later_under(name: &'static str, seconds: i64) -> String {
    let at = NOW + seconds;
    let times = json!({ "iat": at, "nbf": at, "exp": at + 300 });
    token_under(name, &header(name), &claims_with(times))
}

fn refused_keys(error: KeysError) -> Refused {
    Refused::Keys(error)
}

#[tokio::test]
async fn keys_are_asked_for_once() {
    let issuer = Issuer::with(&["one", "two"]);
    let verifier = issuer.verifier();
    for name in ["one", "two", "one"] {
        assert!(verifier.verify(&under(name), NOW).await.is_ok());
    }
    assert_eq!(issuer.asked().len(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_when_the_issuer_rotates() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    assert!(verifier.verify(&under("one"), NOW).await.is_ok());
    issuer.publish(&["two"]);
    let later = NOW + COOL_DOWN_SECONDS;
    let token = later_under("two", COOL_DOWN_SECONDS);
    assert!(verifier.verify(&token, later).await.is_ok());
    // What the issuer has withdrawn is good no longer.
    let old = later_under("one", COOL_DOWN_SECONDS);
    let refused = verifier.verify(&old, later).await;
    assert_eq!(refused, Err(Refused::UnknownKey("\"one\"".into())));
    assert_eq!(issuer.asked().len(), 2);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_causes_one_request_a_minute() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    assert!(verifier.verify(&under("one"), NOW).await.is_ok());
    for minute in [COOL_DOWN_SECONDS, 2 * COOL_DOWN_SECONDS] {
        for number in 0..20 {
            let head = header(&format!("unknown-{number}"));
            let token = token_under("two", &head, &claims());
            let refused = verifier.verify(&token, NOW + minute + number).await;
            assert!(
                matches!(refused, Err(Refused::UnknownKey(_))),
                "{refused:?}"
            );
            // Those who are honest are served meanwhile.
            let honest = later_under("one", minute);
            assert!(
                verifier
                    .verify(&honest, NOW + minute + number)
                    .await
                    .is_ok()
            );
        }
    }
    assert_eq!(issuer.asked().len(), 3);
}

#[tokio::test]
async fn an_issuer_that_is_down_is_asked_once_a_minute() {
    let issuer = Issuer::with(&["one"]);
    issuer.fail();
    let verifier = issuer.verifier();
    for second in 0..20 {
        let refused = verifier.verify(&under("one"), NOW + second).await;
        let refused = refused.expect_err("no keys");
        assert_eq!(
            refused,
            refused_keys(KeysError::Unavailable("connection refused".into()))
        );
        assert!(refused.is_passing());
    }
    assert_eq!(issuer.asked().len(), 1);
    issuer.publish(&["one"]);
    let token = later_under("one", COOL_DOWN_SECONDS);
    assert!(
        verifier
            .verify(&token, NOW + COOL_DOWN_SECONDS)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn known_keys_serve_for_an_hour_while_the_issuer_is_down() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    assert!(verifier.verify(&under("one"), NOW).await.is_ok());
    issuer.fail();
    for after in [FRESH_SECONDS, FRESH_SECONDS + 1, USABLE_SECONDS - 1] {
        let token = later_under("one", after);
        assert!(
            verifier.verify(&token, NOW + after).await.is_ok(),
            "{after}"
        );
    }
    let token = later_under("one", USABLE_SECONDS);
    let refused = verifier.verify(&token, NOW + USABLE_SECONDS).await;
    assert!(matches!(refused, Err(Refused::Keys(_))), "{refused:?}");
    assert_eq!(
        issuer.asked().len(),
        3,
        "once when they were old, and twice an hour later"
    );
}

#[tokio::test]
async fn a_clock_that_goes_back_closes_no_door() {
    let issuer = Issuer::with(&["one"]);
    issuer.fail();
    let verifier = issuer.verifier();
    assert!(
        verifier
            .verify(&later_under("one", 9_000), NOW + 9_000)
            .await
            .is_err()
    );
    issuer.publish(&["one"]);
    assert!(verifier.verify(&under("one"), NOW).await.is_ok());
}

#[tokio::test]
async fn answers_that_are_no_list_of_keys_are_none() {
    let many = json!({ "keys": vec![jwk("one"); 33] }).to_string();
    for (status, body, reason) in [
        (200, "<html>", "no list of keys"),
        (200, "{}", "no list of keys"),
        (200, r#"{"keys":{}}"#, "no list of keys"),
        (200, r#"{"keys":[1]}"#, "no list of keys"),
        (200, many.as_str(), "33 keys; at most 32"),
        (302, "", "HTTP 302"),
        (404, "", "HTTP 404"),
        (503, "", "HTTP 503"),
    ] {
        let issuer = Issuer::with(&[]);
        issuer.answer(status, body);
        let refused = issuer.verifier().verify(&under("one"), NOW).await;
        let text = refused.expect_err(reason).to_string();
        assert!(text.contains(reason), "{text}");
    }
    let issuer = Issuer::with(&[]);
    issuer.answer(
        200,
        &format!("{}{}", " ".repeat(70_000), json!({ "keys": [jwk("one")] })),
    );
    let refused = issuer.verifier().verify(&under("one"), NOW).await;
    assert!(matches!(
        refused,
        Err(Refused::Keys(KeysError::TooLarge(_)))
    ));
}

async fn with_key(name: &'static str, changes: Value) -> Result<(), Refused> {
    let mut key = jwk(name);
    for (field, value) in changes.as_object().expect("an object") {
        key[field] = value.clone();
    }
    let issuer = Issuer::with(&[]);
    issuer.answer(200, &json!({ "keys": [key] }).to_string());
    let verified = issuer.verifier().verify(&under(name), NOW).await;
    verified.map(|_| ())
}

#[tokio::test]
async fn keys_that_are_too_weak_or_of_another_kind_verify_nothing() {
    let fault = |name: &str, fault| {
        let kid = format!("{name:?}");
        Err(Refused::Key { kid, fault })
    };
    assert_eq!(with_key("one", json!({})).await, Ok(()));
    assert_eq!(
        with_key("weak", json!({})).await,
        fault("weak", KeyFault::Bits(1_024))
    );
    let large = encoded([255; 513]);
    let even = encoded([254; 256]);
    for (changes, why) in [
        (json!({ "n": large }), KeyFault::Bits(4_104)),
        (json!({ "n": even }), KeyFault::Malformed),
        (json!({ "n": "" }), KeyFault::Bits(0)),
        (json!({ "n": "AA" }), KeyFault::Bits(0)),
        (json!({ "n": "==" }), KeyFault::Malformed),
        (json!({ "n": null }), KeyFault::Malformed),
        (json!({ "n": 65537 }), KeyFault::Malformed),
        (json!({ "e": "AQ" }), KeyFault::Exponent),
        (json!({ "e": "Aw" }), KeyFault::Exponent),
        (json!({ "e": "" }), KeyFault::Exponent),
        (
            json!({ "kty": "oct", "k": encoded("secret") }),
            KeyFault::Kind,
        ),
        (json!({ "kty": "EC" }), KeyFault::Kind),
        (json!({ "use": "enc" }), KeyFault::Kind),
        (json!({ "alg": "RS512" }), KeyFault::Kind),
        (json!({ "alg": null }), KeyFault::Kind),
    ] {
        let said = changes.to_string();
        assert_eq!(with_key("one", changes).await, fault("one", why), "{said}");
    }
}

#[tokio::test]
async fn two_keys_of_one_name_are_none() {
    let issuer = Issuer::with(&[]);
    let mut other = jwk("two");
    other["kid"] = json!("one");
    issuer.answer(200, &json!({ "keys": [jwk("one"), other] }).to_string());
    let refused = issuer.verifier().verify(&under("one"), NOW).await;
    let fault = KeyFault::Twice;
    assert_eq!(
        refused,
        Err(Refused::Key {
            kid: "\"one\"".into(),
            fault
        })
    );
}

#[tokio::test]
async fn all_who_come_at_once_share_one_request() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    issuer.hold();
    let token = under("one");
    let mut all: Vec<_> = (0..20)
        .map(|_| Box::pin(verifier.verify(&token, NOW)))
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    for one in &mut all {
        assert!(one.as_mut().poll(&mut context).is_pending());
    }
    issuer.let_go();
    for one in all {
        assert!(one.await.is_ok());
    }
    assert_eq!(issuer.asked().len(), 1);
}

#[tokio::test]
async fn whoever_leaves_takes_the_request_from_nobody() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    let token = under("one");
    issuer.hold();
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..20 {
        let mut leaves = Box::pin(verifier.verify(&token, NOW));
        assert_eq!(leaves.as_mut().poll(&mut context), Poll::Pending);
    }
    issuer.let_go();
    assert!(verifier.verify(&token, NOW).await.is_ok());
    assert_eq!(issuer.asked().len(), 1);
}

#[tokio::test]
async fn a_request_that_all_have_left_is_made_anew_after_its_time_out() {
    let issuer = Issuer::with(&["one"]);
    let verifier = issuer.verifier();
    let token = under("one");
    issuer.hold();
    let mut context = Context::from_waker(Waker::noop());
    let mut leaves = Box::pin(verifier.verify(&token, NOW));
    assert!(leaves.as_mut().poll(&mut context).is_pending());
    drop(leaves);
    issuer.let_go();
    assert!(verifier.verify(&token, NOW + 6).await.is_ok());
    assert_eq!(issuer.asked().len(), 2);
}
