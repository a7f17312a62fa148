//! What is made of a source grows as the source does: no part of a bundle, and nothing that is
//! found in it, is of each pair of lines.

mod growth_support;

use growth_support::grown;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{Request, generate};
use ops_spec_kit::read;

fn facts(document: &Document) -> usize {
    let of_items = document
        .items
        .iter()
        .map(|item| 1 + item.citations.len() + item.details.len() + item.scenarios.len());
    of_items.sum::<usize>()
        + document.citations.len()
        + document.tasks.len()
        + document.sets.len()
        + document.quantities.len()
        + document.inventory.len()
        + document.claims.len()
        + document.links.len()
}

/// What there is of each kind, in bytes or numbers.
fn made(times: usize) -> Vec<(String, usize)> {
    let text = grown(include_str!("../../docs/prd.md"), times);
    let source = read::document("docs/prd.md", text.as_bytes()).expect("a document");
    let output = generate(&Request::new(&source, "a")).expect("a bundle");
    let mut made = vec![
        ("source".to_owned(), text.len()),
        ("facts of the source".to_owned(), facts(&source)),
        ("nodes".to_owned(), output.manifest.nodes.len()),
        ("edges".to_owned(), output.manifest.edges.len()),
    ];
    for (name, text) in &output.files {
        made.push((name.clone(), text.len()));
    }
    let files = output
        .files
        .iter()
        .map(|(name, text)| (format!("spec/a/{name}"), text.as_bytes()))
        .chain([("docs/prd.md".to_owned(), text.as_bytes())]);
    let bundles = Bundle::group(files);
    let read = bundles.iter().flat_map(Bundle::documents).map(facts).sum();
    made.push(("facts of the bundle".to_owned(), read));
    let config = Config::default();
    let report = check(&bundles, &Options::new(&config));
    let coverage = report.coverage.iter().map(|coverage| coverage.rows.len());
    made.push(("rows".to_owned(), coverage.sum()));
    made.push((
        "findings".to_owned(),
        report.findings.len() + report.suppressed.len(),
    ));
    made
}

#[test]
fn four_times_the_source_is_four_times_the_bundle_and_no_more() {
    let (small, large) = (made(20), made(80));
    for ((name, before), (_, after)) in small.into_iter().zip(large) {
        // A little more: ids and line numbers have more digits.
        let most = before * 4 + before * 4 / 5 + 100;
        assert!(after <= most, "{name}: {before}, then {after}");
    }
}
