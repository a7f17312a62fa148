//! Refusals: one response per status and set of codes, shared by the verbs that give the same.

use super::verb::Verb;
use crate::Code;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Those after which the same call may go through a while later.
const PASSING: [Code; 3] = [Code::Unavailable, Code::RateLimited, Code::QueueFull];

/// Sorted by word, so that a set has one name.
fn by_status(verb: &Verb) -> BTreeMap<u16, Vec<Code>> {
    let mut statuses: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    let mut codes = verb.codes();
    codes.sort_by_key(|code| code.as_str());
    codes.dedup();
    for code in codes {
        statuses.entry(code.status()).or_default().push(code);
    }
    statuses
}

fn name(codes: &[Code]) -> String {
    let words: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    words.join("-or-")
}

/// The refusals of one verb, by status.
pub fn of(verb: &Verb) -> impl Iterator<Item = (String, Value)> {
    by_status(verb).into_iter().map(|(status, codes)| {
        let place = format!("#/components/responses/{}", name(&codes));
        (status.to_string(), json!({ "$ref": place }))
    })
}

/// Every response that some verb refers to.
pub fn components(verbs: &[Verb]) -> Map<String, Value> {
    let sets = verbs.iter().flat_map(by_status);
    sets.map(|(status, codes)| (name(&codes), response(status, &codes)))
        .collect()
}

fn response(status: u16, codes: &[Code]) -> Value {
    let words: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    let told: Vec<_> = codes
        .iter()
        .map(|code| format!("`{code}`: {}. {}", code.title(), code.hint()))
        .collect();
    let narrowed =
        json!({ "properties": { "status": { "const": status }, "code": { "enum": words } } });
    let schema = json!({ "allOf": [{ "$ref": "#/components/schemas/Problem" }, narrowed] });
    let mut response = json!({
        "description": told.join("\n\n"),
        "content": { "application/problem+json": { "schema": schema } },
    });
    if let Some((header, what)) = header(codes) {
        response["headers"] = json!({ header: what });
    }
    response
}

fn header(codes: &[Code]) -> Option<(&'static str, Value)> {
    if codes.iter().any(|code| PASSING.contains(code)) {
        let schema = json!({ "type": "integer", "minimum": 0 });
        let what =
            "Seconds after which the same call may go through; absent where no repeat helps.";
        return Some((
            "Retry-After",
            json!({ "description": what, "schema": schema }),
        ));
    }
    let challenge = json!({ "schema": { "const": "Bearer" } });
    codes
        .contains(&Code::Unauthenticated)
        .then_some(("WWW-Authenticate", challenge))
}
