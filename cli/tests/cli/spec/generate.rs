use super::{PRD, at, edit, generate, generated, read};
use crate::ops::Folder;
use std::path::Path;

const FILES: [&str; 7] = [
    "constitution.md",
    "prd.md",
    "plan.md",
    "tasks.md",
    "spec-kit.json",
    "spec-kit.lock",
    "bundle.zip",
];

fn bytes(folder: &Path) -> Vec<Vec<u8>> {
    FILES
        .iter()
        .map(|name| std::fs::read(folder.join(name)).unwrap())
        .collect()
}

#[test]
fn the_same_source_gives_the_same_bytes_wherever_it_lies() {
    let (one, other) = (generated(), generated());
    let of = |folder: &Folder| bytes(&folder.path().join("specs/search"));
    assert_eq!(of(&one), of(&other));
    // Nothing but the bundle is left beside it.
    let entries = std::fs::read_dir(one.path().join("specs/search")).unwrap();
    assert_eq!(entries.count(), FILES.len());
    // From another folder, inside of a repository.
    std::fs::create_dir(one.path().join(".git")).unwrap();
    at(
        &one,
        &[
            "generate",
            "--from",
            "../docs/prd.md",
            "--out",
            "search",
            "--check",
        ],
    )
    .within(&one.path().join("specs"))
    .run()
    .exits(0);
    let text = read(&one, "specs/search/prd.md");
    assert!(text.contains("../../docs/prd.md#L"), "{text}");
    assert!(!text.contains(one.path().to_str().unwrap()), "{text}");
}

#[test]
fn a_check_writes_nothing_and_ends_with_1_where_anything_would_change() {
    let folder = generated();
    let check = [
        "generate",
        "--from",
        "docs/prd.md",
        "--out",
        "specs/search",
        "--check",
    ];
    at(&folder, &check).run().exits(0);
    edit(&folder, "docs/prd.md", "a second", "two seconds");
    let before = bytes(&folder.path().join("specs/search"));
    let done = at(&folder, &check).run().exits(1).says("\nhint: ");
    assert!(
        done.out.contains("changed   specs/search/prd.md\n"),
        "{}",
        done.out
    );
    assert_eq!(before, bytes(&folder.path().join("specs/search")));
    generate(&folder).exits(0);
    at(&folder, &check).run().exits(0);
    let fresh = [
        "generate",
        "--from",
        "docs/prd.md",
        "--out",
        "specs/fresh",
        "--check",
    ];
    at(&folder, &fresh).run().exits(1);
    assert!(!folder.path().join("specs/fresh").exists());
}

#[test]
fn a_tick_stays_an_edit_by_hand_is_refused_and_other_line_ends_are_no_change() {
    let folder = generated();
    edit(&folder, "specs/search/tasks.md", "- [ ] T001", "- [x] T001");
    generate(&folder).exits(0);
    assert!(read(&folder, "specs/search/tasks.md").contains("- [x] T001"));
    for name in ["prd.md", "tasks.md", "spec-kit.json"] {
        let path = format!("specs/search/{name}");
        folder.write(&path, &read(&folder, &path).replace('\n', "\r\n"));
    }
    let check = [
        "generate",
        "--from",
        "docs/prd.md",
        "--out",
        "specs/search",
        "--check",
    ];
    at(&folder, &check).run().exits(0);
    edit(&folder, "specs/search/plan.md", "# ", "# My own ");
    generate(&folder)
        .exits(1)
        .says("plan.md was edited elsewhere than between its unlock marks")
        .says("--overwrite-edited");
    let overwrite = [
        "generate",
        "--from",
        "docs/prd.md",
        "--out",
        "specs/search",
        "--overwrite-edited",
    ];
    at(&folder, &overwrite).run().exits(0);
    assert!(!read(&folder, "specs/search/plan.md").contains("My own"));
}

#[test]
fn a_request_as_json_is_a_source_too() {
    let folder = Folder::new();
    let request = r#"{"slug": "find-orders", "name": "Find orders", "description": "People cannot find old orders.", "goals": ["Orders are found within a second"]}"#;
    folder.write("request.json", request);
    let arguments = [
        "generate",
        "--from",
        "request.json",
        "--out",
        "specs/find-orders",
        "--json",
    ];
    let told = at(&folder, &arguments).run().exits(0).json();
    assert_eq!(
        (&told["slug"], &told["written"]),
        (&"find-orders".into(), &true.into())
    );
    assert_eq!(told["files"]["bundle.zip"], "new");
    assert_eq!(told["nodes"]["goal"], 1);
    let again = at(&folder, &arguments).run().exits(0).json();
    assert_eq!(
        (&again["current"], &again["written"]),
        (&true.into(), &false.into())
    );
    folder.write("request.json", "{\"slug\": 3}");
    at(&folder, &arguments)
        .run()
        .exits(1)
        .says("request.json:1:");
}

#[test]
fn days_come_from_an_argument_or_the_environment_and_never_from_a_clock() {
    let folder = Folder::new();
    folder.write("docs/prd.md", PRD);
    generate(&folder).exits(0);
    assert!(read(&folder, "specs/search/prd.md").contains("TODO(CREATED_DATE)"));
    let dated = ["generate", "--from", "docs/prd.md", "--out", "specs/dated"];
    at(&folder, &dated)
        .env("SOURCE_DATE_EPOCH", "951782400")
        .run()
        .exits(0);
    assert!(read(&folder, "specs/dated/prd.md").contains("2000-02-29"));
    at(&folder, &dated)
        .env("SOURCE_DATE_EPOCH", "soon")
        .run()
        .exits(2)
        .says("SOURCE_DATE_EPOCH is `soon`");
    at(
        &folder,
        &[
            "generate",
            "--from",
            "a",
            "--out",
            "b",
            "--date",
            "2026-02-30",
        ],
    )
    .run()
    .exits(2)
    .says("2026-01-31");
}

#[test]
fn what_is_wrong_with_a_source_is_told_and_nothing_is_written() {
    let folder = Folder::new();
    folder.write("short.md", "# Title\n\nWords.\n");
    std::fs::write(folder.path().join("latin.md"), b"# Caf\xe9\n").unwrap();
    let of = |from: &str, rest: &[&str]| {
        let mut arguments = vec!["generate", "--from", from, "--out", "out"];
        arguments.extend(rest);
        at(&folder, &arguments).run()
    };
    of("short.md", &[]).exits(1);
    of("latin.md", &[])
        .exits(1)
        .says("not UTF-8 at byte 5 (line 1)");
    of("none.md", &[])
        .exits(2)
        .says("none.md: there is no such file");
    of(".", &[]).exits(2).says("a file is expected");
    of("short.md", &["--slug", "Not A Slug"])
        .exits(2)
        .says("`not-a-slug`");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn reports_of_the_bundle_are_written_beside_it() {
    let folder = generated();
    let reports = [
        "generate",
        "--from",
        "docs/prd.md",
        "--out",
        "specs/search",
        "--reports",
        "out",
    ];
    at(&folder, &reports)
        .run()
        .exits(0)
        .says("note: no errors and ")
        .says("out/report.md");
    for (name, words) in [
        ("report.json", "\"version\""),
        ("report.md", "specs/search"),
        ("report.sarif", "2.1.0"),
        ("report.xml", "<testsuites"),
    ] {
        assert!(
            read(&folder, &format!("out/{name}")).contains(words),
            "{name}"
        );
    }
    // The archive may be absent, and is not told of then.
    std::fs::remove_file(folder.path().join("specs/search/bundle.zip")).unwrap();
    let check = [
        "generate",
        "--from",
        "docs/prd.md",
        "--out",
        "specs/search",
        "--check",
    ];
    let done = at(&folder, &check).run().exits(0);
    assert!(!done.out.contains("bundle.zip"), "{}", done.out);
}
