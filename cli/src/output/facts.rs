//! One thing and what is known of it, a line each.

use super::style::{Paint, To};
use super::text::plain;
use crate::failure::Failure;
use crate::time;

/// `value` is painted or plain already.
pub fn fact(name: &str, value: &str) -> Result<(), Failure> {
    let name = To::Out.paint(Paint::Dim, &format!("{name:<14}"));
    super::line(format_args!("  {name}  {value}"))
}

/// Other people's text, where there is one.
pub fn maybe(name: &str, value: Option<&str>) -> Result<(), Failure> {
    value.map_or(Ok(()), |value| fact(name, &plain(value)))
}

/// `2026-11-24 22:30:00 UTC (4s ago)`.
pub fn ago(at: &str, now: i64) -> String {
    match time::micros(at) {
        Some(then) => format!("{} ({} ago)", time::utc(then), time::age(then, now)),
        None => at.into(),
    }
}
