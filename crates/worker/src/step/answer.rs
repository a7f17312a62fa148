//! Whether an answer is the wanted one, and what later steps get of it.

use super::request::Wanted;
use crate::http::Answer;
use crate::mask::Masker;
use ops_core::api::Object;
use ops_runbook::{HTTP_OUTPUT_BODY_BYTES, MAX_OUTPUT_BYTES, json_equal};
use serde_json::Value;
use std::collections::BTreeMap;

/// How much of a value a message quotes, in characters.
const QUOTED: usize = 120;

/// An answer and, where somebody asks for it, its body as JSON.
pub(super) struct Reading<'a> {
    answer: &'a Answer,
    masker: &'a Masker,
    json: Option<Result<Value, String>>,
}

impl<'a> Reading<'a> {
    pub fn new(answer: &'a Answer, masker: &'a Masker, wants_json: bool) -> Self {
        let read = || serde_json::from_slice(&answer.body).map_err(|error| error.to_string());
        Reading {
            answer,
            masker,
            json: wants_json.then(read),
        }
    }

    /// Everything that is not as expected, in words; nothing where all is well.
    pub fn complaints(&self, wanted: &Wanted) -> Vec<String> {
        let mut complaints = Vec::new();
        let status = self.answer.status;
        if !wanted.status.iter().any(|match_| match_.matches(status)) {
            let all: Vec<String> = wanted.status.iter().map(ToString::to_string).collect();
            complaints.push(format!("status {status} instead of {}", all.join(" or ")));
        }
        let body = String::from_utf8_lossy(&self.answer.body);
        for text in &wanted.body_contains {
            if !body.contains(text.as_str()) {
                complaints.push(format!("the body does not contain `{}`", self.quoted(text)));
            }
        }
        for (name, value) in &wanted.header {
            complaints.extend(self.header_complaint(name, value));
        }
        match &self.json {
            Some(Err(error)) => complaints.push(format!("the body is no JSON: {error}")),
            Some(Ok(json)) => {
                for (pointer, value) in &wanted.json {
                    complaints.extend(self.json_complaint(json, pointer, value));
                }
            }
            None => {}
        }
        complaints
    }

    fn header_complaint(&self, name: &str, wanted: &str) -> Option<String> {
        let found: Vec<_> = self
            .answer
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        let fits = |value: &String| match wanted.strip_suffix('*') {
            Some(beginning) => value.starts_with(beginning),
            None => value == wanted,
        };
        if found.iter().any(fits) {
            return None;
        }
        let wanted = self.quoted(wanted);
        Some(match found.first() {
            Some(value) => format!(
                "the header {name} is `{}` instead of `{wanted}`",
                self.quoted(value)
            ),
            None => format!("there is no header {name}, which should be `{wanted}`"),
        })
    }

    fn json_complaint(&self, json: &Value, pointer: &str, wanted: &Value) -> Option<String> {
        let found = json.pointer(pointer);
        if found.is_some_and(|found| json_equal(found, wanted)) {
            return None;
        }
        let wanted = self.quoted(&wanted.to_string());
        Some(match found {
            Some(found) => format!(
                "`{pointer}` is {} instead of {wanted}",
                self.quoted(&found.to_string())
            ),
            None => format!("there is nothing at `{pointer}`, which should be {wanted}"),
        })
    }

    /// A value in a message: masked as a whole, then cut.
    fn quoted(&self, text: &str) -> String {
        beginning(&self.masker.text(text), QUOTED)
    }

    /// `status`, `body`, and what the step asks for.
    pub fn outputs(&self, pointers: &BTreeMap<String, String>) -> Result<Object, String> {
        let mut outputs = self.own_outputs();
        for (key, pointer) in pointers {
            let json = match &self.json {
                Some(Ok(json)) => json,
                Some(Err(error)) => return Err(format!("the body is no JSON: {error}")),
                None => return Err("the body was not read as JSON".to_string()),
            };
            let found = json.pointer(pointer);
            let value = found.ok_or_else(|| {
                format!("the output {key}: the answer has nothing at `{pointer}`")
            })?;
            outputs.insert(key.clone(), value.clone());
        }
        let bytes: usize = outputs.iter().map(|(key, value)| size(key, value)).sum();
        match bytes <= MAX_OUTPUT_BYTES {
            true => Ok(outputs),
            false => Err(format!(
                "the outputs have {bytes} bytes; {MAX_OUTPUT_BYTES} are allowed"
            )),
        }
    }

    /// What every answer gives. A body that is no text is left out.
    pub fn own_outputs(&self) -> Object {
        let mut outputs = Object::new();
        outputs.insert("status".into(), self.answer.status.into());
        if let Ok(body) = std::str::from_utf8(&self.answer.body) {
            // Masked before it is cut, or half a secret could be left.
            let body = self.masker.text(body);
            let end = body.floor_char_boundary(HTTP_OUTPUT_BODY_BYTES);
            outputs.insert("body".into(), body[..end].into());
        }
        outputs
    }
}

fn size(key: &str, value: &Value) -> usize {
    key.len() + ops_runbook::env_text(value).len()
}

/// The first characters, with `…` where there are more.
pub(super) fn beginning(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((byte, _)) => format!("{}…", &text[..byte]),
        None => text.to_string(),
    }
}
