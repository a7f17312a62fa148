use ops_core::{Code, PROTOCOL_VERSION};
use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer with everything that a client may look at.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// What every answer carries is checked here, for every answer of every test.
    pub async fn of(response: reqwest::Response) -> Self {
        let url = response.url().clone();
        let reply = Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            bytes: response.bytes().await.expect("a body").to_vec(),
        };
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("ops-protocol"), PROTOCOL_VERSION.to_string());
        super::documented::check(&url, reply.status, &reply.bytes);
        reply
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str());
        value.transpose().expect("ASCII").unwrap_or_default()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("UTF-8")
    }

    /// The body of an answer that is no refusal.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    /// The body of a refusal, after everything that a refusal promises was checked.
    #[track_caller]
    pub fn refused(&self, code: Code) -> Problem {
        let text = self.text();
        assert_eq!(self.status, code.status(), "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        // Read as a client of ours would: no name may stand twice.
        let typed: ops_core::Problem = serde_json::from_str(text).expect(text);
        assert_eq!((typed.code, typed.status), (code, code.status()), "{text}");
        assert_eq!(typed.kind, format!("urn:ops:problem:{code}"));
        assert_eq!(typed.title, code.title());
        assert_eq!(typed.hint, code.hint());
        assert_eq!(
            self.header("www-authenticate").is_empty(),
            self.status != 401
        );
        Problem(serde_json::from_str(text).expect("JSON"))
    }
}

/// A refusal's body.
#[derive(Debug)]
pub struct Problem(pub Value);

impl Problem {
    pub fn detail(&self) -> &str {
        self.0["detail"].as_str().expect("a detail")
    }

    pub fn fields(&self) -> Vec<&str> {
        let errors = self.0["errors"].as_array().into_iter().flatten();
        errors.filter_map(|error| error["field"].as_str()).collect()
    }

    /// That these fields and no others are named, each with a reason.
    #[track_caller]
    pub fn names(&self, fields: &[&str]) {
        assert_eq!(self.fields(), fields, "{:?}", self.0);
        for field in fields {
            assert!(!self.message(field).is_empty(), "{:?}", self.0);
        }
    }

    #[track_caller]
    pub fn message(&self, field: &str) -> &str {
        let mut errors = self.0["errors"].as_array().into_iter().flatten();
        let error = errors.find(|error| error["field"] == field);
        error.and_then(|e| e["message"].as_str()).expect(field)
    }
}
