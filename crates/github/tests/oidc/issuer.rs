//! An issuer of tokens as GitHub's is, in memory. Its keys are in `tests/keys`, for tests only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ops_github::oidc::{Claims, OidcSettings, Refused, Verifier};
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub const ISSUER: &str = "https://token.actions.githubusercontent.com";
pub const AUDIENCE: &str = "https://ops.example.com";
/// When all of it happens, in Unix seconds.
pub const NOW: i64 = 1_800_000_000;

pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key of the issuer, read once.
pub fn key(name: &'static str) -> &'static PrivateKey {
    static KEYS: [OnceLock<PrivateKey>; 6] = [const { OnceLock::new() }; 6];
    let (slot, pem) = match name {
        "one" => (&KEYS[0], include_str!("../keys/test-only-issuer-1.pem")),
        "two" => (&KEYS[1], include_str!("../keys/test-only-issuer-2.pem")),
        "weak" => (&KEYS[2], include_str!("../keys/test-only-weak.pem")),
        "2056" => (&KEYS[3], include_str!("../keys/test-only-2056.pem")),
        "3072" => (&KEYS[4], include_str!("../keys/test-only-3072.pem")),
        "4096" => (&KEYS[5], include_str!("../keys/test-only-4096.pem")),
        other => panic!("no key {other}"),
    };
    slot.get_or_init(|| PrivateKey::from_pkcs1_pem(pem).expect("a key"))
}

pub fn jwk(name: &'static str) -> Value {
    let key = key(name);
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": name,
        "n": encoded(key.n_bytes()), "e": encoded(key.e_bytes()),
    })
}

pub fn header(kid: &str) -> Value {
    json!({ "typ": "JWT", "alg": "RS256", "x5t": "thumb", "kid": kid })
}

/// What GitHub says of a job that somebody dispatched.
pub fn claims() -> Value {
    json!({
        "jti": "d9a6b6a2-0d1b-4b6c-9b0e-1f0c4c7b5a11",
        "sub": "repo:opsco@4001/deploys@9001:ref:refs/heads/main",
        "aud": AUDIENCE,
        "ref": "refs/heads/main",
        "sha": "0123456789abcdef0123456789abcdef01234567",
        "repository": "opsco/deploys",
        "repository_owner": "opsco",
        "repository_owner_id": "4001",
        "run_id": "7001",
        "run_number": "12",
        "run_attempt": "1",
        "repository_visibility": "private",
        "repository_id": "9001",
        "actor_id": "501",
        "actor": "octocat",
        "workflow": "worker",
        "head_ref": "",
        "base_ref": "",
        "event_name": "workflow_dispatch",
        "ref_protected": "true",
        "ref_type": "branch",
        "workflow_ref": "opsco/deploys/.github/workflows/worker.yml@refs/heads/main",
        "workflow_sha": "0123456789abcdef0123456789abcdef01234567",
        "job_workflow_ref": "opsco/deploys/.github/workflows/worker.yml@refs/heads/main",
        "job_workflow_sha": "0123456789abcdef0123456789abcdef01234567",
        "runner_environment": "github-hosted",
        "iss": ISSUER,
        "nbf": NOW - 600,
        "exp": NOW + 300,
        "iat": NOW,
    })
}

/// The same with some of it changed; null takes a claim away.
pub fn claims_with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("an object") {
        match value.is_null() {
            true => claims.as_object_mut().map(|claims| claims.remove(name)),
            false => claims
                .as_object_mut()
                .map(|claims| claims.insert(name.clone(), value.clone())),
        };
    }
    claims
}

pub fn sign(name: &'static str, signed: &str) -> Vec<u8> {
    let scheme = rsa::Pkcs1v15Sign::new::<Sha256>();
    let sum = Sha256::digest(signed.as_bytes());
    key(name).sign(scheme, &sum).expect("signs")
}

/// A token of any two texts, truly signed.
pub fn signed(name: &'static str, header: &[u8], payload: &[u8]) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(payload));
    let signature = sign(name, &signed);
    format!("{signed}.{}", encoded(signature))
}

pub fn token_of(claims: &Value) -> String {
    token_under("one", &header("one"), claims)
}

pub fn token_under(name: &'static str, header: &Value, claims: &Value) -> String {
    signed(
        name,
        header.to_string().as_bytes(),
        claims.to_string().as_bytes(),
    )
}

/// The issuer's address. Counts who asks, and answers what it was told.
#[derive(Clone)]
pub struct Issuer(Arc<Mutex<Inner>>);

struct Inner {
    answer: Result<(u16, String), String>,
    asked: Vec<HttpRequest>,
    /// Nothing is answered until this is false.
    holds: bool,
    waiting: Vec<std::task::Waker>,
}

impl Issuer {
    pub fn with(keys: &[&'static str]) -> Self {
        let issuer = Issuer(Arc::new(Mutex::new(Inner {
            answer: Err("nothing yet".into()),
            asked: Vec::new(),
            holds: false,
            waiting: Vec::new(),
        })));
        issuer.publish(keys);
        issuer
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn publish(&self, keys: &[&'static str]) {
        let keys: Vec<Value> = keys.iter().map(|name| jwk(name)).collect();
        self.answer(200, &json!({ "keys": keys }).to_string());
    }

    pub fn answer(&self, status: u16, body: &str) {
        self.inner().answer = Ok((status, body.into()));
    }

    pub fn fail(&self) {
        self.inner().answer = Err("connection refused".into());
    }

    pub fn hold(&self) {
        self.inner().holds = true;
    }

    pub fn let_go(&self) {
        let mut inner = self.inner();
        inner.holds = false;
        inner.waiting.drain(..).for_each(std::task::Waker::wake);
    }

    pub fn asked(&self) -> Vec<HttpRequest> {
        self.inner().asked.clone()
    }

    pub fn verifier(&self) -> Verifier {
        self.verifier_of(&[ISSUER])
    }

    pub fn verifier_of(&self, issuers: &[&str]) -> Verifier {
        Verifier::new(
            Arc::new(self.clone()),
            OidcSettings {
                audience: AUDIENCE.into(),
                issuers: issuers.iter().map(|issuer| issuer.to_string()).collect(),
            },
        )
    }
}

impl Transport for Issuer {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        self.inner().asked.push(request);
        Box::pin(std::future::poll_fn(|context| {
            let mut inner = self.inner();
            if inner.holds {
                inner.waiting.push(context.waker().clone());
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(match &inner.answer {
                Ok((status, body)) => Ok(HttpResponse {
                    status: *status,
                    headers: Vec::new(),
                    body: body.clone().into_bytes(),
                }),
                Err(why) => Err(TransportError(why.clone())),
            })
        }))
    }
}

/// What becomes of one token at a verifier that knows nothing yet.
pub async fn verify(token: &str) -> Result<Claims, Refused> {
    Issuer::with(&["one"]).verifier().verify(token, NOW).await
}
