//! docs/openapi.json and the SQL agree on who may call a verb and with what it is refused.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What `ops_settle` says stands in the answer of a claim, as `finished`, and refuses no call.
const NO_REFUSAL_OF: (&str, &str) = ("runs.claim", "ops_settle");

/// Codes that the layer above the database gives, or that are for all verbs.
const SHARED: [&str; 13] = [
    "bad_request",
    "unauthenticated",
    "forbidden",
    "upgrade_required",
    "invalid",
    "malformed_json",
    "too_large",
    "unsupported_media_type",
    "internal",
    "not_configured",
    "not_installed",
    "rate_limited",
    "unavailable",
];

/// Bodies of the SQL functions by name.
fn functions() -> BTreeMap<String, String> {
    let mut functions = BTreeMap::new();
    for file in std::fs::read_dir(Path::new(ROOT).join("supabase/schemas")).expect("a folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        for part in text.split("create or replace function public.").skip(1) {
            let name: String = part.chars().take_while(|c| *c != '(').collect();
            functions.insert(name, part.to_string());
        }
    }
    functions
}

fn document() -> Value {
    let path = Path::new(ROOT).join("docs/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
}

/// Verbs that are SQL functions, with their operations.
fn verbs(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let verbs = paths.iter().map(|(path, methods)| {
        let operation = methods.as_object().and_then(|m| m.values().next());
        (
            path.trim_start_matches('/').to_string(),
            operation.expect("a method"),
        )
    });
    // The document itself and the health of the database ask nobody who they are; the validators are
    // no functions, and ask `templates_list` and `spec_list` who calls; the ticket of an upload is its right, and the
    // identity token of an exchange.
    verbs
        .filter(|(verb, _)| {
            ![
                "openapi.json",
                "health",
                "templates.validate",
                "spec.validate",
                "artifacts.upload",
                "workers.exchange",
            ]
            .contains(&verb.as_str())
        })
        .collect()
}

#[test]
fn the_document_names_the_kinds_of_token_that_the_database_asks_for() {
    let (document, functions) = (document(), functions());
    for (verb, operation) in verbs(&document) {
        let body = &functions[&verb.replace('.', "_")];
        let (_, call) = body
            .split_once("ops_authenticate(")
            .expect("it asks who calls");
        // A verb with two forms asks for one kind or the other.
        let (call, _) = call.split_once(';').expect("a statement");
        let lists = call.split('{').skip(1);
        let lists = lists.filter_map(|rest| rest.split('}').next());
        let asked: BTreeSet<_> = lists.flat_map(|list| list.split(',')).collect();
        let named = operation["security"].as_array().expect("security");
        let named: BTreeSet<_> = named
            .iter()
            .filter_map(|one| one["token"][0].as_str())
            .collect();
        assert_eq!(named, asked, "{verb}");
    }
}

/// The refusals of a function and of those that it calls.
fn refusals<'a>(
    name: &str,
    but: Option<&str>,
    functions: &'a BTreeMap<String, String>,
    seen: &mut BTreeSet<&'a str>,
    codes: &mut BTreeSet<&'a str>,
) {
    let Some((name, body)) = functions.get_key_value(name) else {
        return;
    };
    if but == Some(name) || !seen.insert(name) {
        return;
    }
    for before in ["'code', '", "ops_refuse('"] {
        let found = body.split(before).skip(1);
        codes.extend(found.filter_map(|rest| rest.split('\'').next()));
    }
    for call in body.split("public.ops_").skip(1) {
        let called: String = call
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        refusals(&format!("ops_{called}"), but, functions, seen, codes);
    }
}

#[test]
fn the_document_names_the_codes_that_the_database_refuses_with() {
    let (document, functions) = (document(), functions());
    for (verb, operation) in verbs(&document) {
        let but = Some(NO_REFUSAL_OF.1).filter(|_| verb == NO_REFUSAL_OF.0);
        let mut codes = BTreeSet::new();
        refusals(
            &verb.replace('.', "_"),
            but,
            &functions,
            &mut BTreeSet::new(),
            &mut codes,
        );
        codes.retain(|code| !SHARED.contains(code));
        let responses = operation["responses"].as_object().expect("responses");
        let places = responses
            .values()
            .filter_map(|response| response["$ref"].as_str());
        let named = places.filter_map(|place| place.rsplit('/').next());
        let mut named: BTreeSet<_> = named.flat_map(|name| name.split("-or-")).collect();
        named.retain(|code| !SHARED.contains(code));
        // A link has no bytes, bytes were not uploaded, there is no place for them: the layer above.
        if ["artifacts.get", "artifacts.put", "artifacts.begin"].contains(&verb.as_str()) {
            named.remove("conflict");
        }
        assert_eq!(named, codes, "{verb}");
    }
}
