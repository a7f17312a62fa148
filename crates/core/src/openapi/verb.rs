//! One verb, as the table in `verbs` writes it.

use super::parameter::Parameter;
use crate::Code;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Post => "post",
        }
    }
}

pub struct Verb {
    pub name: &'static str,
    pub method: Method,
    pub summary: &'static str,
    /// What the shapes of request and answer do not say.
    pub note: Option<&'static str>,
    /// Kinds of tokens, one of which is enough; none where no token is asked for.
    pub kinds: &'static [&'static str],
    pub query: Vec<Parameter>,
    pub body: Option<Value>,
    /// Status and content.
    pub answers: Vec<(u16, Value)>,
    /// Beside what [`Verb::codes`] adds.
    pub own_codes: &'static [Code],
}

pub fn read(name: &'static str, kinds: &'static [&'static str], summary: &'static str) -> Verb {
    Verb {
        name,
        method: Method::Get,
        summary,
        note: None,
        kinds,
        query: Vec::new(),
        body: None,
        answers: Vec::new(),
        own_codes: &[],
    }
}

/// A write takes the schema `body`.
pub fn write(
    name: &'static str,
    kinds: &'static [&'static str],
    summary: &'static str,
    body: Value,
) -> Verb {
    Verb {
        method: Method::Post,
        body: Some(
            json!({ "required": true, "content": { "application/json": { "schema": body } } }),
        ),
        ..read(name, kinds, summary)
    }
}

impl Verb {
    pub fn query(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.query.extend(parameters);
        self
    }

    /// The body may be left out.
    pub fn or_no_body(mut self) -> Self {
        if let Some(body) = &mut self.body {
            body["required"] = false.into();
        }
        self
    }

    pub fn such_as(mut self, example: Value) -> Self {
        if let Some(body) = &mut self.body {
            body["content"]["application/json"]["example"] = example;
        }
        self
    }

    pub fn or_multipart(mut self, schema: Value) -> Self {
        if let Some(body) = &mut self.body {
            body["content"]["multipart/form-data"] = json!({ "schema": schema });
        }
        self
    }

    /// The body is bytes, and no JSON.
    pub fn bytes(mut self) -> Self {
        self.body =
            Some(json!({ "required": true, "content": { "application/octet-stream": {} } }));
        self
    }

    pub fn answers(mut self, status: u16, schema: Value) -> Self {
        let content = json!({ "application/json": { "schema": schema } });
        self.answers.push((status, content));
        self
    }

    /// The last answer may be bytes instead.
    pub fn or_bytes(mut self) -> Self {
        if let Some((_, content)) = self.answers.last_mut() {
            content["application/octet-stream"] = json!({});
        }
        self
    }

    /// The last answer may be text instead.
    pub fn or_text(mut self) -> Self {
        if let Some((_, content)) = self.answers.last_mut() {
            content["text/plain"] = json!({});
        }
        self
    }

    pub fn note(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    pub fn refuses(mut self, codes: &'static [Code]) -> Self {
        self.own_codes = codes;
        self
    }

    pub fn takes_token(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// Every code that it can give.
    pub fn codes(&self) -> Vec<Code> {
        use Code::*;
        let mut codes = self.own_codes.to_vec();
        if self.takes_token() {
            codes.extend([
                BadRequest,
                Unauthenticated,
                Forbidden,
                UpgradeRequired,
                Invalid,
                RateLimited,
            ]);
        }
        if self.body.is_some() {
            codes.extend([MalformedJson, TooLarge, UnsupportedMediaType]);
        }
        if self.reaches_the_database() {
            codes.extend([Internal, NotInstalled, Unavailable]);
        }
        codes
    }

    fn reaches_the_database(&self) -> bool {
        self.name != "openapi.json"
    }
}

/// What a status means that is no refusal.
pub fn meaning(status: u16) -> &'static str {
    match status {
        201 => "Made.",
        _ => "Done.",
    }
}
