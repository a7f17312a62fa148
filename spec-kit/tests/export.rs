//! A bundle in the layout of github/spec-kit: whole, without errors, and the same things when a
//! bundle is made of it.

mod fixtures_support;
// Of it only what generates is needed here.
#[allow(dead_code)]
mod generate_support;

use fixtures_support::fixtures;
use generate_support::{document, generated, own_prd};
use ops_spec_kit::bundle::{Bundle, Layout, resolve};
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::export::{Constitution, Export};
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{DOCUMENTS, Output, Request, generate};
use ops_spec_kit::manifest::NodeKind;
use ops_spec_kit::rules::Severity;
use std::collections::BTreeSet;

fn exported(output: &Output, constitution: Constitution) -> Vec<(String, String)> {
    let documents: Vec<(&str, &str)> = DOCUMENTS
        .iter()
        .map(|name| (*name, output.file(name).expect("a document")))
        .collect();
    Export {
        slug: "ops-control-room",
        bundle: "spec/ops-control-room",
        feature: "004-ops-control-room",
        constitution,
        documents: &documents,
    }
    .files()
}

fn text<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    let found = files.iter().find(|(path, _)| path.ends_with(name));
    &found.expect(name).1
}

/// What a source that contradicts itself has in its bundle too, and there as warnings.
const CONTRADICTIONS: [&str; 4] = ["SK-CNS-001", "SK-CNS-004", "SK-TSK-007", "SK-TSK-008"];

fn errors(files: &[(String, String)]) -> Vec<String> {
    let bundles = Bundle::group(files.iter().map(|(path, text)| (path, text.as_bytes())));
    assert_eq!(bundles.len(), 1);
    assert_eq!(bundles[0].layout, Layout::SpecKit);
    let config = Config::default();
    let report = check(&bundles, &Options::new(&config));
    let errors = report.findings.iter();
    errors
        .filter(|finding| {
            finding.severity == Severity::Error && !CONTRADICTIONS.contains(&finding.rule.as_str())
        })
        .map(|finding| {
            let place = &finding.place;
            format!(
                "{}:{} {} {}",
                place.file, place.line, finding.rule, finding.message
            )
        })
        .collect()
}

/// Its ids, with the words behind them; which of them are code is not compared.
fn things(output: &Output) -> BTreeSet<(String, String)> {
    let kinds = [
        NodeKind::Requirement,
        NodeKind::NonFunctional,
        NodeKind::Acceptance,
        NodeKind::Success,
        NodeKind::Goal,
    ];
    let nodes = output.manifest.nodes.iter();
    nodes
        .filter(|node| kinds.contains(&node.kind))
        .map(|node| (node.id.clone(), node.text.replace('`', "")))
        .collect()
}

#[test]
fn the_own_bundle_stands_where_spec_kit_looks_for_it() {
    let files = exported(&generated(&own_prd()), Constitution::Repository);
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            ".specify/memory/constitution.md",
            "specs/004-ops-control-room/spec.md",
            "specs/004-ops-control-room/plan.md",
            "specs/004-ops-control-room/tasks.md",
        ]
    );
    assert!(errors(&files).is_empty(), "{:#?}", errors(&files));
    let spec = text(&files, "spec.md");
    assert!(spec.starts_with("# Feature Specification: Ops Control Room (Parallel Runbook Executor)\n\n**Feature Branch**: `004-ops-control-room`\n"));
    assert!(spec.contains("(serves G-02, US2) ‹[L133](../../docs/prd.md#L133)›"));
    let constitution = text(&files, "constitution.md");
    assert!(constitution.contains("[plan.md](../../specs/004-ops-control-room/plan.md)"));
    assert!(constitution.contains("[spec.md](../../specs/004-ops-control-room/spec.md)"));
    // What spec-kit's scripts read begins a line.
    let plan = text(&files, "plan.md");
    assert!(plan.contains("| **Spec**: [spec.md](spec.md)\n"));
    assert!(
        plan.contains("\n**Language/Version**: NEEDS CLARIFICATION (the source does not say)\n")
    );
    assert!(plan.contains("\n**Storage**: Postgres ‹"));
    // The path is in the sentence.
    let tasks = text(&files, "tasks.md");
    assert!(tasks.contains("\n- [ ] T028 [US4] [FR-006] Serve `POST /runs.heartbeat`: Update heartbeat timestamp in `supabase/functions/ops-executor/` (depends on T005) ‹"));
    assert!(!tasks.contains("Where: "));
    assert!(files.iter().all(|(_, text)| !text.contains("sk:unlock")));
}

#[test]
fn a_repository_with_a_constitution_gets_the_bundles_beside_the_plan() {
    let files = exported(&generated(&own_prd()), Constitution::Feature);
    assert_eq!(files[0].0, "specs/004-ops-control-room/constitution.md");
    assert!(text(&files, "constitution.md").contains("[plan.md](plan.md)"));
    assert!(errors(&files).is_empty(), "{:#?}", errors(&files));
}

#[test]
fn every_link_leads_somewhere() {
    for constitution in [Constitution::Repository, Constitution::Feature] {
        let files = exported(&generated(&own_prd()), constitution);
        let known: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        let mut links = 0;
        for (path, text) in &files {
            let folder = path.rsplit_once('/').expect("a folder").0;
            for rest in text.split("](").skip(1) {
                let target = rest.split([')', '#']).next().expect("a target");
                let whole = resolve(folder, target).expect(target);
                assert!(
                    whole == "docs/prd.md" || known.contains(whole.as_str()),
                    "{path}: {target}"
                );
                links += 1;
            }
        }
        assert!(links > 300, "{links}");
    }
}

type Exported = Vec<(String, String)>;

fn again(source: &Document) -> Option<(Output, Exported, Output)> {
    let first = generate(&Request::new(source, "ops-control-room")).ok()?;
    let files = exported(&first, Constitution::Repository);
    let spec = document(
        "specs/004-ops-control-room/spec.md",
        text(&files, "spec.md"),
    );
    let second = generate(&Request::new(&spec, "again")).expect("a bundle of the export");
    Some((first, files, second))
}

#[test]
fn an_export_has_no_errors_and_gives_the_same_things_again() {
    let mut tried = 0;
    let mut faults = Vec::new();
    for (name, text) in fixtures() {
        let Some((first, files, second)) = again(&document("docs/prd.md", &text)) else {
            continue;
        };
        let (first, second) = (things(&first), things(&second));
        let lost = first
            .difference(&second)
            .map(|it| format!("{name}: lost {it:?}"));
        let new = second
            .difference(&first)
            .map(|it| format!("{name}: new {it:?}"));
        faults.extend(
            errors(&files)
                .into_iter()
                .map(|error| format!("{name}: {error}")),
        );
        faults.extend(lost.chain(new));
        tried += 1;
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(tried > 30, "{tried}");
}
