//! What does not matter: the order of files, the language and time zone of the machine, and
//! whether a bundle is read from its manifest or from its documents.

mod bundle_support;
mod fixtures_support;
mod wild_support;

use bundle_support::{Files, bundle, errors, files, source};
use fixtures_support::fixtures;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::digest::sha256;
use ops_spec_kit::generate::Output;
use ops_spec_kit::manifest::NodeKind;
use ops_spec_kit::report::{Colour, Report, annotations, json, junit, markdown, sarif, text};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::process::Command;
use wild_support::prd_like;

fn report(files: Files) -> Report {
    check(&Bundle::group(files), &Options::new(&Config::default()))
}

/// Two bundles that say what they should not, beside their sources and a migration.
fn many_files() -> Files {
    let mut all = Files::new();
    for (at, (_, text)) in fixtures().into_iter().enumerate() {
        let source = source(&text);
        let Some(output) = bundle(&source).filter(|_| at % 9 == 0) else {
            continue;
        };
        for (path, bytes) in files(&source, &output) {
            let text = String::from_utf8(bytes).expect("text");
            // Edited, so that there is something to report.
            let text = text.replace("FR-001", "FR-091").replace("MUST", "should");
            let path = path.replace("spec/any/", &format!("spec/bundle-{at}/"));
            let path = path.replace("docs/", &format!("docs/{at}/"));
            all.push((path, text.into_bytes()));
        }
    }
    all.push((
        "db/schema.sql".to_owned(),
        b"create table runs (id int);\n".to_vec(),
    ));
    assert!(all.len() > 20, "{}", all.len());
    all
}

fn wild_bundle() -> impl Strategy<Value = Files> {
    prd_like().prop_filter_map("refused", |text| {
        let source = source(&text);
        Some(files(&source, &bundle(&source)?))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, rng_seed: RngSeed::Fixed(13), ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_files_changes_no_byte_of_a_report(order in Just(many_files()).prop_shuffle()) {
        let first = report(many_files());
        prop_assert!(first.findings.len() > 20);
        let second = report(order);
        prop_assert_eq!(&first, &second);
        prop_assert_eq!(sarif(&first), sarif(&second));
    }

    #[test]
    fn the_order_of_the_files_of_any_bundle_is_nothing(
        (files, order) in wild_bundle().prop_flat_map(|files| (Just(files.clone()), Just(files).prop_shuffle())),
    ) {
        prop_assert_eq!(report(files), report(order));
    }
}

/// All that the fixtures become, and all that is said of it.
fn everything() -> String {
    let mut out = String::new();
    for (name, text_of) in fixtures() {
        let source = source(&text_of);
        out.push_str(&name);
        let Some(output) = bundle(&source) else {
            continue;
        };
        for (name, text) in &output.files {
            out.push_str(name);
            out.push_str(text);
        }
        out.push_str(&output.notes.join("\n"));
        let report = report(files(&source, &output));
        for said in [
            json(&report),
            sarif(&report),
            text(&report, Colour::Plain),
            markdown(&report),
            junit(&report),
            annotations(&report),
        ] {
            out.push_str(&said);
        }
    }
    out
}

/// Started again by the next test, in other surroundings.
#[test]
fn what_is_written() {
    let all = everything();
    assert!(all.len() > 100_000);
    println!("all of it: {}", sha256(all.as_bytes()));
}

fn in_surroundings(variables: &[(&str, &str)]) -> String {
    let program = std::env::current_exe().expect("this test");
    let output = Command::new(program)
        .args(["--exact", "what_is_written", "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("text");
    let line = said.lines().find_map(|line| line.split_once("all of it: "));
    line.expect("a line").1.to_owned()
}

#[test]
fn language_and_time_zone_of_the_machine_change_no_byte() {
    let here = sha256(everything().as_bytes());
    for variables in [
        [("LANG", "C"), ("LC_ALL", "C"), ("TZ", "UTC")],
        [
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("TZ", "Pacific/Kiritimati"),
        ],
        [
            ("LANG", "de_DE.ISO-8859-1"),
            ("LC_ALL", "ja_JP.eucJP"),
            ("TZ", "America/St_Johns"),
        ],
    ] {
        assert_eq!(in_surroundings(&variables), here, "{variables:?}");
    }
}

/// The titles of the phases, in order: of the manifest, and as a document says them.
fn phases(output: &Output) -> Vec<String> {
    let nodes = output.manifest.nodes.iter();
    let phases = nodes.filter(|node| node.kind == NodeKind::Phase);
    phases.map(|node| plain(&node.text)).collect()
}

fn stated_phases(output: &Output, name: &str) -> Vec<String> {
    let text = output.file(name).expect("a document");
    let path = format!("spec/any/{name}");
    let document = ops_spec_kit::read::document(&path, text.as_bytes()).expect("text");
    let phases = document.phases.iter();
    // The phase of a story says of which, before its title.
    let title = |title: &str| match title.strip_prefix("User Story ") {
        Some(rest) => rest
            .split_once(" - ")
            .map_or("", |(_, title)| title)
            .to_owned(),
        None => title.to_owned(),
    };
    phases.map(|phase| plain(&title(&phase.title))).collect()
}

/// Letters and digits alone: a title is escaped where Markdown would take it for something else.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn same_phases(output: &Output) -> Result<(), String> {
    let wanted = phases(output);
    for name in ["tasks.md", "plan.md"] {
        let stated = stated_phases(output, name);
        if stated != wanted {
            return Err(format!("{name}: {stated:?}, and the manifest {wanted:?}"));
        }
    }
    Ok(())
}

#[test]
fn phases_are_read_as_they_were_written() {
    for (name, text) in fixtures() {
        let source = source(&text);
        if let Some(output) = bundle(&source) {
            assert_eq!(same_phases(&output), Ok(()), "{name}");
            assert_eq!(errors(files(&source, &output)), [""; 0], "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(14), ..ProptestConfig::default() })]

    #[test]
    fn phases_of_any_bundle_are_read_as_they_were_written(text in prd_like()) {
        if let Some(output) = bundle(&source(&text)) {
            prop_assert_eq!(same_phases(&output), Ok(()), "{}", text);
        }
    }
}
