//! `expect:` of an `http` step.

use super::http::{POINTER_SHAPE, each_text};
use super::scope::Scope;
use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::EXPECT;
use crate::model::{Expect, StatusMatch, WantedStatus};
use crate::names::{is_header_name, is_pointer};
use crate::node::{Field, Kind};
use crate::report::Report;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn read(call: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Expect {
    let mut expect = Expect::default();
    let Some(field) = values::optional(call, "expect") else {
        return expect;
    };
    if !values::expect_map(&field, "`expect`", report) {
        return expect;
    }
    values::refuse_unknown(&field, "`expect`", &EXPECT, report);
    if let Some(wanted) = values::optional(&field, "status") {
        expect.status = status(&wanted, scope, report).unwrap_or_default();
    }
    if let Some(texts) = values::optional(&field, "body_contains") {
        expect.body_contains = body_contains(&texts, scope, report);
    }
    if let Some(map) = values::optional(&field, "json") {
        expect.json = pointed(&map, scope, report);
    }
    if let Some(map) = values::optional(&field, "header") {
        expect.header = header(&map, scope, report);
    }
    expect
}

fn status(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<WantedStatus> {
    if matches!(field.node.kind, Kind::List(_)) {
        let all: Option<Vec<_>> = field
            .items()
            .map(|item| one_status(&item, report))
            .collect();
        let all = all?;
        if all.is_empty() {
            report.at(
                field,
                Code::BadValue,
                "no status at all is expected",
                STATUS_SHAPE,
            );
            return None;
        }
        return Some(WantedStatus::OneOf(all));
    }
    let text = values::text(field, report)?;
    if text.contains("{{") {
        scope.check_text(field, &text, report);
        return Some(WantedStatus::Late(text));
    }
    Some(WantedStatus::OneOf(vec![one_status(field, report)?]))
}

const STATUS_SHAPE: &str = "write `200`, `[200, 204]` or `2xx`";

fn one_status(field: &Field<'_>, report: &mut Report<'_>) -> Option<StatusMatch> {
    let text = values::text(field, report)?;
    match StatusMatch::read(&text) {
        Ok(status) => Some(status),
        Err(error) => {
            report.at(field, Code::BadValue, error.to_string(), STATUS_SHAPE);
            None
        }
    }
}

fn body_contains(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Vec<String> {
    let mut one = |field: &Field<'_>| {
        let text = values::text(field, report)?;
        scope.check_text(field, &text, report);
        Some(text)
    };
    match field.node.kind {
        Kind::List(_) => field.items().filter_map(|item| one(&item)).collect(),
        _ => one(field).into_iter().collect(),
    }
}

fn pointed(map: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> BTreeMap<String, Value> {
    let mut wanted = BTreeMap::new();
    if !values::expect_map(map, "`json` of `expect`", report) {
        return wanted;
    }
    for (entry, field) in map.entries() {
        if !is_pointer(&entry.key) {
            let message = format!("`{}` is no JSON pointer", entry.key);
            report.add(
                entry.key_span,
                &field.path,
                Code::BadValue,
                message,
                POINTER_SHAPE,
            );
        }
        each_text(&field, &mut |field, text| {
            scope.check_text(field, text, report)
        });
        wanted.insert(entry.key.clone(), field.node.to_json());
    }
    wanted
}

fn header(map: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let mut wanted = BTreeMap::new();
    if !values::expect_map(map, "`header` of `expect`", report) {
        return wanted;
    }
    for (entry, field) in map.entries() {
        let name = entry.key.to_ascii_lowercase();
        if !is_header_name(&name) {
            let message = format!("`{name}` is no name of a header");
            report.add(
                entry.key_span,
                &field.path,
                Code::BadValue,
                message,
                "as in `content-type`",
            );
        }
        // An empty value is an empty header.
        let text = match field.node.is_null() {
            true => Some(String::new()),
            false => values::text(&field, report),
        };
        if let Some(text) = text {
            scope.check_text(&field, &text, report);
            wanted.insert(name, text);
        }
    }
    wanted
}
