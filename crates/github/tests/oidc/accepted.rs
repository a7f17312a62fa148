//! Tokens as GitHub makes them, and what is said of their jobs.

use crate::issuer::*;
use ops_github::oidc::{GITHUB_ISSUER, OidcSettings};
use serde_json::json;

#[tokio::test]
async fn a_token_of_github_says_which_job_it_is() {
    let claims = verify(&token_of(&claims())).await.expect("accepted");
    assert_eq!(
        (claims.repository_id, claims.repository_owner_id),
        (9001, 4001)
    );
    assert_eq!(
        (claims.run_id, claims.run_attempt, claims.actor_id),
        (7001, 1, 501)
    );
    assert_eq!(claims.repository, "opsco/deploys");
    assert_eq!(claims.git_ref, "refs/heads/main");
    assert_eq!(claims.runner_environment, "github-hosted");
    assert_eq!(claims.environment, None);
    assert_eq!((claims.iat, claims.exp), (NOW, NOW + 300));
    let said = serde_json::to_value(&claims).expect("JSON");
    assert_eq!(said["ref"], "refs/heads/main");
    assert_eq!(said["repository_id"], 9001);
}

#[tokio::test]
async fn the_subject_is_never_read() {
    for sub in [
        json!("repo:evil/other:ref:refs/heads/main"),
        json!(7),
        json!(null),
        json!(["x"]),
    ] {
        let token = token_of(&claims_with(json!({ "sub": sub })));
        assert!(verify(&token).await.is_ok(), "{sub}");
    }
}

#[tokio::test]
async fn a_minute_of_difference_between_clocks_is_forgiven() {
    for (iat, nbf, exp) in [(0, -600, 300), (60, 60, 360), (-300, -900, -59)] {
        let times = json!({ "iat": NOW + iat, "nbf": NOW + nbf, "exp": NOW + exp });
        assert!(
            verify(&token_of(&claims_with(times))).await.is_ok(),
            "{iat}"
        );
    }
    let without = claims_with(json!({ "nbf": null }));
    assert!(
        verify(&token_of(&without)).await.is_ok(),
        "nbf may be missing"
    );
}

#[tokio::test]
async fn an_audience_may_stand_in_a_list_of_one() {
    let token = token_of(&claims_with(json!({ "aud": [AUDIENCE] })));
    assert!(verify(&token).await.is_ok());
}

#[tokio::test]
async fn one_issuer_of_several_is_asked_for_its_own_keys_only() {
    let issuer = Issuer::with(&["one"]);
    let enterprise = format!("{GITHUB_ISSUER}/acme");
    let verifier = issuer.verifier_of(&[GITHUB_ISSUER, &enterprise]);
    let token = token_of(&claims_with(json!({ "iss": enterprise })));
    assert!(verifier.verify(&token, NOW).await.is_ok());
    let [asked] = issuer.asked().try_into().expect("one request");
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.url, format!("{enterprise}/.well-known/jwks"));
    assert_eq!(asked.timeout, std::time::Duration::from_secs(5));
    assert!(
        asked
            .headers
            .iter()
            .all(|(name, _)| name != "authorization")
    );
}

#[test]
fn settings_that_cannot_work_are_told() {
    let with = |audience: &str, issuers: &[&str]| {
        let issuers = issuers.iter().map(|issuer| issuer.to_string()).collect();
        let audience = audience.into();
        OidcSettings { audience, issuers }.check()
    };
    for issuers in [
        &[GITHUB_ISSUER][..],
        &["https://ghes.example.com/_services/token", GITHUB_ISSUER],
        &["http://127.0.0.1:4555"],
    ] {
        assert_eq!(with(AUDIENCE, issuers), Ok(()));
    }
    assert!(with("", &[GITHUB_ISSUER]).is_err());
    assert!(with(AUDIENCE, &[]).is_err());
    for wrong in [
        "",
        "https://",
        "https:///x",
        "http://example.com",
        "ftp://example.com",
        "https://user@example.com",
        "https://example.com/",
        "https://example.com?x",
        "https://example.com#x",
        "https://exämple.com",
        " https://example.com",
    ] {
        assert!(with(AUDIENCE, &[wrong]).is_err(), "{wrong}");
    }
}
