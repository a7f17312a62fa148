//! docs/OPERATIONS.md names each variable that the product reads.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const DOCUMENT: &str = include_str!("../../docs/OPERATIONS.md");

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder");
    for entry in entries.map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let is_product = !matches!(&*name, "tests" | "examples" | "target" | "configuration");
        if entry.is_dir() && is_product {
            sources(&entry, found);
        } else if name.ends_with(".rs") && !name.contains("tests") {
            found.push(entry);
        }
    }
}

#[test]
fn each_variable_that_is_read_is_told() {
    let mut files = Vec::new();
    for folder in ["action", "cli", "crates", "functions"] {
        sources(&Path::new(ROOT).join(folder), &mut files);
    }
    let name = regex_lite::Regex::new("\"(OPS_[A-Z_]+)\"").expect("a pattern");
    let mut read = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a source");
        // What its tests make up is nobody's to set.
        let text = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        read.extend(name.captures_iter(text).map(|found| found[1].to_string()));
    }
    assert!(read.len() > 15, "{read:?}");
    let is_told = |name: &&String| DOCUMENT.contains(&format!("`{name}`"));
    let untold: Vec<_> = read.iter().filter(|name| !is_told(name)).collect();
    assert!(untold.is_empty(), "not in docs/OPERATIONS.md: {untold:?}");
}
