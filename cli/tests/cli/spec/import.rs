//! A feature of github/spec-kit as a source, and back.

use super::{at, edit, generated, read};
use crate::ops::Folder;

const TO: &str = "docs/back.md";

/// A repository with a feature in the layout of spec-kit.
fn exported() -> Folder {
    let folder = generated();
    at(&folder, &["export", "specs/search"]).run().exits(0);
    folder
}

fn import(folder: &Folder, more: &[&str]) -> crate::ops::Done {
    let mut arguments = vec!["import", "specs/001-search", "--to", TO];
    arguments.extend(more);
    at(folder, &arguments).run()
}

#[test]
fn a_feature_becomes_a_source_that_a_bundle_is_generated_from() {
    let folder = exported();
    edit(
        &folder,
        "specs/001-search/tasks.md",
        "- [ ] T001",
        "- [x] T001",
    );
    let done = import(&folder, &[]).exits(0);
    assert!(
        done.out.starts_with(&format!("new       {TO}\n")),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("  of spec.md: all of it\n"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("  of constitution.md: Core Principles"),
        "{}",
        done.out
    );
    done.says("left: tasks.md, Dependencies & Execution Order")
        .says("ops spec generate --from docs/back.md --out spec/001-search");
    assert!(read(&folder, TO).contains("\n- [x] T001 "));
    let out = ["generate", "--from", TO, "--out", "spec/001-search"];
    at(&folder, &out).run().exits(0);
    assert!(read(&folder, "spec/001-search/tasks.md").contains("\n- [x] T001 "));
    at(&folder, &["validate", "spec/001-search"]).run().exits(0);
}

#[test]
fn what_somebody_wrote_is_not_written_over_unasked() {
    let folder = exported();
    import(&folder, &[]).exits(0);
    let done = import(&folder, &["--json"]).exits(0);
    assert!(done.out.contains("\"state\""), "{}", done.out);
    edit(&folder, TO, "Search", "Find");
    import(&folder, &[])
        .exits(1)
        .says("docs/back.md: is there already and says something else")
        .says("--overwrite-edited");
    import(&folder, &["--overwrite-edited"]).exits(0);
    let none = at(&folder, &["import", "docs", "--to", TO]).run();
    none.exits(2)
        .says("docs/spec.md: there is no such file or folder");
}

#[test]
fn other_bytes_than_text_are_refused_with_their_line() {
    let folder = exported();
    let spec = folder.path().join("specs/001-search/spec.md");
    std::fs::write(&spec, b"# Search\n\n\xff\n").unwrap();
    import(&folder, &[]).exits(1).says("spec.md").says("line 3");
    assert!(!folder.path().join(TO).exists());
}
