//! The parameters of a runbook: a part of JSON Schema 2020-12 that can be checked in linear time
//! and drawn as a form.

mod cli;
mod defaults;
mod instance;
mod params;
mod pattern;
mod shape;

pub use cli::parse_cli_param;
pub(crate) use params::{empty, read};

use ops_core::FieldError;
use serde_json::{Map, Value};

/// Checks parameters against the schema of a runbook (the canonical form) and applies the
/// defaults. The fields of the errors are JSON pointers such as `/params/x`; at most 100 errors.
pub fn check_params(
    schema: &Value,
    params: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<FieldError>> {
    let none = empty();
    let schema = if schema.is_object() { schema } else { &none };
    let mut params = params.clone();
    defaults::apply(schema, &mut params);
    let value = Value::Object(params);
    let errors = instance::check(schema, &value, "/params");
    match value {
        Value::Object(params) if errors.is_empty() => Ok(params),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests;
