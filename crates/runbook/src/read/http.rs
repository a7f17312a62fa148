//! The step kind `http`.

use super::scope::Scope;
use super::{artifact, expect, values};
use crate::diagnostic::DiagnosticCode as Code;
use crate::format::keys::HTTP;
use crate::limits::{HTTP_BODY_BYTES, MAX_HTTP_BYTES};
use crate::model::{HttpCall, HttpMethod};
use crate::names::{is_header_name, is_output_key, is_pointer};
use crate::node::{Field, Kind};
use crate::report::Report;
use crate::suggest;
use serde_json::Value;
use std::collections::BTreeMap;

/// The client writes them itself.
const OWN_HEADERS: [&str; 7] = [
    "connection",
    "content-length",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Every answer has these outputs.
const OWN_OUTPUTS: [&str; 2] = ["status", "body"];

pub(super) const POINTER_SHAPE: &str =
    "a JSON pointer, as in `/items/0/id`; empty is the whole answer";

pub(super) fn read(
    field: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> Option<HttpCall> {
    let hint = "write for example `http: {url: \"https://example.org/health\"}`";
    if !matches!(field.node.kind, Kind::Map(_)) {
        let message = format!("`http` has to be a map, not {}", field.node.type_word());
        report.at(field, Code::WrongType, message, hint);
        return None;
    }
    refuse_insecure(field, report);
    values::refuse_unknown(field, "`http`", &HTTP, report);
    let method = match values::optional(field, "method") {
        Some(field) => method(&field, report),
        None => Some(HttpMethod::Get),
    };
    let url = values::required(field, "url", "`http`", hint, report)
        .and_then(|field| url(&field, scope, report));
    let headers = headers(field, scope, report);
    let (body, json) = body(field, method, scope, report);
    let expect = expect::read(field, scope, report);
    let outputs = outputs(field, report);
    let follow_redirects = values::optional(field, "follow_redirects")
        .and_then(|field| values::boolean(&field, report));
    let max_bytes = values::optional(field, "max_bytes")
        .and_then(|field| values::whole_within(&field, &MAX_HTTP_BYTES, report));
    Some(HttpCall {
        method: method?,
        url: url?,
        headers,
        body,
        json,
        expect,
        outputs,
        follow_redirects: follow_redirects.unwrap_or(true),
        max_bytes: max_bytes.unwrap_or(HTTP_BODY_BYTES),
    })
}

/// There is no such key, and there will be none.
fn refuse_insecure(field: &Field<'_>, report: &mut Report<'_>) {
    for key in ["insecure", "verify", "tls_verify"] {
        let Some(value) = field.get(key) else {
            continue;
        };
        let message = "certificates are always checked";
        let hint = "give the worker the authority's certificate by its variable SSL_CERT_FILE";
        report.at(&value, Code::BadValue, message, hint);
    }
}

fn method(field: &Field<'_>, report: &mut Report<'_>) -> Option<HttpMethod> {
    let word = values::text(field, report)?;
    let method = HttpMethod::by_name(&word);
    if method.is_none() {
        let message = format!("`{word}` is no method here");
        let hint = suggest::hint(&word, &HttpMethod::NAMES, "methods");
        report.at(field, Code::BadValue, message, hint);
    }
    method
}

fn url(field: &Field<'_>, scope: &Scope<'_>, report: &mut Report<'_>) -> Option<String> {
    let text = values::text(field, report)?;
    scope.check_text(field, &text, report);
    let text = artifact::url(field, text, report)?;
    let host = text.split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or("");
    if host.contains('@') {
        let message = "an address with a password in it would be shown to everybody";
        let hint = "send it as `headers: {authorization: \"… {{ secrets.NAME }}\"}`";
        report.at(field, Code::BadValue, message, hint);
        return None;
    }
    Some(text)
}

fn headers(
    call: &Field<'_>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    let Some(map) = values::optional(call, "headers") else {
        return headers;
    };
    if !values::expect_map(&map, "`headers`", report) {
        return headers;
    }
    for (entry, field) in map.entries() {
        let name = entry.key.to_ascii_lowercase();
        let problem = header_problem(&name, &headers);
        if let Some((code, message, hint)) = problem {
            report.add(entry.key_span, &field.path, code, message, hint);
        }
        let text = match field.node.is_null() {
            true => Some(String::new()),
            false => values::text(&field, report),
        };
        let Some(text) = text else { continue };
        scope.check_sent(&field, &text, report);
        let is_broken = |c: char| c.is_control() && c != '\t';
        if text.trim_end_matches('\n').contains(is_broken) {
            let message = "a header is one line without control characters";
            report.at(&field, Code::BadValue, message, "");
        }
        headers.insert(name, text.trim().to_string());
    }
    headers
}

fn header_problem(
    name: &str,
    earlier: &BTreeMap<String, String>,
) -> Option<(Code, String, &'static str)> {
    if !is_header_name(name) {
        let message = format!("`{name}` is no name of a header");
        return Some((Code::BadValue, message, "as in `content-type`"));
    }
    if OWN_HEADERS.contains(&name) {
        let message = format!("the header `{name}` is written by the worker");
        return Some((Code::ReservedName, message, "remove it"));
    }
    if earlier.contains_key(name) {
        let message = format!("the header `{name}` is there already; case does not matter");
        return Some((Code::NameTaken, message, "remove one of the two"));
    }
    None
}

fn body(
    call: &Field<'_>,
    method: Option<HttpMethod>,
    scope: &Scope<'_>,
    report: &mut Report<'_>,
) -> (Option<String>, Option<Value>) {
    let body = values::optional(call, "body");
    let json = values::optional(call, "json");
    let Some(given) = body.as_ref().or(json.as_ref()) else {
        return (None, None);
    };
    if body.is_some() && json.is_some() {
        let message = "a request has either `body` or `json`";
        report.at(given, Code::BadValue, message, "remove one of the two");
    }
    if let Some(method) = method.filter(|method| !method.has_body()) {
        let message = format!("a {} request has no body", method.as_str());
        report.at(given, Code::BadValue, message, "write `method: POST`");
    }
    let body = body.and_then(|field| {
        let text = values::text(&field, report)?;
        scope.check_sent(&field, &text, report);
        Some(text)
    });
    let json = json.map(|field| {
        each_text(&field, &mut |field, text| {
            scope.check_sent(field, text, report)
        });
        field.node.to_json()
    });
    (body, json)
}

/// Calls `look` for each text of a JSON value. Depth is limited where the tree is built.
pub(super) fn each_text(field: &Field<'_>, look: &mut impl FnMut(&Field<'_>, &str)) {
    match &field.node.kind {
        Kind::Scalar {
            value: Value::String(text),
            ..
        } => look(field, text),
        Kind::Scalar { .. } => {}
        Kind::List(_) => field.items().for_each(|item| each_text(&item, look)),
        Kind::Map(_) => field
            .entries()
            .for_each(|(_, value)| each_text(&value, look)),
    }
}

fn outputs(call: &Field<'_>, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let Some(map) = values::optional(call, "outputs") else {
        return outputs;
    };
    if !values::expect_map(&map, "`outputs`", report) {
        return outputs;
    }
    for (entry, field) in map.entries() {
        let key = &entry.key;
        if OWN_OUTPUTS.contains(&key.as_str()) {
            let message = format!("`{key}` is an output of every `http` step already");
            report.add(
                entry.key_span,
                &field.path,
                Code::NameTaken,
                message,
                "choose another name",
            );
        } else if !is_output_key(key) {
            let message = format!("`{key}` is no key of an output");
            let hint = "letters, digits, `_` and `-`, at most 64";
            report.add(entry.key_span, &field.path, Code::BadValue, message, hint);
        }
        // An empty value is the empty pointer: the whole answer.
        let pointer = match field.node.is_null() {
            true => Some(String::new()),
            false => values::name(&field, "JSON pointer", POINTER_SHAPE, is_pointer, report),
        };
        if let Some(pointer) = pointer {
            outputs.insert(key.clone(), pointer);
        }
    }
    outputs
}
