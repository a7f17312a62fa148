//! An issuer of OIDC tokens as GitHub's is, on loopback: its keys at `/.well-known/jwks`, and for jobs
//! the address that a runner has in `ACTIONS_ID_TOKEN_REQUEST_URL`.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, PrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// For tests only; the issuer's first key, and the key of every app.
pub const TEST_KEY: &str = include_str!("../../crates/github/tests/keys/test-only-issuer-1.pem");
const SECOND_KEY: &str = include_str!("../../crates/github/tests/keys/test-only-issuer-2.pem");

/// What a job has in `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
pub const REQUEST_TOKEN: &str = "the request token of a job";

pub struct OidcIssuer {
    /// `http://127.0.0.1:PORT`, what `OPS_OIDC_ISSUERS` is set to.
    pub issuer: String,
    shared: Arc<Mutex<Inner>>,
    serving: JoinHandle<()>,
}

struct Inner {
    issuer: String,
    /// Claims of the job that asks.
    job: Value,
    /// Names of the keys that are published; the last one signs.
    keys: Vec<&'static str>,
    next_jti: u64,
    keys_asked: u64,
    tokens_asked: u64,
    is_down: bool,
    lives_seconds: i64,
}

impl OidcIssuer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Mutex::new(Inner {
            issuer: issuer.clone(),
            job: job(),
            keys: vec!["one"],
            next_jti: 1,
            keys_asked: 0,
            tokens_asked: 0,
            is_down: false,
            lives_seconds: 300,
        }));
        let router = Router::new().fallback(serve).with_state(shared.clone());
        let serving =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        OidcIssuer {
            issuer,
            shared,
            serving,
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a job has in `ACTIONS_ID_TOKEN_REQUEST_URL`.
    pub fn request_url(&self) -> String {
        format!("{}/idtoken?api-version=2.0", self.issuer)
    }

    /// From now on jobs have these claims too; null takes one away.
    pub fn job(&self, changes: Value) {
        change(&mut self.inner().job, &changes);
    }

    /// A token as the job would get it, with some of it changed.
    pub fn token(&self, audience: &str, changes: Value) -> String {
        self.inner().token(audience, &changes)
    }

    /// Signs with another key from now on, and publishes that alone.
    pub fn rotate(&self) {
        self.inner().keys = vec!["two"];
    }

    /// Answers 503 to everybody.
    pub fn go_down(&self) {
        self.inner().is_down = true;
    }

    pub fn come_back(&self) {
        self.inner().is_down = false;
    }

    /// From `iat` to `exp`, in seconds, of the tokens to come.
    pub fn live(&self, seconds: i64) {
        self.inner().lives_seconds = seconds;
    }

    /// How often the list of keys was asked for.
    pub fn keys_asked(&self) -> u64 {
        self.inner().keys_asked
    }

    /// How often a job asked for a token.
    pub fn tokens_asked(&self) -> u64 {
        self.inner().tokens_asked
    }
}

impl Drop for OidcIssuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What GitHub says of a job of `opsco/deploys` that somebody dispatched.
fn job() -> Value {
    json!({
        "sub": "repo:opsco@4001/deploys@9001:ref:refs/heads/main",
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
    })
}

fn change(claims: &mut Value, changes: &Value) {
    let claims = claims.as_object_mut().expect("claims");
    for (name, value) in changes.as_object().expect("an object") {
        match value.is_null() {
            true => drop(claims.remove(name)),
            false => drop(claims.insert(name.clone(), value.clone())),
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_secs()).expect("not that late")
}

impl Inner {
    fn token(&mut self, audience: &str, changes: &Value) -> String {
        let now = now();
        let mut claims = self.job.clone();
        let own = json!({
            "iss": self.issuer, "aud": audience, "jti": format!("jti-{}", self.next_jti),
            "iat": now, "nbf": now - 600, "exp": now + self.lives_seconds,
        });
        self.next_jti += 1;
        change(&mut claims, &own);
        change(&mut claims, changes);
        let kid = self.keys.last().expect("a key");
        let head = json!({ "typ": "JWT", "alg": "RS256", "x5t": "thumb", "kid": kid });
        sign(kid, &head, &claims)
    }
}

/// Read once.
fn key(name: &str) -> &'static PrivateKey {
    static KEYS: [OnceLock<PrivateKey>; 2] = [const { OnceLock::new() }; 2];
    let (slot, pem) = match name {
        "one" => (&KEYS[0], TEST_KEY),
        _ => (&KEYS[1], SECOND_KEY),
    };
    slot.get_or_init(|| PrivateKey::from_pkcs1_pem(pem).expect("a key"))
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sign(kid: &str, head: &Value, claims: &Value) -> String {
    let text = format!(
        "{}.{}",
        encoded(head.to_string()),
        encoded(claims.to_string())
    );
    let sum = Sha256::digest(text.as_bytes());
    let signature = key(kid).sign(Pkcs1v15Sign::new::<Sha256>(), &sum);
    format!("{text}.{}", encoded(signature.expect("signs")))
}

/// The claims of a token that [`TEST_KEY`] signed.
pub fn verified(token: &str) -> Option<Value> {
    let (text, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let sum = Sha256::digest(text.as_bytes());
    let public = key("one").as_public_key();
    let is_it = public.verify(Pkcs1v15Sign::new::<Sha256>(), &sum, &signature);
    let (_, claims) = text.split_once('.').filter(|_| is_it.is_ok())?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// `2026-11-29T14:00:00Z`
pub fn rfc3339(unix_seconds: i64) -> String {
    let (days, second) = (
        unix_seconds.div_euclid(86_400),
        unix_seconds.rem_euclid(86_400),
    );
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut day) = (1970, days);
    while day >= 365 + i64::from(is_leap(year)) {
        day -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let months = [
        31,
        28 + i64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 1;
    for length in months {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!(
        "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        day + 1
    )
}

async fn serve(State(shared): State<Arc<Mutex<Inner>>>, uri: Uri, headers: HeaderMap) -> Response {
    let mut inner = shared.lock().unwrap_or_else(PoisonError::into_inner);
    match uri.path() {
        "/.well-known/jwks" => inner.keys_asked += 1,
        "/idtoken" => inner.tokens_asked += 1,
        _ => return StatusCode::NOT_FOUND.into_response(),
    }
    if inner.is_down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if uri.path() == "/.well-known/jwks" {
        let keys: Vec<Value> = inner.keys.iter().map(|name| jwk(name)).collect();
        return axum::Json(json!({ "keys": keys })).into_response();
    }
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.split_once(' '));
    let is_job = bearer
        .is_some_and(|(kind, token)| kind.eq_ignore_ascii_case("bearer") && token == REQUEST_TOKEN);
    if !is_job {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let query = uri.query().unwrap_or_default();
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "audience");
    // GitHub's own default.
    let audience = asked.map_or("https://github.com/opsco".into(), |(_, value)| value);
    let value = inner.token(&audience, &json!({}));
    axum::Json(json!({ "value": value })).into_response()
}

fn jwk(name: &str) -> Value {
    let key = key(name);
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": name,
        "n": encoded(key.n_bytes()), "e": encoded(key.e_bytes()),
    })
}
