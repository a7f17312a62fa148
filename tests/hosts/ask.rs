use crate::answer::Answer;
use reqwest::Method;
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;

/// One request of the table. `{name}` in it stands for what an earlier answer gave.
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Keep what the answer has at this JSON pointer, or of a page what stands behind this up to a quote,
    /// under this name.
    pub keep: Option<(&'static str, &'static str)>,
}

impl Ask {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Ask {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
            keep: None,
        }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Ask::new(Method::GET, path)
    }

    pub fn of(method: &str, path: &str) -> Self {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Ask::new(method, path)
    }

    pub fn post(path: impl Into<String>, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Ask {
            body: body.into(),
            ..Ask::new(Method::POST, path).with("content-type", kind)
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn keep(mut self, name: &'static str, pointer: &'static str) -> Self {
        self.keep = Some((name, pointer));
        self
    }

    pub fn named(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Speaks to one host, and remembers what its answers gave.
pub struct Caller {
    http: reqwest::Client,
    url: String,
    pub kept: HashMap<&'static str, String>,
}

impl Caller {
    pub fn new(url: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build();
        Caller {
            http: http.expect("a client"),
            url: url.into(),
            kept: HashMap::new(),
        }
    }

    pub async fn put(&mut self, ask: &Ask) -> Answer {
        let url = format!("{}{}", self.url, self.filled(&ask.path));
        let mut request = self.http.request(ask.method.clone(), url);
        for (name, value) in &ask.headers {
            request = request.header(*name, self.filled(value));
        }
        let body = match std::str::from_utf8(&ask.body) {
            Ok(text) => self.filled(text).into_bytes(),
            Err(_) => ask.body.clone(),
        };
        let response = request.body(body).send().await;
        let response = response.unwrap_or_else(|e| panic!("{}: {e:?}", ask.named()));
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await;
        let body = body.unwrap_or_else(|e| panic!("{}: {e:?}", ask.named()));
        if let Some((name, pointer)) = ask.keep {
            let json: Value = serde_json::from_slice(&body).unwrap_or_default();
            let text = String::from_utf8_lossy(&body);
            let of_page = || text.split_once(pointer)?.1.split('"').next();
            let value = json
                .pointer(pointer)
                .and_then(Value::as_str)
                .or_else(of_page);
            let value = value.unwrap_or_else(|| {
                panic!(
                    "{}: no {pointer} in {}",
                    ask.named(),
                    String::from_utf8_lossy(&body)
                )
            });
            self.kept.insert(name, value.into());
        }
        Answer::of(status, &headers, &body)
    }

    fn filled(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (name, value) in &self.kept {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }
}
