//! Which status of an HTTP answer is the wanted one: `200`, `[200, 204]`, `2xx`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where nothing is said, 200 to 299.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub enum WantedStatus {
    /// One of these.
    OneOf(Vec<StatusMatch>),
    /// A text with `{{ … }}`, which is read by [`StatusMatch::read_list`] after interpolation.
    Late(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusMatch {
    /// 100 to 599.
    Code(u16),
    /// The first digit: 2 for `2xx`.
    Class(u16),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no HTTP status")]
pub struct InvalidStatus(pub String);

impl StatusMatch {
    /// Reads `204` or `2xx`.
    pub fn read(text: &str) -> Result<Self, InvalidStatus> {
        let invalid = || InvalidStatus(text.to_string());
        let text = text.trim();
        let class = text.strip_suffix("xx").or(text.strip_suffix("XX"));
        let digits = class.unwrap_or(text);
        let fits = digits.len() == if class.is_some() { 1 } else { 3 };
        if !fits || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid());
        }
        let number: u16 = digits.parse().map_err(|_| invalid())?;
        match class {
            Some(_) if (1..=5).contains(&number) => Ok(StatusMatch::Class(number)),
            None if (100..=599).contains(&number) => Ok(StatusMatch::Code(number)),
            _ => Err(invalid()),
        }
    }

    /// Reads one or several: `200`, `2xx`, `200, 204`, `[200, 204]`.
    pub fn read_list(text: &str) -> Result<Vec<Self>, InvalidStatus> {
        text.trim_start_matches('[')
            .trim_end_matches(']')
            .split(',')
            .map(|part| Self::read(part.trim().trim_matches('"')))
            .collect()
    }

    pub fn matches(self, status: u16) -> bool {
        match self {
            StatusMatch::Code(code) => code == status,
            StatusMatch::Class(class) => class == status / 100,
        }
    }
}

impl std::fmt::Display for StatusMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StatusMatch::Code(code) => write!(f, "{code}"),
            StatusMatch::Class(class) => write!(f, "{class}xx"),
        }
    }
}

impl WantedStatus {
    pub(super) fn is_default(&self) -> bool {
        *self == WantedStatus::default()
    }
}

impl Default for WantedStatus {
    fn default() -> Self {
        WantedStatus::OneOf(vec![StatusMatch::Class(2)])
    }
}

impl From<WantedStatus> for Value {
    fn from(wanted: WantedStatus) -> Value {
        let one = |status: &StatusMatch| match status {
            StatusMatch::Code(code) => Value::from(*code),
            StatusMatch::Class(_) => Value::from(status.to_string()),
        };
        match wanted {
            WantedStatus::Late(text) => Value::from(text),
            WantedStatus::OneOf(list) => match list.as_slice() {
                [only] => one(only),
                many => many.iter().map(one).collect(),
            },
        }
    }
}

impl TryFrom<Value> for WantedStatus {
    type Error = InvalidStatus;

    fn try_from(value: Value) -> Result<Self, InvalidStatus> {
        let one = |value: &Value| StatusMatch::read(&crate::env_text(value));
        Ok(match &value {
            Value::String(text) if text.contains("{{") => WantedStatus::Late(text.clone()),
            Value::Array(list) => {
                WantedStatus::OneOf(list.iter().map(one).collect::<Result<_, _>>()?)
            }
            value => WantedStatus::OneOf(vec![one(value)?]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_status_is_a_code_or_a_class() {
        for (text, hits, misses) in [("204", 204, 200), ("2xx", 299, 300), ("5XX", 500, 499)] {
            let status = StatusMatch::read(text).unwrap();
            assert!(status.matches(hits) && !status.matches(misses), "{text}");
        }
        for text in [
            "", "20", "600", "6xx", "99", "2x", "+20", "0200", "xx", "2XXX",
        ] {
            assert!(StatusMatch::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_value_of_a_parameter_may_name_several() {
        for text in ["200, 3xx", "[200,\"3xx\"]", "200,3xx"] {
            assert_eq!(
                StatusMatch::read_list(text),
                Ok(vec![StatusMatch::Code(200), StatusMatch::Class(3)]),
                "{text}"
            );
        }
        assert_eq!(
            StatusMatch::read_list("200,no").unwrap_err().to_string(),
            "`no` is no HTTP status"
        );
    }

    #[test]
    fn the_json_is_what_people_write() {
        for value in [
            json!(200),
            json!("2xx"),
            json!([200, "3xx"]),
            json!("{{ params.s }}"),
        ] {
            let wanted: WantedStatus = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(wanted).unwrap(), value);
        }
        assert!(serde_json::from_value::<WantedStatus>(json!({"a": 1})).is_err());
    }
}
