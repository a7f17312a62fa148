//! Parameters of queries. An empty value is as good as none.

use super::bounds::{LANE, UUID};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

pub struct Parameter {
    name: &'static str,
    schema: Value,
    description: String,
    required: bool,
}

fn parameter(name: &'static str, schema: Value) -> Parameter {
    Parameter {
        name,
        schema,
        description: String::new(),
        required: false,
    }
}

pub fn text(name: &'static str) -> Parameter {
    parameter(name, json!({ "type": "string" }))
}

pub fn id(name: &'static str) -> Parameter {
    parameter(
        name,
        json!({ "type": "string", "format": "uuid", "pattern": UUID }),
    )
}

pub fn lane(name: &'static str) -> Parameter {
    parameter(name, json!({ "type": "string", "pattern": LANE }))
}

pub fn time(name: &'static str) -> Parameter {
    parameter(name, json!({ "type": "string", "format": "date-time" }))
}

pub fn word(name: &'static str, words: &[&str]) -> Parameter {
    parameter(name, json!({ "type": "string", "enum": words }))
}

pub fn number(name: &'static str, range: RangeInclusive<i64>) -> Parameter {
    let (least, most) = range.into_inner();
    parameter(
        name,
        json!({ "type": "integer", "format": "int64", "minimum": least, "maximum": most }),
    )
}

impl Parameter {
    /// An empty text is no text.
    pub fn required(mut self) -> Self {
        self.required = true;
        self.schema["minLength"] = 1.into();
        self
    }

    pub fn says(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    pub fn schema(&self) -> Value {
        let mut parameter = json!({ "name": self.name, "in": "query", "schema": self.schema });
        let how = match self.required {
            true => "required",
            false => "allowEmptyValue",
        };
        parameter[how] = true.into();
        if !self.description.is_empty() {
            parameter["description"] = self.description.as_str().into();
        }
        parameter
    }
}
