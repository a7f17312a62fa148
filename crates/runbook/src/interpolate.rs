//! `{{ path }}` in texts that no shell reads: artifacts and environment values.

use crate::env::env_text;
use crate::expr::{ExprError, Operand, PathRef};
use crate::limits::MAX_INTERPOLATED_BYTES;
use serde_json::Value;

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterpolateError {
    /// `nth` counts the `{{` of the text from 0.
    #[error("this `{{{{` has no `}}}}`")]
    NotClosed { nth: usize },
    #[error("{error}")]
    Expression { nth: usize, error: ExprError },
    #[error("the text has more than {MAX_INTERPOLATED_BYTES} bytes after interpolation")]
    TooLarge,
}

/// One piece of a text with `{{ … }}`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece<'t> {
    Text(&'t str),
    /// `nth` counts the `{{` of the text from 0.
    Path {
        path: PathRef,
        nth: usize,
    },
    /// A quoted text, a number: the way to write `{{` itself is `{{ '{{' }}`.
    Literal(Value),
}

/// Puts values into a text. The paths are those of `if`; a missing value gives nothing.
pub fn interpolate(text: &str, values: &Value) -> Result<String, InterpolateError> {
    let mut result = String::new();
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => result.push_str(text),
            Piece::Path { path, .. } => result.push_str(&env_text(path.lookup(values))),
            Piece::Literal(value) => result.push_str(&env_text(&value)),
        }
        // A small text can name a large value thousands of times.
        if result.len() > MAX_INTERPOLATED_BYTES {
            return Err(InterpolateError::TooLarge);
        }
    }
    Ok(result)
}

/// The same for a web address. What stands in its path or query is percent-encoded, so that a
/// value with a space, `&` or `#` in it stays one value; `/`, `:`, `@` and `,` stay as they are.
pub fn interpolate_url(text: &str, values: &Value) -> Result<String, InterpolateError> {
    let mut result = String::new();
    for piece in pieces(text)? {
        let value = match piece {
            Piece::Text(text) => {
                result.push_str(text);
                continue;
            }
            Piece::Path { path, .. } => env_text(path.lookup(values)),
            Piece::Literal(value) => env_text(&value),
        };
        let beyond_host = result
            .split_once("://")
            .is_some_and(|(_, rest)| rest.contains(['/', '?', '#']));
        match beyond_host {
            true => value.bytes().for_each(|byte| encode(byte, &mut result)),
            false => result.push_str(&value),
        }
        if result.len() > MAX_INTERPOLATED_BYTES {
            return Err(InterpolateError::TooLarge);
        }
    }
    Ok(result)
}

fn encode(byte: u8, out: &mut String) {
    match byte {
        b if b.is_ascii_alphanumeric() || b"-._~/:@,".contains(&b) => out.push(b.into()),
        other => out.push_str(&format!("%{other:02X}")),
    }
}

/// The same in all texts of a JSON value. A text that is nothing but one `{{ … }}` becomes the
/// value itself, so a number stays a number. Keys stay as they are.
pub fn interpolate_json(value: &Value, values: &Value) -> Result<Value, InterpolateError> {
    let mut budget = MAX_INTERPOLATED_BYTES;
    fill(value, values, &mut budget)
}

/// `budget`: bytes that the texts may still have together.
fn fill(value: &Value, values: &Value, budget: &mut usize) -> Result<Value, InterpolateError> {
    Ok(match value {
        Value::String(text) => {
            let filled = match pieces(text)?.as_slice() {
                [Piece::Text(""), Piece::Path { path, .. }, Piece::Text("")] => {
                    path.lookup(values).clone()
                }
                _ => Value::String(interpolate(text, values)?),
            };
            let bytes = env_text(&filled).len();
            *budget = budget
                .checked_sub(bytes)
                .ok_or(InterpolateError::TooLarge)?;
            filled
        }
        Value::Array(items) => items
            .iter()
            .map(|item| fill(item, values, budget))
            .collect::<Result<_, _>>()?,
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| Ok((key.clone(), fill(value, values, budget)?)))
            .collect::<Result<_, _>>()?,
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

pub(crate) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, InterpolateError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut nth = 0;
    while let Some(open) = rest.find(OPEN) {
        pieces.push(Piece::Text(&rest[..open]));
        let inner = &rest[open + OPEN.len()..];
        let length = closing(inner).ok_or(InterpolateError::NotClosed { nth })?;
        let value = crate::expr::parse_operand(&inner[..length])
            .map_err(|error| InterpolateError::Expression { nth, error })?;
        pieces.push(match value {
            Operand::Path(path) => Piece::Path { path, nth },
            Operand::Literal(literal) => Piece::Literal(literal),
        });
        nth += 1 + inner[..length].matches(OPEN).count();
        rest = &inner[length + CLOSE.len()..];
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// Where the `}}` outside of quotes is.
fn closing(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in inner.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if inner[at..].starts_with(CLOSE) => return Some(at),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_stand_where_their_path_stood() {
        let values = json!({
            "params": {"name": "web", "my-x": [1, 2]},
            "steps": {"build": {"outputs": {"url": "https://a"}}},
            "run": {"id": "r1"},
        });
        for (text, result) in [
            ("no braces", "no braces"),
            (
                "{{ params.name }}: {{steps.build.outputs.url}}",
                "web: https://a",
            ),
            (
                "{{ params['my-x'] }}{{ params.none }}{{ run.id }}",
                "[1,2]r1",
            ),
            ("{{ '{{ }}' }} {", "{{ }} {"),
            ("a }} b", "a }} b"),
        ] {
            assert_eq!(interpolate(text, &values).as_deref(), Ok(result), "{text}");
        }
    }

    #[test]
    fn a_value_stays_one_value_of_an_address() {
        let values = json!({"params": {
            "url": "https://a.org:8080/x?y=1", "host": "a.org:8080", "odd": "a b&c=d#é/?%",
        }});
        for (text, url) in [
            ("{{ params.url }}", "https://a.org:8080/x?y=1"),
            ("https://{{ params.host }}/h", "https://a.org:8080/h"),
            (
                "{{ params.url }}&q={{ params.odd }}",
                "https://a.org:8080/x?y=1&q=a%20b%26c%3Dd%23%C3%A9/%3F%25",
            ),
            ("https://a.org/{{ params.none }}z", "https://a.org/z"),
        ] {
            assert_eq!(interpolate_url(text, &values).as_deref(), Ok(url), "{text}");
        }
    }

    #[test]
    fn json_keeps_the_types_of_whole_values() {
        let values = json!({"params": {"n": 3, "list": [1, null], "s": "a\"b"}});
        let template = json!({
            "n": "{{ params.n }}", "text": "n={{ params.n }}", "list": ["{{ params.list }}"],
            "quoted": "{{ params.s }}!", "missing": "{{ params.none }}", "{{ params.s }}": true,
        });
        assert_eq!(
            interpolate_json(&template, &values),
            Ok(json!({
                "n": 3, "text": "n=3", "list": [[1, null]], "quoted": "a\"b!", "missing": null,
                "{{ params.s }}": true,
            }))
        );
        let large = json!({"params": {"x": "a".repeat(100_000)}});
        assert_eq!(
            interpolate_json(&json!(vec!["{{ params.x }}"; 1_000]), &large),
            Err(InterpolateError::TooLarge)
        );
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let error = |text| interpolate(text, &json!({})).unwrap_err().to_string();
        assert_eq!(error("a {{ params.x"), "this `{{` has no `}}`");
        assert_eq!(error("{{ }}"), "there is nothing between `{{` and `}}`");
        assert_eq!(error("{{ env.HOME }}"), "`env` is unknown");
        assert_eq!(
            error("{{ params.a == 1 }}"),
            "only a path may stand between `{{` and `}}`"
        );
    }

    #[test]
    fn a_small_text_cannot_grow_without_bound() {
        let values = json!({"params": {"x": "a".repeat(100_000)}});
        assert_eq!(
            interpolate(&"{{ params.x }}".repeat(1_000), &values),
            Err(InterpolateError::TooLarge)
        );
    }
}
