//! The document is the checked-in one, and it hangs together.

use super::*;
use crate::Code;
use std::collections::BTreeSet;

const FILE: &str = "docs/openapi.json";

#[test]
fn the_checked_in_document_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == format!("{:#}\n", document()),
        "{FILE} is old: cargo xtask openapi"
    );
}

#[test]
fn the_tables_of_the_document_for_people_are_these() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/API.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(tables::strays(&written), Vec::<String>::new());
    assert!(
        written == fill(&written),
        "docs/API.md is old: cargo xtask openapi"
    );
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, field)| match field.as_str() {
                Some(place) if name == "$ref" => {
                    found.insert(place.trim_start_matches('#').into());
                }
                _ => references(field, found),
            }),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for place in &found {
        assert!(document.pointer(place).is_some(), "{place}");
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(
            found.contains(&format!("/components/schemas/{name}")),
            "{name}"
        );
    }
}

#[test]
fn every_code_is_in_the_document_and_those_that_a_verb_can_give_are_with_it() {
    let words = |codes: &[Code]| -> BTreeSet<_> { codes.iter().map(|c| c.as_str()).collect() };
    let given: BTreeSet<_> = verbs::all()
        .iter()
        .flat_map(|verb| words(&verb.codes()))
        .collect();
    // The router's own, where there is no verb.
    let routers = words(&[Code::UnknownVerb, Code::MethodNotAllowed]);
    let all = words(Code::ALL);
    assert_eq!(
        all.difference(&given).copied().collect::<BTreeSet<_>>(),
        routers
    );
    let schema = document()["components"]["schemas"]["Code"].to_string();
    for word in all {
        assert!(schema.contains(&format!("\"{word}\"")), "{word}");
    }
}
