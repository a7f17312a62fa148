//! Readers of single arguments. What they refuse, the argument parser tells with exit code 2.

use crate::time;
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

/// A moment as it travels: a timestamp, or how long ago it was.
pub fn moment(text: &str) -> Result<String, String> {
    if let Ok(timestamp) = timestamp(text) {
        return Ok(timestamp);
    }
    let ago = duration(text)
        .map_err(|_| "write it as 2026-11-24T22:30:00Z, or as an age such as 2h".to_string())?;
    let ago = i64::try_from(ago.as_micros()).unwrap_or(i64::MAX);
    Ok(time::rfc3339(time::now() - ago))
}

pub fn status(text: &str) -> Result<RunStatus, String> {
    one_of(text, &RunStatus::ALL)
}

/// Of a run that can be cancelled.
pub fn living(text: &str) -> Result<RunStatus, String> {
    let living = |status: &RunStatus| !status.is_terminal();
    one_of(
        text,
        &RunStatus::ALL
            .into_iter()
            .filter(living)
            .collect::<Vec<_>>(),
    )
}

/// Of a run that did not succeed.
pub fn unsuccessful(text: &str) -> Result<RunStatus, String> {
    let ended = |status: &RunStatus| status.is_terminal() && *status != RunStatus::Succeeded;
    one_of(
        text,
        &RunStatus::ALL.into_iter().filter(ended).collect::<Vec<_>>(),
    )
}

fn one_of(text: &str, all: &[RunStatus]) -> Result<RunStatus, String> {
    RunStatus::parse(text)
        .filter(|status| all.contains(status))
        .ok_or_else(|| {
            let all: Vec<_> = all.iter().map(|status| status.as_str()).collect();
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
    fn a_moment_is_a_timestamp_or_an_age() {
        assert_eq!(
            moment("2026-11-24T22:30:00Z").as_deref(),
            Ok("2026-11-24T22:30:00Z")
        );
        let ago = moment("2h").map(|then| time::micros(&then).unwrap_or_default());
        let hours = ago.map(|then| (time::now() - then) / 3_600_000_000);
        assert_eq!(hours, Ok(2));
        assert!(moment("yesterday").is_err());
    }

    #[test]
    fn what_cannot_be_cancelled_or_retried_is_refused_here() {
        assert_eq!(living("queued"), Ok(RunStatus::Queued));
        assert_eq!(unsuccessful("timed_out"), Ok(RunStatus::TimedOut));
        assert!(living("failed").is_err() && unsuccessful("succeeded").is_err());
    }

    #[test]
    fn timeouts_are_whole_seconds() {
        assert_eq!(seconds("5m"), Ok(300));
        assert_eq!(seconds("250ms"), Ok(1));
        assert!(seconds("0").is_err() && seconds("soon").is_err());
    }
}
