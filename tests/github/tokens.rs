//! A job asks its runner for a token, and the control room verifies it, both over HTTP.

use crate::transport;
use ops_core::port::{HttpRequest, Transport};
use ops_github::oidc::{OidcSettings, Refused, Verifier};
use ops_tests::harness::issuer::{OidcIssuer, REQUEST_TOKEN};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const AUDIENCE: &str = "https://ops.example.com";

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_secs()).expect("not that late")
}

fn verifier(issuer: &OidcIssuer) -> Verifier {
    let settings = OidcSettings {
        audience: AUDIENCE.into(),
        issuers: vec![issuer.issuer.clone()],
    };
    assert_eq!(settings.check(), Ok(()));
    Verifier::new(transport(), settings)
}

async fn ask(issuer: &OidcIssuer, request_token: &str) -> (u16, Value) {
    let request = HttpRequest {
        method: "GET",
        url: format!(
            "{}&audience=https%3A%2F%2Fops.example.com",
            issuer.request_url()
        ),
        headers: vec![("authorization".into(), format!("bearer {request_token}"))],
        body: Vec::new(),
        timeout: Duration::from_secs(10),
    };
    let answer = transport().send(request).await.expect("an answer");
    (
        answer.status,
        serde_json::from_slice(&answer.body).unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_job_gets_a_token_that_is_verified() {
    let issuer = OidcIssuer::start().await;
    let verifier = verifier(&issuer);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let (status, answer) = ask(&issuer, REQUEST_TOKEN).await;
        assert_eq!(status, 200);
        let token = answer["value"].as_str().expect("a token");
        let claims = verifier.verify(token, now()).await.expect("accepted");
        assert_eq!(
            (claims.repository_id, claims.repository_owner_id),
            (9001, 4001)
        );
        seen.push(claims.jti);
    }
    assert_ne!(seen[0], seen[1], "each token is used once");
    assert_eq!((issuer.keys_asked(), issuer.tokens_asked()), (1, 2));
    assert_eq!(ask(&issuer, "another one's").await.0, 401);
}

#[tokio::test]
async fn a_token_for_another_audience_or_of_an_issuer_that_is_down_is_refused() {
    let issuer = OidcIssuer::start().await;
    let verifier = verifier(&issuer);
    issuer.go_down();
    let token = issuer.token(AUDIENCE, json!({}));
    let refused = verifier.verify(&token, now()).await.expect_err("no keys");
    assert!(refused.is_passing(), "{refused}");
    issuer.come_back();
    let later = now() + 60;
    assert!(verifier.verify(&token, later).await.is_ok());
    let elsewhere = issuer.token("https://other.example.com", json!({}));
    let refused = verifier
        .verify(&elsewhere, later)
        .await
        .expect_err("not ours");
    assert!(matches!(refused, Refused::Audience(_)), "{refused}");
    issuer.rotate();
    let token = issuer.token(AUDIENCE, json!({}));
    assert!(verifier.verify(&token, later + 60).await.is_ok());
}
