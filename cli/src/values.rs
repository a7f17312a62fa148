//! Readers of single arguments. What they refuse, the argument parser tells with exit code 2.

use ops_core::RunStatus;
use ops_core::api::TokenKind;
use std::str::FromStr;
use std::time::Duration;

/// `key=value` of `-p`; the value may hold further `=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValue {
    pub key: String,
    pub value: String,
}

impl FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(KeyValue {
                key: key.into(),
                value: value.into(),
            }),
            _ => Err("write it as KEY=VALUE".into()),
        }
    }
}

pub fn id(text: &str) -> Result<String, String> {
    if ops_core::text::is_uuid(text) {
        return Ok(text.to_ascii_lowercase());
    }
    Err("this is no id; ids look like 8dfdee46-0f3f-4305-aba3-c316f6576a6f".into())
}

pub fn lane(text: &str) -> Result<String, String> {
    if ops_core::text::is_lane(text) {
        return Ok(text.into());
    }
    Err("a lane's name has letters, digits, `_`, `.` and `-`, at most 64".into())
}

pub fn duration(text: &str) -> Result<Duration, String> {
    ops_core::duration::parse(text).map_err(|error| error.to_string())
}

/// Whole seconds; what is shorter than one would be refused later with less of an explanation.
pub fn seconds(text: &str) -> Result<u32, String> {
    let seconds = duration(text)?.as_millis().div_ceil(1_000);
    match u32::try_from(seconds) {
        Ok(seconds) if seconds > 0 => Ok(seconds),
        _ => Err("must be a second or longer".into()),
    }
}

pub fn timestamp(text: &str) -> Result<String, String> {
    if ops_core::text::is_timestamp(text) {
        return Ok(text.into());
    }
    Err("write it as 2026-11-24T22:30:00Z".into())
}

pub fn status(text: &str) -> Result<RunStatus, String> {
    RunStatus::parse(text).ok_or_else(|| {
        let all = RunStatus::ALL.map(RunStatus::as_str);
        format!("must be one of {}", all.join(", "))
    })
}

pub fn token_kind(text: &str) -> Result<TokenKind, String> {
    match text {
        "operator" => Ok(TokenKind::Operator),
        "viewer" => Ok(TokenKind::Viewer),
        "worker" => Ok(TokenKind::Worker),
        _ => Err("must be operator, viewer or worker".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_split_at_the_first_sign() {
        let pair = |text: &str| text.parse::<KeyValue>().map(|p| (p.key, p.value));
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(pair("a="), Ok(("a".into(), String::new())));
        assert!(pair("a").is_err() && pair("=b").is_err());
    }

    #[test]
    fn timeouts_are_whole_seconds() {
        assert_eq!(seconds("5m"), Ok(300));
        assert_eq!(seconds("250ms"), Ok(1));
        assert!(seconds("0").is_err() && seconds("soon").is_err());
    }
}
