//! A secret of the source is reported there, and goes on into nothing that is generated.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::generate::{Output, Request, generate};
use ops_spec_kit::model::request;

/// Put together here, so that no scanner takes this file for a leak.
fn secrets() -> [String; 3] {
    let random = "aB3dE9gH2jK5mN7pQ4sT6vW8yZ1cF0xR3uL5";
    [
        format!("{}_{random}", "ghp"),
        format!("{}_secret_{random}", "sb"),
        "tr0ub4dor-and-3".to_owned(),
    ]
}

fn document() -> String {
    let [token, key, word] = secrets();
    format!(
        "# Sync — PRD\n\n## Problem\n\nOrders are copied by hand with {token}.\n\n## Goals\n\n- Copy orders\n\n\
         ## Requirements\n\n- Connect to `postgres://sync:{word}@db.internal:5432/orders`\n- Show {key} to nobody\n\n\
         ## Acceptance Criteria\n\n- An order is copied within 5 seconds\n"
    )
}

fn assert_covered(output: &Output) {
    let named = output
        .files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()));
    for (name, bytes) in named.chain([("bundle.zip", output.zip.as_slice())]) {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for secret in secrets() {
            let start = secret.to_lowercase();
            let start = start.rsplit('_').next().expect("a part");
            assert!(!text.contains(start), "{name} has a secret");
        }
    }
}

#[test]
fn no_file_has_it_and_the_source_is_to_be_mended() {
    let source = source(&document());
    let output = bundle(&source).expect("accepted");
    assert_covered(&output);
    let note = output
        .notes
        .iter()
        .find(|note| note.contains("secret"))
        .expect("a note");
    assert_eq!(
        note,
        "3 secrets of the source are covered with x: take them out of the source, and renew what they open"
    );
    assert_eq!(errors(files(&source, &output)), Vec::<String>::new());
    let config = Config::default();
    let report = check(&[Bundle::single(source)], &Options::new(&config));
    let found: Vec<(&str, u32)> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "SK-SEC-001")
        .map(|finding| (finding.place.file.as_str(), finding.place.line))
        .collect();
    assert_eq!(
        found,
        [
            ("docs/input.md", 5),
            ("docs/input.md", 13),
            ("docs/input.md", 14)
        ]
    );
}

#[test]
fn lines_and_the_digest_of_the_source_are_those_of_the_original() {
    let source = source(&document());
    let output = bundle(&source).expect("accepted");
    assert_eq!(output.manifest.source.sha256, source.source.sha256());
    let prd = output.file("prd.md").expect("a PRD");
    let line = prd
        .lines()
        .find(|line| line.starts_with("- **FR-001**"))
        .expect("a line");
    assert!(line.contains("sync:xxxxxxxxxxxxxxx@db.internal"), "{line}");
    assert!(line.contains("‹L13›"), "{line}");
}

/// What changed elsewhere says nothing of a passage that has a secret.
#[test]
fn a_passage_with_a_secret_is_the_same_after_another_one_changed() {
    let output = bundle(&source(&document())).expect("accepted");
    let changed = source(&document().replace("within 5 seconds", "within 4 seconds"));
    let config = Config::default();
    let report = check(
        &Bundle::group(files(&changed, &output)),
        &Options::new(&config),
    );
    let drift = report
        .findings
        .iter()
        .find(|f| f.rule == "SK-PRV-002")
        .expect("a drift");
    // The criterion, its rule and its task; not what the secrets stand in.
    assert!(
        drift.message.ends_with("affected: AC-001, P-01 and T003"),
        "{}",
        drift.message
    );
}

#[test]
fn a_request_in_json_is_covered_too() {
    let [token, ..] = secrets();
    let json = format!(
        "{{\"slug\": \"sync\", \"name\": \"Sync\", \"description\": \"By hand with {token}.\", \"goals\": [\"Copy orders with {token}\"]}}"
    );
    let (slug, document) = request("request.json", json.as_bytes()).expect("a request");
    let output = generate(&Request::new(&document, &slug)).expect("accepted");
    assert_covered(&output);
    assert!(
        output
            .notes
            .iter()
            .any(|note| note.starts_with("2 secrets ")),
        "{:?}",
        output.notes
    );
}
