//! Supabase Storage as far as artifacts need it, in memory: the old shape of errors, paths and tokens
//! as the hosted service has them. `tests/supabase` holds the adapter against `@supabase/lite` too.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Storage(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Whether anybody may read, by name.
    buckets: HashMap<String, bool>,
    /// By bucket and path.
    objects: HashMap<String, (String, Bytes)>,
    spoils: bool,
    is_away: bool,
    /// What a signed address stands for: `PUT` or `GET` and the object.
    tokens: HashMap<String, (Method, String)>,
}

/// Whether this request's address is its right.
pub fn is_signed(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    let is = |start: &str| path.starts_with(start) && uri.query().is_some();
    (*method == Method::PUT && is("/storage/v1/object/upload/sign/"))
        || (*method == Method::GET && is("/storage/v1/object/sign/"))
}

fn refused(status: &str, message: &str) -> Response {
    let body = json!({ "statusCode": status, "error": message, "message": message });
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}

fn done(body: Value) -> Response {
    axum::Json(body).into_response()
}

impl Storage {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn make(&self, bucket: &str) {
        self.inner().buckets.insert(bucket.into(), false);
    }

    pub fn open_to_everybody(&self, bucket: &str) {
        self.inner().buckets.insert(bucket.into(), true);
    }

    /// Answers nothing but 503 until it comes back.
    pub fn go_away(&self) {
        self.inner().is_away = true;
    }

    pub fn come_back(&self) {
        self.inner().is_away = false;
    }

    /// Paths with their content types.
    pub fn objects(&self) -> Vec<(String, String)> {
        let inner = self.inner();
        let each = inner.objects.iter();
        each.map(|(path, (kind, _))| (path.clone(), kind.clone()))
            .collect()
    }

    /// Other bytes under every path, as somebody with the key might have put them.
    pub fn spoil(&self) {
        for (_, bytes) in self.inner().objects.values_mut() {
            *bytes = Bytes::from_static(b"spoilt");
        }
    }

    /// From now on other bytes are kept than come.
    pub fn spoil_what_comes(&self) {
        self.inner().spoils = true;
    }

    /// `path` is what follows `/storage/v1`.
    pub fn answer(
        &self,
        method: &Method,
        path: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Response {
        if self.inner().is_away {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let token = query.and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("token=")));
        let kind = headers.get("content-type").and_then(|v| v.to_str().ok());
        let kind = kind.unwrap_or("text/plain").to_string();
        if let Some(rest) = path.strip_prefix("/bucket") {
            return self.bucket(method, rest.trim_start_matches('/'), &body);
        }
        let Some(path) = path.strip_prefix("/object/") else {
            return refused("404", "Route not found");
        };
        match (method.as_str(), path) {
            ("POST", path) if path.starts_with("upload/sign/") => {
                self.sign(Method::PUT, &path["upload/sign/".len()..])
            }
            ("PUT", path) if path.starts_with("upload/sign/") => {
                let path = &path["upload/sign/".len()..];
                match self.is_token(Method::PUT, path, token) {
                    true => self.keep(path, kind, body),
                    false => refused("403", "invalid signature"),
                }
            }
            ("POST", path) if path.starts_with("sign/") => {
                self.sign(Method::GET, &path["sign/".len()..])
            }
            ("GET", path) if path.starts_with("sign/") => {
                let path = &path["sign/".len()..];
                match self.is_token(Method::GET, path, token) {
                    true => self.give(path),
                    false => refused("403", "invalid signature"),
                }
            }
            ("GET", path) if path.starts_with("info/") => {
                let inner = self.inner();
                match inner.objects.get(&path["info/".len()..]) {
                    Some((_, bytes)) => done(json!({ "size": bytes.len() })),
                    None => inner.missing(&path["info/".len()..]),
                }
            }
            ("POST", path) => self.keep(path, kind, body),
            ("GET", path) => self.give(path),
            ("DELETE", bucket) => {
                let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
                let mut inner = self.inner();
                for path in asked["prefixes"].as_array().into_iter().flatten() {
                    let path = path.as_str().unwrap_or_default();
                    inner.objects.remove(&format!("{bucket}/{path}"));
                }
                done(json!([]))
            }
            _ => refused("404", "Route not found"),
        }
    }

    fn bucket(&self, method: &Method, name: &str, body: &[u8]) -> Response {
        let mut inner = self.inner();
        match (method.as_str(), inner.buckets.get(name)) {
            ("GET", Some(public)) => done(json!({ "id": name, "public": public })),
            ("GET", None) => refused("404", "Bucket not found"),
            ("POST", _) => {
                let asked: Value = serde_json::from_slice(body).unwrap_or_default();
                let name = asked["id"].as_str().unwrap_or_default().to_string();
                if inner.buckets.contains_key(&name) {
                    return refused("409", "The resource already exists");
                }
                let public = asked["public"].as_bool().unwrap_or(false);
                inner.buckets.insert(name.clone(), public);
                done(json!({ "name": name }))
            }
            _ => refused("404", "Route not found"),
        }
    }

    fn sign(&self, method: Method, path: &str) -> Response {
        let mut inner = self.inner();
        let is_there = inner.objects.contains_key(path);
        match (is_there, method == Method::PUT) {
            (false, false) => return inner.missing(path),
            (true, true) => return refused("409", "The resource already exists"),
            (false, true) if !inner.has_bucket(path) => return inner.missing(path),
            _ => {}
        }
        let token = format!("t{}", inner.tokens.len());
        let folder = if method == Method::PUT {
            "upload/sign"
        } else {
            "sign"
        };
        let url = format!("/object/{folder}/{path}?token={token}");
        inner
            .tokens
            .insert(token.clone(), (method.clone(), path.into()));
        match method == Method::PUT {
            true => done(json!({ "url": url, "token": token })),
            false => done(json!({ "signedURL": url })),
        }
    }

    fn is_token(&self, method: Method, path: &str, token: Option<&str>) -> bool {
        let inner = self.inner();
        let stands = token.and_then(|token| inner.tokens.get(token));
        stands.is_some_and(|(of, to)| *of == method && to == path)
    }

    fn keep(&self, path: &str, kind: String, body: Bytes) -> Response {
        let mut inner = self.inner();
        if !inner.has_bucket(path) {
            return inner.missing(path);
        }
        if inner.objects.contains_key(path) {
            return refused("409", "The resource already exists");
        }
        let body = match inner.spoils {
            true => Bytes::from_static(b"spoilt"),
            false => body,
        };
        inner.objects.insert(path.into(), (kind, body));
        done(json!({ "Key": path }))
    }

    fn give(&self, path: &str) -> Response {
        let inner = self.inner();
        match inner.objects.get(path) {
            Some((kind, bytes)) => {
                let headers = [("content-type", kind.clone())];
                (headers, bytes.clone()).into_response()
            }
            None => inner.missing(path),
        }
    }
}

impl Inner {
    fn has_bucket(&self, path: &str) -> bool {
        let bucket = path.split('/').next().unwrap_or_default();
        self.buckets.contains_key(bucket)
    }

    fn missing(&self, path: &str) -> Response {
        match self.has_bucket(path) {
            true => refused("404", "Object not found"),
            false => refused("404", "Bucket not found"),
        }
    }
}
