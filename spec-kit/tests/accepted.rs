//! Whatever is accepted becomes a bundle without errors.

mod bundle_support;
mod fixtures_support;
mod wild_support;

use bundle_support::{bundle, errors, files, source};
use fixtures_support::fixtures;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use wild_support::prd_like;

/// The errors of the bundle that a text becomes; none where it is refused.
fn errors_of(text: &str) -> Vec<String> {
    let source = source(text);
    bundle(&source).map_or_else(Vec::new, |output| errors(files(&source, &output)))
}

#[test]
fn each_document_that_was_once_mistaken_is_accepted_and_has_no_errors() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/accepted");
    let names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let text = std::fs::read_to_string(format!("{folder}/{name}")).expect("a document");
        assert!(bundle(&source(&text)).is_some(), "{name} is refused");
        assert_eq!(errors_of(&text), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn no_fixture_that_is_accepted_has_errors() {
    let mut accepted = 0;
    for (name, text) in fixtures() {
        accepted += usize::from(bundle(&source(&text)).is_some());
        assert_eq!(errors_of(&text), Vec::<String>::new(), "{name}");
    }
    assert!(accepted >= 20, "{accepted} fixtures are accepted");
}

#[test]
fn a_bundle_carries_every_name_on_both_sides() {
    for (name, text) in fixtures() {
        let source = source(&text);
        let Some(output) = bundle(&source) else {
            continue;
        };
        let bundles = Bundle::group(files(&source, &output));
        let report = check(&bundles, &Options::new(&Config::default()));
        let one_sided = report.findings.iter().find(|finding| {
            finding.rule == "SK-TRC-005" && finding.place.file.starts_with("spec/")
        });
        assert_eq!(one_sided, None, "{name}");
    }
}

/// What a person may write anywhere, and what is read as something that it was not meant as.
const SCRAPS: &[&str] = &[
    "FR-001",
    "US7",
    "needs T004",
    "depends on 3 services",
    "(depends on T001)",
    "NFR-9 and AC-3–AC-7",
    "[PROJECT_NAME]",
    "[Feature Name]",
    "12 endpoints",
    "4 stories",
    "status: queued, running, done",
    "status: queued, running, failed",
    "queued → running → done",
    "A/B/C/D lanes",
    "✅",
    "❌ not started",
    "`src/a.rs`",
    "`POST /runs`",
    "TODO: decide",
    "[NEEDS CLARIFICATION: who?]",
    "**F1**: export",
    "MUST NOT use the ops schema",
    "not billing",
    "Given a, when b, then c",
    "‹L12›",
    "3/5 done",
    "[x](y.md)",
    "Task 2",
    "P-01",
    "7 tables",
    "`POST` /runs",
    "T01,T02",
    "T-1",
    "FR-001a",
    "FR-001.2",
    "R1:",
    "R1*",
    "`FR-002`x",
    "FR-001–FR-003",
    "US1, US2",
    "T001 [P] [US1]",
    "T002 needs T001",
    "[FR-004,AC-001]",
    "(serves G-02)",
    "SC-001",
    "REQ-7.1",
    "<!-- FR-009 -->:",
    "Phase 2",
    "## Goals",
    "# ",
    "- [ ] ",
    "1. ",
    "> ",
    "**",
    "`",
    "[",
    "| a | b |",
    "SHALL NOT",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, rng_seed: RngSeed::Fixed(8), ..ProptestConfig::default() })]

    #[test]
    fn documents_as_people_write_them_have_no_errors(
        text in prd_like(),
        scraps in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(SCRAPS)), 0..6),
    ) {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (at, scrap) in scraps {
            let at = at.index(lines.len());
            lines[at] = format!("{} {scrap}", lines[at]);
        }
        let text = lines.join("\n");
        prop_assert_eq!(errors_of(&text), Vec::<String>::new(), "of\n{}", text);
    }

    #[test]
    fn changed_fixtures_have_no_errors(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        changes in prop::collection::vec(change(), 1..8),
    ) {
        let all = fixtures();
        let mut lines: Vec<String> = one.get(&all).1.lines().map(str::to_owned).collect();
        let others: Vec<&str> = other.get(&all).1.lines().collect();
        for change in &changes {
            change.apply(&mut lines, &others);
        }
        let text = lines.join("\n");
        prop_assert_eq!(errors_of(&text), Vec::<String>::new(), "of\n{}", text);
    }
}

/// One change of one line.
#[derive(Debug, Clone)]
enum Change {
    Cut(prop::sample::Index),
    Double(prop::sample::Index, prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    /// Lines of another document.
    Bring(prop::sample::Index, prop::sample::Index, usize),
    Scrap(prop::sample::Index, &'static str),
    /// In the midst of a line.
    Inside(prop::sample::Index, prop::sample::Index, &'static str),
    DropWord(prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let line = || any::<prop::sample::Index>();
    prop_oneof![
        line().prop_map(Change::Cut),
        (line(), line()).prop_map(|(a, b)| Change::Double(a, b)),
        (line(), line()).prop_map(|(a, b)| Change::Swap(a, b)),
        (line(), line(), 1..7usize).prop_map(|(a, b, n)| Change::Bring(a, b, n)),
        (line(), prop::sample::select(SCRAPS)).prop_map(|(a, s)| Change::Scrap(a, s)),
        (line(), line(), prop::sample::select(SCRAPS))
            .prop_map(|(a, b, s)| Change::Inside(a, b, s)),
        (line(), line()).prop_map(|(a, b)| Change::DropWord(a, b)),
    ]
}

impl Change {
    fn apply(&self, lines: &mut Vec<String>, others: &[&str]) {
        if lines.is_empty() || others.is_empty() {
            return;
        }
        let count = lines.len();
        match self {
            Self::Cut(at) => drop(lines.remove(at.index(count))),
            Self::Double(at, to) => {
                let line = lines[at.index(count)].clone();
                lines.insert(to.index(count), line);
            }
            Self::Swap(a, b) => lines.swap(a.index(count), b.index(count)),
            Self::Bring(at, from, many) => {
                let (at, from) = (at.index(count), from.index(others.len()));
                let brought = others.iter().skip(from).take(*many);
                lines.splice(at..at, brought.map(|line| (*line).to_owned()));
            }
            Self::Scrap(at, scrap) => {
                let at = at.index(count);
                lines[at] = format!("{} {scrap}", lines[at]);
            }
            Self::Inside(at, place, scrap) => {
                let line = &mut lines[at.index(count)];
                let starts = line.char_indices().map(|(start, _)| start);
                let places: Vec<usize> = starts.chain([line.len()]).collect();
                line.insert_str(*place.get(&places), scrap);
            }
            Self::DropWord(at, word) => {
                let at = at.index(count);
                let mut words: Vec<&str> = lines[at].split(' ').collect();
                words.remove(word.index(words.len()));
                lines[at] = words.join(" ");
            }
        }
    }
}
