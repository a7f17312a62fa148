use crate::html::{Html, escape_into};
use serde_json::Value;

/// Levels that are drawn one by one; what lies deeper stays on one line.
const MAX_DEPTH: usize = 24;

/// JSON, indented and coloured.
pub fn json(value: &Value) -> Html {
    let mut out = String::from("<pre class=\"json\">");
    write(&mut out, value, 0);
    out.push_str("</pre>");
    Html::trusted(out)
}

/// The same from text; a text that is no JSON is shown as it stands.
pub fn json_text(text: &str) -> Html {
    match serde_json::from_str(text) {
        Ok(value) => json(&value),
        Err(_) => {
            let mut out = String::from("<pre class=\"json\">");
            escape_into(&mut out, text);
            out.push_str("</pre>");
            Html::trusted(out)
        }
    }
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Array(items) if !items.is_empty() && depth < MAX_DEPTH => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                separate(out, at, depth + 1);
                write(out, item, depth + 1);
            }
            separate(out, 0, depth);
            out.push(']');
        }
        Value::Object(entries) if !entries.is_empty() && depth < MAX_DEPTH => {
            out.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                separate(out, at, depth + 1);
                token(out, "j-key", &Value::from(key.as_str()));
                out.push_str(": ");
                write(out, item, depth + 1);
            }
            separate(out, 0, depth);
            out.push('}');
        }
        Value::String(_) => token(out, "j-text", value),
        Value::Number(_) => token(out, "j-number", value),
        Value::Bool(_) | Value::Null => token(out, "j-word", value),
        Value::Array(_) | Value::Object(_) => escape_into(out, &value.to_string()),
    }
}

fn separate(out: &mut String, at: usize, depth: usize) {
    out.push_str(if at > 0 { ",\n" } else { "\n" });
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn token(out: &mut String, class: &str, value: &Value) {
    out.push_str("<span class=\"");
    out.push_str(class);
    out.push_str("\">");
    escape_into(out, &value.to_string());
    out.push_str("</span>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn indented_and_escaped() {
        assert_eq!(
            super::json(&json!({"a<": [1, "x"], "b": {}})).as_str(),
            "<pre class=\"json\">{\n  <span class=\"j-key\">&quot;a&lt;&quot;</span>: [\n    \
             <span class=\"j-number\">1</span>,\n    <span class=\"j-text\">&quot;x&quot;</span>\n  ],\n  \
             <span class=\"j-key\">&quot;b&quot;</span>: {}\n}</pre>"
        );
    }

    #[test]
    fn no_json_is_shown_as_it_stands() {
        assert_eq!(json_text("{<").as_str(), "<pre class=\"json\">{&lt;</pre>");
    }
}
