//! What is wrong with a request, field by field.

use crate::refusal::Refusal;
use ops_core::{Code, FieldError, Problem, text};

/// Collects what is wrong with a request, to tell it all at once.
#[derive(Default)]
pub struct Wrong(Vec<FieldError>);

impl Wrong {
    pub fn unless(&mut self, fine: bool, field: impl Into<String>, message: impl Into<String>) {
        if !fine {
            self.0.push(FieldError {
                field: field.into(),
                message: message.into(),
            });
        }
    }

    pub fn uuid(&mut self, value: Option<&str>, field: impl Into<String>) {
        self.unless(value.is_none_or(text::is_uuid), field, "this is no id");
    }

    /// The database counts attempts in 31 bits.
    pub fn attempt(&mut self, value: u32, field: impl Into<String>) {
        self.unless(
            i32::try_from(value).is_ok(),
            field,
            "this is no number of an attempt",
        );
    }

    pub fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        self.0.extend(errors);
    }

    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::Invalid, summary(&self.0))
            .with_errors(self.0)
            .into())
    }
}

/// The first few errors in one line; a list of a thousand runs may have more.
pub fn summary(errors: &[FieldError]) -> String {
    const SHOWN: usize = 5;
    let mut words: Vec<_> = errors
        .iter()
        .take(SHOWN)
        .map(|e| format!("{}: {}", e.field, e.message))
        .collect();
    if errors.len() > SHOWN {
        words.push(format!("and {} more", errors.len() - SHOWN));
    }
    words.join("; ")
}
