//! What stands before PostgREST at Supabase: keys in, JWTs out. New keys are no JWTs; legacy ones are.

use super::storage::{Storage, is_signed};
use super::supabase::JWT_SECRET;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const SECRET_KEY: &str = "sb_secret_test_key_of_every_project";
pub const PUBLISHABLE_KEY: &str = "sb_publishable_test_key_of_every_project";

pub struct Gateway {
    /// `http://127.0.0.1:PORT`
    pub origin: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    rest: reqwest::Client,
    requests: AtomicU64,
    storage: Storage,
    /// A function whose calls are taken and never answered.
    silent: OnceLock<&'static str>,
}

impl Gateway {
    pub async fn before(socket: &Path) -> Self {
        // reqwest wants a provider even where nothing is encrypted; twice is harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let rest = reqwest::Client::builder()
            .unix_socket(socket)
            .build()
            .expect("a client");
        let shared = Arc::new(Shared {
            rest,
            requests: AtomicU64::new(0),
            storage: Storage::default(),
            silent: OnceLock::new(),
        });
        let router = Router::new()
            .fallback(pass)
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let serving =
            tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Gateway {
            origin,
            shared,
            serving,
        }
    }

    /// The project's Storage; it begins without a bucket.
    pub fn storage(&self) -> &Storage {
        &self.shared.storage
    }

    /// Requests that came in so far.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// From now on calls of `function` are taken, and never answered.
    pub fn never_answer(&self, function: &'static str) {
        self.shared.silent.set(function).expect("one function");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A JWT as Supabase's auth would have signed it.
pub fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!(
        "{}.{}",
        part(&json!({ "alg": "HS256", "typ": "JWT" })),
        part(claims)
    );
    let mut mac =
        Hmac::<sha2::Sha256>::new_from_slice(JWT_SECRET.as_bytes()).expect("any length is good");
    mac.update(text.as_bytes());
    format!(
        "{text}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

pub fn legacy_key(role: &str) -> String {
    jwt(&json!({ "iss": "supabase", "role": role, "iat": 1_700_000_000, "exp": 4_000_000_000u64 }))
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let storage = |body: Bytes| {
        let path = uri.path().strip_prefix("/storage/v1")?;
        Some((shared.storage).answer(&method, path, uri.query(), &headers, body))
    };
    if is_signed(&method, &uri) {
        return storage(body).expect("a path of Storage");
    }
    let bearer = match authorize(&headers) {
        Ok(bearer) => bearer,
        Err((message, code)) => {
            let headers = [("sb-error-code", code)];
            let body =
                axum::Json(json!({ "message": message, "hint": "Double check your API key" }));
            return (StatusCode::UNAUTHORIZED, headers, body).into_response();
        }
    };
    if uri.path().starts_with("/storage/v1") {
        return match bearer == legacy_key("service_role") {
            true => storage(body).expect("a path of Storage"),
            // What row level security leaves to others: nothing.
            false => StatusCode::BAD_REQUEST.into_response(),
        };
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let Some(path) = path.strip_prefix("/rest/v1") else {
        return (StatusCode::NOT_FOUND, "no Route matched with those values").into_response();
    };
    let is_silent = |function: &&str| path == format!("/rpc/{function}");
    if shared.silent.get().is_some_and(is_silent) {
        return std::future::pending().await;
    }
    let mut onward = shared
        .rest
        .request(method, format!("http://postgrest{path}"))
        .header("authorization", format!("Bearer {bearer}"))
        .body(body);
    for name in ["content-type", "accept", "prefer", "range"] {
        if let Some(value) = headers.get(name) {
            onward = onward.header(name, value);
        }
    }
    match onward.send().await {
        Ok(answer) => {
            let mut response = Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                if !["transfer-encoding", "connection"].contains(&name.as_str()) {
                    response = response.header(name, value);
                }
            }
            let body = answer.bytes().await.unwrap_or_default();
            response.body(Body::from(body)).expect("a response")
        }
        Err(_) => (
            StatusCode::BAD_GATEWAY,
            "<html><body>502 Bad Gateway</body></html>",
        )
            .into_response(),
    }
}

/// The JWT that PostgREST gets.
fn authorize(headers: &HeaderMap) -> Result<String, (&'static str, &'static str)> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(key) = text("apikey") else {
        return Err((
            "No API key found in request",
            "UNAUTHORIZED_MISSING_API_KEY",
        ));
    };
    let wrong = ("Invalid API key", "UNAUTHORIZED_INVALID_API_KEY");
    let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let is_browser = text("user-agent").is_none_or(|agent| agent.contains("Mozilla"));
    let own = match key {
        SECRET_KEY if is_browser => {
            return Err(("Forbidden use of secret API key in browser", wrong.1));
        }
        SECRET_KEY => legacy_key("service_role"),
        PUBLISHABLE_KEY => legacy_key("anon"),
        _ if key == legacy_key("service_role") || key == legacy_key("anon") => key.to_string(),
        _ => return Err(wrong),
    };
    match bearer {
        None => Ok(own),
        Some(bearer) if bearer == key => Ok(own),
        Some(bearer) if bearer.starts_with("sb_") => Err(wrong),
        Some(user) => Ok(user.to_string()),
    }
}
