//! What only requests to the spec kit itself have.

use crate::wrong::Wrong;
use ops_spec_kit::config::Date;

/// Longest path of a document that is validated and not stored, in bytes.
const PATH_BYTES: usize = 300;

pub fn date(wrong: &mut Wrong, text: Option<&str>) {
    wrong.unless(
        text.is_none_or(|day| Date::parse(day).is_some()),
        "/date",
        "must be a day such as 2026-01-31",
    );
}

pub fn path(wrong: &mut Wrong, text: &str, field: String) {
    let hops = |part: &str| part.is_empty() || part == "..";
    wrong.unless(
        (1..=PATH_BYTES).contains(&text.len()) && !text.split('/').any(hops),
        field,
        format!(
            "must be a path of 1 to {PATH_BYTES} bytes such as `specs/search/prd.md`, without `..`"
        ),
    );
}
