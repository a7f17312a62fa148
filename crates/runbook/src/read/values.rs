//! Single values: texts, durations, numbers, lists. `None` means that the report says why.

use crate::diagnostic::DiagnosticCode as Code;
use crate::format::{Key, names};
use crate::model::Pause;
use crate::node::{Field, Kind};
use crate::report::Report;
use crate::suggest;
use serde_json::Value;
use std::ops::RangeInclusive;

/// The value of an optional key; an empty one counts as absent.
pub(super) fn optional<'n>(field: &Field<'n>, key: &str) -> Option<Field<'n>> {
    field.get(key).filter(|field| !field.node.is_null())
}

/// The value of a key that has to be there.
pub(super) fn required<'n>(
    field: &Field<'n>,
    key: &str,
    owner: &str,
    hint: &str,
    report: &mut Report<'_>,
) -> Option<Field<'n>> {
    let found = optional(field, key);
    if found.is_none() {
        let message = format!("{owner} needs `{key}`");
        report.at(field, Code::MissingKey, message, hint);
    }
    found
}

pub(super) fn expect_map(field: &Field<'_>, what: &str, report: &mut Report<'_>) -> bool {
    let is_map = matches!(field.node.kind, Kind::Map(_));
    if !is_map {
        let message = format!("{what} has to be a map, not {}", field.node.type_word());
        report.at(field, Code::WrongType, message, "");
    }
    is_map
}

pub(super) fn expect_list(field: &Field<'_>, what: &str, report: &mut Report<'_>) -> bool {
    let is_list = matches!(field.node.kind, Kind::List(_));
    if !is_list {
        let message = format!("{what} has to be a list, not {}", field.node.type_word());
        report.at(field, Code::WrongType, message, "begin each item with `- `");
    }
    is_list
}

/// A text as it is written; `8080` and `true` are texts too where a text is wanted.
pub(super) fn text(field: &Field<'_>, report: &mut Report<'_>) -> Option<String> {
    match &field.node.kind {
        Kind::Scalar { text, value } if !value.is_null() => {
            if text.contains('\0') {
                let message = "the text holds a NUL character";
                report.at(field, Code::BadValue, message, "remove it");
                return None;
            }
            Some(text.clone())
        }
        _ => {
            let message = format!("here should be a text, not {}", field.node.type_word());
            report.at(field, Code::WrongType, message, "");
            None
        }
    }
}

/// A text that is not blank and has at most `limit` characters in one line.
pub(super) fn line(field: &Field<'_>, limit: usize, report: &mut Report<'_>) -> Option<String> {
    let text = text(field, report)?;
    let text = text.trim();
    let message = if text.is_empty() {
        "the text is empty".to_string()
    } else if text.chars().any(char::is_control) {
        "the text has to be one line without control characters".to_string()
    } else if text.chars().count() > limit {
        format!("the text is longer than {limit} characters")
    } else {
        return Some(text.to_string());
    };
    report.at(field, Code::BadValue, message, "");
    None
}

/// A name that has the shape which `fits` tests.
pub(super) fn name(
    field: &Field<'_>,
    what: &str,
    shape: &str,
    fits: impl Fn(&str) -> bool,
    report: &mut Report<'_>,
) -> Option<String> {
    let text = text(field, report)?;
    if fits(&text) {
        return Some(text);
    }
    report.at(
        field,
        Code::BadValue,
        format!("`{text}` is no {what}"),
        shape,
    );
    None
}

/// A duration in whole seconds, at least one.
pub(super) fn seconds(field: &Field<'_>, report: &mut Report<'_>) -> Option<u32> {
    let text = text(field, report)?;
    let hint = "write whole seconds as 90, 90s, 5m, 2h or 1d";
    let duration = match ops_core::duration::parse(&text) {
        Ok(duration) => duration,
        Err(error) => {
            report.at(field, Code::BadValue, error.to_string(), "");
            return None;
        }
    };
    match u32::try_from(duration.as_secs()) {
        Ok(seconds) if seconds > 0 && duration.subsec_nanos() == 0 => Some(seconds),
        _ => {
            let message = format!("`{text}` is no number of whole seconds from 1");
            report.at(field, Code::BadValue, message, hint);
            None
        }
    }
}

pub(super) fn whole_number(field: &Field<'_>, report: &mut Report<'_>) -> Option<u64> {
    let number = match &field.node.kind {
        Kind::Scalar { value, .. } => value.as_u64(),
        _ => None,
    };
    if number.is_none() {
        let message = format!(
            "here should be a whole number, not {}",
            field.node.type_word()
        );
        report.at(field, Code::WrongType, message, "");
    }
    number
}

/// A number from a range, as in `factor: 1.5`.
pub(super) fn fraction(
    field: &Field<'_>,
    allowed: &RangeInclusive<f64>,
    report: &mut Report<'_>,
) -> Option<f64> {
    let number = match &field.node.kind {
        Kind::Scalar { value, .. } => value.as_f64(),
        _ => None,
    };
    let found = number.filter(|number| allowed.contains(number));
    if found.is_none() {
        let (least, most) = (allowed.start(), allowed.end());
        let message = format!("here should be a number from {least} to {most}");
        report.at(field, Code::BadValue, message, "");
    }
    found
}

/// A whole number from a range.
pub(super) fn whole_within(
    field: &Field<'_>,
    allowed: &RangeInclusive<u64>,
    report: &mut Report<'_>,
) -> Option<u64> {
    let number = whole_number(field, report)?;
    if allowed.contains(&number) {
        return Some(number);
    }
    let (least, most) = (allowed.start(), allowed.end());
    let message = format!("{number} is outside of what is allowed: {least} to {most}");
    report.at(field, Code::BadValue, message, "");
    None
}

/// A time of at least a millisecond. A number may have a point: `0.5` is half a second.
pub(super) fn pause(field: &Field<'_>, report: &mut Report<'_>) -> Option<Pause> {
    if let Kind::Scalar {
        value: Value::Number(number),
        ..
    } = &field.node.kind
    {
        return told(field, Pause::try_from(number.clone()), report);
    }
    let text = text(field, report)?;
    let duration = told(field, ops_core::duration::parse(&text), report)?;
    told(field, Pause::try_from(duration), report)
}

fn told<T, E: std::fmt::Display>(
    field: &Field<'_>,
    result: Result<T, E>,
    report: &mut Report<'_>,
) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            report.at(field, Code::BadValue, error.to_string(), "");
            None
        }
    }
}

pub(super) fn boolean(field: &Field<'_>, report: &mut Report<'_>) -> Option<bool> {
    let truth = match &field.node.kind {
        Kind::Scalar { value, .. } => value.as_bool(),
        _ => None,
    };
    if truth.is_none() {
        let message = format!(
            "here should be true or false, not {}",
            field.node.type_word()
        );
        report.at(field, Code::WrongType, message, "");
    }
    truth
}

pub(super) fn is_false(field: &Field<'_>) -> bool {
    matches!(
        &field.node.kind,
        Kind::Scalar {
            value: Value::Bool(false),
            ..
        }
    )
}

/// Refuses keys that are not in the table, naming the nearest.
pub(super) fn refuse_unknown(
    field: &Field<'_>,
    owner: &str,
    keys: &'static [Key],
    report: &mut Report<'_>,
) {
    let known: Vec<&str> = names(keys).collect();
    for (entry, value) in field.entries() {
        if known.contains(&entry.key.as_str()) {
            continue;
        }
        if report.is_full() {
            return;
        }
        let message = format!("{owner} has no key `{}`", entry.key);
        let hint = match entry.key.as_str() {
            "<<" => "write the keys out; runbooks know no merge keys".to_string(),
            key => suggest::hint(key, &known, "keys"),
        };
        report.add(entry.key_span, &value.path, Code::UnknownKey, message, hint);
    }
}
