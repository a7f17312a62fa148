//! The documents that a bundle can be made of.

use std::path::{Path, PathBuf};

/// Name and text of each document of the corpus, of those that were once mistaken, and of the
/// project's own.
pub fn fixtures() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = ["tests/corpus", "tests/accepted"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.push(root.join("../docs/prd.md"));
    paths.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a fixture");
    let name = |path: &PathBuf| {
        path.file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    paths.iter().map(|path| (name(path), read(path))).collect()
}
