//! Secrets become `***` before anything leaves the worker: logs, outputs, artifacts, errors.

mod automaton;
mod forms;
mod stream;

pub use stream::MaskStream;

use automaton::Automaton;
use serde_json::Value;
use std::sync::Arc;

/// What stands in a secret's place, however long that was.
pub const REPLACEMENT: &str = "***";
/// Shorter secrets would turn logs into stars.
pub const MIN_SECRET_BYTES: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    #[error(
        "the secret {name} has {bytes} bytes; at least {MIN_SECRET_BYTES} are needed, or masking it would make the log unreadable"
    )]
    TooShort { name: String, bytes: usize },
}

/// The secrets of one run, ready to be looked for. Cheap to clone.
#[derive(Clone)]
pub struct Masker {
    automaton: Option<Arc<Automaton>>,
}

impl Masker {
    /// Looks for each value, its lines and its encoded forms.
    pub fn new<'a>(
        secrets: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, MaskError> {
        let mut patterns = Vec::new();
        for (name, value) in secrets {
            if value.trim().len() < MIN_SECRET_BYTES {
                return Err(MaskError::TooShort {
                    name: name.to_string(),
                    bytes: value.trim().len(),
                });
            }
            patterns.extend(forms::of(value));
        }
        Ok(Masker {
            automaton: (!patterns.is_empty()).then(|| Arc::new(Automaton::new(&patterns))),
        })
    }

    /// Masks nothing.
    pub fn none() -> Self {
        Masker { automaton: None }
    }

    /// For bytes that come in pieces.
    pub fn stream(&self) -> MaskStream {
        MaskStream::new(self.automaton.clone())
    }

    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = Vec::with_capacity(bytes.len());
        let mut stream = self.stream();
        stream.push(bytes, &mut masked);
        stream.finish(&mut masked);
        masked
    }

    pub fn text(&self, text: &str) -> String {
        if self.automaton.is_none() {
            return text.to_string();
        }
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// Texts and keys anywhere inside.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (self.text(key), self.value(value)))
                .collect(),
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
