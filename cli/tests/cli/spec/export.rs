//! A bundle in the layout of github/spec-kit.

use super::{at, edit, generated, read};
use crate::ops::{Done, Folder};

const SPEC: &str = "specs/001-search/spec.md";
const TASKS: &str = "specs/001-search/tasks.md";
const CONSTITUTION: &str = ".specify/memory/constitution.md";

fn export(folder: &Folder, more: &[&str]) -> Done {
    let mut arguments = vec!["export", "specs/search"];
    arguments.extend(more);
    at(folder, &arguments).run()
}

#[test]
fn an_export_is_written_keeps_its_number_and_is_checked() {
    let folder = generated();
    export(&folder, &["--check"]).exits(1);
    let done = export(&folder, &[]).exits(0);
    assert!(
        done.out.contains(&format!("new       {SPEC}\n"))
            || done.out.contains(&format!("new       ./{SPEC}\n")),
        "{}",
        done.out
    );
    assert!(read(&folder, SPEC).starts_with("# Feature Specification: Search\n"));
    assert!(read(&folder, CONSTITUTION).contains("(../../specs/001-search/plan.md)"));
    export(&folder, &["--check"]).exits(0);
    export(&folder, &[]).exits(0);
    // The layout is known, and clean.
    at(&folder, &["validate", "specs/001-search", ".specify"])
        .run()
        .exits(0);
    // In a repository that has others, the next number.
    std::fs::create_dir_all(folder.path().join("other/specs/007-billing")).unwrap();
    let done = export(&folder, &["--to", "other", "--json"]).exits(0);
    assert!(
        done.out.contains("\"feature\":\"008-search\"")
            || done.out.contains("\"feature\": \"008-search\""),
        "{}",
        done.out
    );
    assert!(read(&folder, "other/specs/008-search/spec.md").contains("(../../../docs/prd.md#L"));
}

#[test]
fn ticks_of_the_export_stay_and_other_edits_are_refused() {
    let folder = generated();
    export(&folder, &[]).exits(0);
    edit(&folder, TASKS, "- [ ] T001", "- [x] T001");
    edit(&folder, "docs/prd.md", "a second", "two seconds");
    super::generate(&folder).exits(0);
    export(&folder, &[]).exits(0);
    assert!(read(&folder, TASKS).contains("- [x] T001"));
    assert!(read(&folder, SPEC).contains("two seconds"));
    edit(&folder, SPEC, "two seconds", "three seconds");
    export(&folder, &[])
        .exits(1)
        .says("specs/001-search/spec.md is no export of this bundle, or was changed by hand since")
        .says("--overwrite-edited");
    assert!(read(&folder, SPEC).contains("three seconds"));
    export(&folder, &["--overwrite-edited"]).exits(0);
    assert!(read(&folder, SPEC).contains("two seconds"));
}

#[test]
fn a_constitution_of_the_repositorys_own_stays() {
    let folder = generated();
    folder.write(CONSTITUTION, "# Ours\n\n## Core Principles\n");
    export(&folder, &[])
        .exits(0)
        .says(".specify/memory/constitution.md is the repository's own and stays");
    assert_eq!(
        read(&folder, CONSTITUTION),
        "# Ours\n\n## Core Principles\n"
    );
    assert!(read(&folder, "specs/001-search/constitution.md").contains("(plan.md)"));
    // What `specify init` lays out is a form, and no constitution yet.
    let fresh = generated();
    fresh.write(CONSTITUTION, "# [PROJECT_NAME] Constitution\n");
    export(&fresh, &[]).exits(0);
    assert!(read(&fresh, CONSTITUTION).starts_with("# Search Constitution\n"));
}

#[test]
fn half_a_bundle_and_none_are_refused() {
    let folder = generated();
    std::fs::remove_file(folder.path().join("specs/search/plan.md")).unwrap();
    export(&folder, &[])
        .exits(2)
        .says("specs/search: plan.md is not there");
    at(&folder, &["export", "docs"])
        .run()
        .exits(2)
        .says("docs: ");
    assert!(!folder.path().join("specs/001-search").exists());
}
