//! Nothing goes missing from a generated bundle, and nothing is there twice, without an error:
//! beside its manifest, and without it.

mod bundle_support;
mod fixtures_support;

use bundle_support::{bundle, errors, errors_in, files, source};
use fixtures_support::fixtures;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::generate::{DOCUMENTS, Output};

/// Every bundle that the fixtures become.
fn bundles() -> Vec<(String, ops_spec_kit::facts::Document, Output)> {
    let all = fixtures().into_iter();
    let made = all.filter_map(|(name, text)| {
        let source = source(&text);
        let output = bundle(&source)?;
        Some((name, source, output))
    });
    let made: Vec<_> = made.collect();
    assert!(made.len() >= 20, "{} bundles", made.len());
    made
}

/// The four documents on their own.
fn documents(output: &Output) -> Bundle {
    Bundle::read(DOCUMENTS.iter().map(|name| {
        let text = output.file(name).expect("a document");
        (path(name), text.as_bytes().to_vec())
    }))
}

fn path(name: &str) -> String {
    format!("spec/any/{name}")
}

/// One of them with another text; the others are read once.
fn with(bundle: &Bundle, name: &str, text: &str) -> Vec<String> {
    let mut bundle = bundle.clone();
    let place = match name {
        "constitution.md" => &mut bundle.constitution,
        "prd.md" => &mut bundle.prd,
        "plan.md" => &mut bundle.plan,
        _ => &mut bundle.tasks,
    };
    let document = ops_spec_kit::read::document(&path(name), text.as_bytes());
    *place = Some(document.expect("text"));
    errors_in(&[bundle])
}

/// Some fixtures contradict themselves, and without the manifest nobody knows that it is the
/// source's fault: what counts is what comes on top.
fn is_nothing_new(before: &[String], after: &[String]) -> bool {
    let told = |errors: &[String]| -> Vec<String> {
        let rest = errors.iter().filter_map(|error| error.split_once(' '));
        rest.map(|(_, message)| message.to_owned()).collect()
    };
    let before = told(before);
    told(after).iter().all(|message| before.contains(message))
}

fn is_task(line: &str) -> bool {
    line.starts_with("- [ ] T") || line.starts_with("- [x] T")
}

/// Whether a line introduces an id: a task, `- **FR-001**…`, `### P-01: …`, a user story.
fn introduces(line: &str) -> bool {
    let bold = line
        .strip_prefix("- **")
        .and_then(|rest| rest.split_once("**"));
    let heading = line.strip_prefix("### ");
    is_task(line)
        || bold.is_some_and(|(id, _)| is_id(id))
        || heading.is_some_and(|title| {
            title.starts_with("User Story ") || is_id(title.split(':').next().unwrap_or(""))
        })
}

fn is_id(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.ends_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn without(text: &str, at: usize) -> String {
    let lines = text.lines().enumerate().filter(|(index, _)| *index != at);
    lines.map(|(_, line)| format!("{line}\n")).collect()
}

fn doubled(text: &str, at: usize) -> String {
    let mut out = String::new();
    for (index, line) in text.lines().enumerate() {
        out.push_str(line);
        out.push('\n');
        if index == at {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[test]
fn any_task_that_is_gone_is_noticed_without_the_manifest_too() {
    let mut unnoticed = Vec::new();
    let mut tried = 0;
    for (name, _, output) in bundles() {
        let documents = documents(&output);
        let tasks = output.file("tasks.md").expect("tasks");
        let before = errors_in(std::slice::from_ref(&documents));
        for (at, line) in tasks.lines().enumerate().filter(|(_, line)| is_task(line)) {
            tried += 1;
            let after = with(&documents, "tasks.md", &without(tasks, at));
            if is_nothing_new(&before, &after) {
                unnoticed.push(format!("{name}:{}: {line}", at + 1));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
    assert!(tried > 150, "{tried} tasks");
}

#[test]
fn any_id_that_is_there_twice_is_noticed_without_the_manifest_too() {
    let mut unnoticed = Vec::new();
    let mut tried = 0;
    for (name, _, output) in bundles() {
        let documents = documents(&output);
        let before = errors_in(std::slice::from_ref(&documents));
        for document in DOCUMENTS {
            let text = output.file(document).expect("a document");
            for (at, line) in text
                .lines()
                .enumerate()
                .filter(|(_, line)| introduces(line))
            {
                tried += 1;
                let after = with(&documents, document, &doubled(text, at));
                if is_nothing_new(&before, &after) {
                    unnoticed.push(format!("{name} {document}:{}: {line}", at + 1));
                }
            }
        }
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
    assert!(tried > 500, "{tried} ids");
}

#[test]
fn beside_the_manifest_both_are_edits_of_what_only_the_generator_writes() {
    for (name, source, output) in bundles() {
        for document in DOCUMENTS {
            let text = output.file(document).expect("a document");
            let ids = text
                .lines()
                .enumerate()
                .filter(|(_, line)| introduces(line));
            for (at, _) in ids.take(2) {
                for changed in [without(text, at), doubled(text, at)] {
                    let mut all = files(&source, &output);
                    let path = path(document);
                    let own = all.iter_mut().find(|(file, _)| *file == path);
                    own.expect("the document").1 = changed.into_bytes();
                    let found = errors(all);
                    let is_edit = |error: &String| error.contains("SK-PRV-001");
                    assert!(found.iter().any(is_edit), "{name} {document}: {found:?}");
                }
            }
        }
    }
}
