//! One good bundle, edits to it, and what is found afterwards.

use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::{Config, Date};
use ops_spec_kit::report::Report;
use std::collections::BTreeMap;

pub const TODAY: &str = "2026-11-29";

/// A change to the good bundle. Paths without a folder are in `checkout/`.
#[derive(Clone, Copy)]
pub enum Edit {
    /// The first occurrence of a text, which has to be there.
    Swap(&'static str, &'static str, &'static str),
    /// A file, or text behind what is there.
    Add(&'static str, &'static str),
    Remove(&'static str),
    Bytes(&'static str, &'static [u8]),
    /// The folder's name.
    Folder(&'static str),
    /// Spec-kit.toml.
    Config(&'static str),
    /// What follows is compared with the good bundle.
    Base,
}

pub struct Case {
    pub rule: &'static str,
    pub bad: &'static [Edit],
    /// File and a text on the line where the finding has to be; an empty text is the first line.
    pub at: (&'static str, &'static str),
    /// The same shape, and no finding.
    pub near: &'static [Edit],
    /// Other rules that the same edit breaks with severity error.
    pub with: &'static [&'static str],
}

pub type Files = BTreeMap<String, Vec<u8>>;

pub fn good() -> Files {
    let files = [
        (
            "checkout/constitution.md",
            include_str!("base/constitution.md"),
        ),
        ("checkout/prd.md", include_str!("base/prd.md")),
        ("checkout/plan.md", include_str!("base/plan.md")),
        ("checkout/tasks.md", include_str!("base/tasks.md")),
    ];
    files
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect()
}

fn path(name: &str) -> String {
    match name.contains('/') {
        true => name.to_owned(),
        false => format!("checkout/{name}"),
    }
}

pub fn edited(edits: &[Edit]) -> Files {
    let mut files = good();
    for edit in edits {
        match edit {
            Edit::Swap(name, old, new) => {
                let bytes = files.get_mut(&path(name)).expect("a file");
                let text = String::from_utf8(bytes.clone()).expect("text");
                assert!(text.contains(old), "{name} has no {old:?}");
                *bytes = text.replacen(old, new, 1).into_bytes();
            }
            Edit::Add(name, text) => files.entry(path(name)).or_default().extend(text.as_bytes()),
            Edit::Remove(name) => {
                files.remove(&path(name)).expect("a file");
            }
            Edit::Bytes(name, bytes) => {
                files.insert(path(name), bytes.to_vec());
            }
            Edit::Folder(name) => {
                files = files
                    .into_iter()
                    .map(|(path, bytes)| (path.replacen("checkout", name, 1), bytes))
                    .collect();
            }
            Edit::Config(_) | Edit::Base => {}
        }
    }
    files
}

pub fn report(edits: &[Edit]) -> Report {
    let config = edits.iter().find_map(|edit| match edit {
        Edit::Config(text) => Some(*text),
        _ => None,
    });
    let config = Config::parse("spec-kit.toml", config.unwrap_or("")).expect("a configuration");
    let base = match edits.iter().any(|edit| matches!(edit, Edit::Base)) {
        true => Bundle::group(good()),
        false => Vec::new(),
    };
    let options = Options {
        config: &config,
        baseline: None,
        date: Date::parse(TODAY),
        base: &base,
    };
    check(&Bundle::group(edited(edits)), &options)
}

/// The line of a text in an edited file, from 1.
pub fn line_of(files: &Files, name: &str, text: &str) -> u32 {
    if text.is_empty() {
        return 1;
    }
    let bytes = files.get(&path(name)).expect("a file");
    let content = String::from_utf8_lossy(bytes);
    let at = content
        .find(text)
        .unwrap_or_else(|| panic!("{name} has no {text:?}"));
    u32::try_from(content[..at].matches('\n').count() + 1).expect("a line")
}

pub fn full_path(name: &str) -> String {
    path(name)
}
