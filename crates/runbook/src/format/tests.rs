//! The schema is the checked-in one, and it never refuses what the reader takes.

use super::check::check;
use super::shapes::{ENV_NAME, LANE, OUTPUT_KEY, POINTER, SLUG, STEP_ID, WORKFLOW_FILE};
use super::*;
use crate::report::Report;
use crate::{names, parse_json, yaml};
use proptest::prelude::*;
use regex_lite::Regex;
use std::path::Path;

/// Each key of the format at least once.
const EVERYTHING: &str = include_str!("everything.yaml");
const FILE: &str = "docs/runbook.schema.json";

fn house() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// YAML as JSON, without looking at what it says.
fn as_json(source: &str) -> Value {
    let mut report = Report::new("r.yaml", source);
    yaml::read(source, &mut report).unwrap().to_json()
}

#[test]
fn the_checked_in_schema_is_this_one() {
    let written = std::fs::read_to_string(house().join(FILE)).unwrap_or_default();
    let generated = format!("{:#}\n", json_schema());
    assert!(
        written == generated,
        "{FILE} is old: cargo run -p ops-runbook --example schema > {FILE}"
    );
}

#[test]
fn the_bundled_runbooks_are_valid_and_lead_editors_to_the_schema() {
    let folder = house().join("templates/runbooks");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let fits = check(&json_schema(), &as_json(&source));
        assert_eq!(fits, Ok(()), "{}", path.display());
        let (_, relative) = source
            .lines()
            .next()
            .unwrap()
            .split_once("# yaml-language-server: $schema=")
            .unwrap();
        let target = folder.join(relative).canonicalize().unwrap();
        assert_eq!(target, house().join(FILE).canonicalize().unwrap());
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn every_key_is_in_the_example_and_known_to_both() {
    let example = as_json(EVERYTHING);
    let runbook = parse_json(&example).unwrap_or_else(|problems| panic!("{}", problems[0]));
    assert_eq!(check(&json_schema(), &example), Ok(()));
    let canonical = serde_json::to_value(&runbook).unwrap();
    assert_eq!(
        check(&json_schema(), &canonical),
        Ok(()),
        "the canonical form"
    );
    let text = example.to_string();
    for keys in [
        &RUNBOOK[..],
        &CONCURRENCY,
        &STEP,
        &HTTP,
        &EXPECT,
        &WAIT_FOR,
        &RETRY,
        &ARTIFACT,
        &ARTIFACT_FILE,
        &PARAMETER,
    ] {
        for key in keys.iter().filter(|key| key.is_built) {
            assert!(text.contains(&format!("\"{}\":", key.name)), "{}", key.name);
        }
    }
}

/// Every place of a JSON value, with the way to it.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_string());
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(place, item)| places(item, &format!("{path}/{place}"), found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            places(value, &crate::node::pointer(path, key), found);
        }),
        _ => {}
    }
}

/// The same without what stands there.
fn without(value: &Value, path: &str) -> Value {
    let mut value = value.clone();
    let (parent, last) = path.rsplit_once('/').unwrap();
    match value.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.remove(&last.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(last.parse().unwrap());
        }
        _ => {}
    }
    value
}

#[test]
fn what_the_reader_takes_the_schema_takes_and_missing_keys_both_refuse() {
    let (schema, example) = (json_schema(), as_json(EVERYTHING));
    let odd = [
        json!(true),
        json!(3),
        json!(0.5),
        json!("5m"),
        json!("x y!"),
        json!(""),
        json!([]),
        json!(["a"]),
        json!({}),
        json!({"zz": 1}),
    ];
    let mut found = Vec::new();
    places(&example, "", &mut found);
    let (mut taken, mut refused) = (0, 0);
    for path in found.iter().filter(|path| !path.is_empty()) {
        let changed = odd.iter().map(|odd| {
            let mut changed = example.clone();
            *changed.pointer_mut(path).unwrap() = odd.clone();
            changed
        });
        for changed in changed.chain([without(&example, path)]) {
            let fits = check(&schema, &changed);
            match parse_json(&changed) {
                Ok(_) => assert_eq!(fits, Ok(()), "{path}"),
                Err(_) if fits.is_err() => refused += 1,
                Err(_) => taken += 1,
            }
        }
    }
    // References, clashes and the like are beyond a schema; most mistakes are not.
    assert!(refused > 2 * taken, "{refused} refused, {taken} taken");
    for path in [
        "/version",
        "/slug",
        "/title",
        "/steps",
        "/steps/0/id",
        "/steps/0/run",
    ] {
        assert!(check(&schema, &without(&example, path)).is_err(), "{path}");
    }
}

#[test]
fn what_is_not_built_is_not_offered() {
    let schema = json_schema();
    let step = &schema["$defs"]["step"]["properties"];
    assert!(step["run"].is_object() && step["agent"].is_null());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// The shapes of names are written twice: as code and as patterns.
    #[test]
    fn patterns_are_the_rules_of_names(text in "[aZ_09.~/ é-]{0,5}|[a-z0-9]{62,66}") {
        let is = |pattern: &str| Regex::new(pattern).unwrap().is_match(&text);
        prop_assert_eq!(is(SLUG), names::is_slug(&text));
        prop_assert_eq!(is(LANE), names::is_lane(&text));
        prop_assert_eq!(is(STEP_ID), names::is_step_id(&text));
        prop_assert_eq!(is(ENV_NAME), names::is_env_name(&text));
        prop_assert_eq!(is(OUTPUT_KEY), names::is_output_key(&text));
        prop_assert_eq!(is(POINTER), names::is_pointer(&text));
        let file = format!("{text}.yml");
        prop_assert_eq!(Regex::new(WORKFLOW_FILE).unwrap().is_match(&file), names::is_workflow_file(&file));
    }
}
