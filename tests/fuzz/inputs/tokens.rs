//! Tokens of jobs: whatever is changed in a token that was signed, only what was signed is accepted.

use crate::over_text;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ops_github::oidc::{OidcSettings, Verifier};
use ops_tests::harness::issuer::TEST_KEY;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, PrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const AUDIENCE: &str = "https://ops.example.com";
const NOW: i64 = 1_800_000_000;

/// Answers every request with the public key.
struct Published(Vec<u8>);

impl Transport for Published {
    fn send(&self, _: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let body = self.0.clone();
        Box::pin(async move {
            Ok(HttpResponse {
                status: 200,
                headers: Vec::new(),
                body,
            })
        })
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn token(key: &PrivateKey, header: &Value, claims: &Value) -> String {
    let signed = format!(
        "{}.{}",
        encoded(header.to_string()),
        encoded(claims.to_string())
    );
    let scheme = Pkcs1v15Sign::new::<Sha256>();
    let signature = key
        .sign(scheme, &Sha256::digest(signed.as_bytes()))
        .expect("signs");
    format!("{signed}.{}", encoded(signature))
}

fn claims(run: &str) -> Value {
    json!({
        "jti": format!("jti of {run}"), "sub": "repo:opsco@4001/deploys@9001:ref:refs/heads/main", "aud": AUDIENCE,
        "ref": "refs/heads/main", "sha": "0123456789abcdef0123456789abcdef01234567",
        "repository": "opsco/deploys", "repository_owner": "opsco", "repository_owner_id": "4001",
        "run_id": run, "run_number": "12", "run_attempt": "1", "repository_visibility": "private",
        "repository_id": "9001", "actor_id": "501", "actor": "octocat", "workflow": "worker",
        "event_name": "workflow_dispatch", "ref_type": "branch", "ref_protected": "true",
        "workflow_ref": "opsco/deploys/.github/workflows/worker.yml@refs/heads/main",
        "job_workflow_ref": "opsco/deploys/.github/workflows/worker.yml@refs/heads/main",
        "runner_environment": "github-hosted", "iss": ISSUER, "nbf": NOW - 600, "exp": NOW + 300, "iat": NOW,
    })
}

#[test]
fn no_token_is_accepted_but_those_that_were_signed() {
    let key = PrivateKey::from_pkcs1_pem(TEST_KEY).expect("a key");
    let jwk = json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
        "n": encoded(key.n_bytes()), "e": encoded(key.e_bytes()),
    });
    let keys = Published(json!({ "keys": [jwk] }).to_string().into_bytes());
    let settings = OidcSettings {
        audience: AUDIENCE.into(),
        issuers: vec![ISSUER.into()],
    };
    let verifier = Verifier::new(Arc::new(keys), settings);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let header = json!({ "typ": "JWT", "alg": "RS256", "kid": "one" });
    let good: Vec<String> = ["7001", "7002"]
        .map(|run| token(&key, &header, &claims(run)))
        .to_vec();
    for token in &good {
        let verified = runtime.block_on(verifier.verify(token, NOW));
        assert!(verified.is_ok(), "{:?}", verified.err());
    }
    // Signed, and not for us, or not for now, or under no algorithm at all.
    let mut other = claims("7003");
    other["aud"] = "https://elsewhere.example.com".into();
    let mut old = claims("7004");
    old["exp"] = (NOW - 3_600).into();
    let none = json!({ "typ": "JWT", "alg": "none" });
    let bare = format!(
        "{}.{}.",
        encoded(none.to_string()),
        encoded(claims("7005").to_string())
    );
    let seeds = [
        &good[0],
        &good[1],
        &token(&key, &header, &other),
        &token(&key, &header, &old),
        &bare,
    ];
    let words = [
        ".",
        "=",
        "-",
        "_",
        "A",
        "eyJhbGciOiJub25lIn0",
        "eyJhbGciOiJIUzI1NiJ9",
        "\"alg\":\"none\"",
        "null",
        "\u{0}",
    ];
    over_text("oidc-tokens", &seeds.map(String::as_str), &words, |text| {
        let Ok(claims) = runtime.block_on(verifier.verify(text, NOW)) else {
            return Ok(());
        };
        let signed = |token: &str| token.rsplit_once('.').map(|(signed, _)| signed.to_owned());
        match good.iter().any(|token| signed(token) == signed(text)) {
            true => Ok(()),
            false => Err(format!("a forged token is accepted: {claims:?}")),
        }
    });
}
