//! A wall clock may jump, so the worker decides nothing about leases by it.

use std::path::{Path, PathBuf};

/// Who reads the wall clock, and what for.
const READERS: [(&str, &str); 6] = [
    ("clock.rs", "makes it readable"),
    ("log/flush.rs", "times of events, for people"),
    ("step/output.rs", "times of events, for people"),
    ("step/conclude.rs", "times of events, for people"),
    (
        "pool/mod.rs",
        "a first number of claims, above those of earlier workers of the same name",
    ),
    (
        "pool/claiming.rs",
        "a number of claims above one that was used before",
    ),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn the_workers_wall_clock_is_read_for_people_and_for_numbers_alone() {
    let source = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/worker/src"));
    let mut found = Vec::new();
    files(source, &mut found);
    let reads = |text: &str| {
        ["SystemTime", "UNIX_EPOCH", "wall_time", "wall_micros"]
            .iter()
            .any(|word| text.contains(word))
    };
    let mut readers: Vec<String> = found
        .iter()
        .filter(|file| reads(&std::fs::read_to_string(file).expect("a text")))
        .map(|file| {
            file.strip_prefix(source)
                .expect("below it")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    readers.sort();
    let mut known: Vec<&str> = READERS.iter().map(|(file, _)| *file).collect();
    known.sort();
    assert_eq!(readers, known, "whoever reads it anew says here what for");
}
