//! How parameters and outputs become environment variables of a shell.

use serde_json::Value;

/// The variable of a parameter: `PARAM_my_x` for `my-x`, case kept. Two parameters can map to
/// the same variable; the validator refuses that.
pub fn param_env_name(param: &str) -> String {
    format!("PARAM_{}", sanitize(param))
}

/// The variable by which later steps read an output: `STEP_build_url` for `url` of `build`.
pub fn step_env_name(step: &str, key: &str) -> String {
    format!("STEP_{}_{}", sanitize(step), sanitize(key))
}

/// The text of a value in an environment variable and after interpolation: texts as they are,
/// nothing for null, everything else as compact JSON.
pub fn env_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn sanitize(name: &str) -> String {
    name.chars()
        .map(|c| match c.is_ascii_alphanumeric() {
            true => c,
            false => '_',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_keep_their_case_and_lose_what_a_shell_cannot_read() {
        assert_eq!(param_env_name("X"), "PARAM_X");
        assert_eq!(param_env_name("my-x"), "PARAM_my_x");
        assert_eq!(param_env_name("a.b_c"), "PARAM_a_b_c");
        assert_eq!(step_env_name("build", "url"), "STEP_build_url");
        assert_eq!(
            step_env_name("build-it", "the-url"),
            "STEP_build_it_the_url"
        );
    }

    #[test]
    fn values_become_text() {
        for (value, text) in [
            (json!("two words"), "two words"),
            (json!(3), "3"),
            (json!(1.5), "1.5"),
            (json!(true), "true"),
            (json!(null), ""),
            (json!(["a", 1]), r#"["a",1]"#),
            (json!({"a": {"b": []}}), r#"{"a":{"b":[]}}"#),
        ] {
            assert_eq!(env_text(&value), text);
        }
    }
}
