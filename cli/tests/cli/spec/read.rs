use super::{at, generated};
use crate::ops::{Folder, ops};
use serde_json::Value;

#[test]
fn a_task_leads_back_to_its_goals_with_their_lines() {
    let folder = generated();
    let done = at(&folder, &["trace", "specs/search"]).run().exits(0);
    assert!(done.out.contains("FR-001"), "{}", done.out);
    let table = at(&folder, &["trace", "specs", "--format", "markdown"])
        .run()
        .exits(0)
        .out;
    assert!(table.starts_with("| Goal | Requirement |"), "{table}");
    let matrix = at(
        &folder,
        &["trace", "specs/search/tasks.md", "--format", "json"],
    )
    .run()
    .exits(0)
    .json();
    let row = &matrix["rows"][0];
    let task = row["tasks"][0].as_str().unwrap().to_owned();
    let way = at(&folder, &["trace", "specs", "--reverse", &task])
        .run()
        .exits(0)
        .out;
    assert!(
        way.starts_with(&task) && way.contains("implements FR-001"),
        "{way}"
    );
    assert!(way.contains("docs/prd.md:"), "{way}");
    let steps = at(
        &folder,
        &["trace", "specs", "--reverse", &task, "--format", "json"],
    )
    .run()
    .json();
    assert_eq!(steps[0]["id"], task);
    let list = at(
        &folder,
        &[
            "trace",
            "specs",
            "--forward",
            "FR-001",
            "--format",
            "markdown",
        ],
    )
    .run()
    .exits(0)
    .out;
    assert!(
        list.starts_with("- FR-001") && list.contains(&task),
        "{list}"
    );
    at(&folder, &["trace", "specs", "--reverse", "T999"])
        .run()
        .exits(2)
        .says("no such id");
}

#[test]
fn more_than_one_bundle_has_to_be_told_apart() {
    let folder = generated();
    at(
        &folder,
        &["generate", "--from", "docs/prd.md", "--out", "specs/other"],
    )
    .run()
    .exits(0);
    at(&folder, &["trace", "specs"])
        .run()
        .exits(2)
        .says("2 bundles are in there, specs/other, specs/search");
    at(&Folder::new(), &["trace", "."]).run().exits(2);
}

#[test]
fn rules_are_listed_and_explained() {
    let done = ops(&["spec", "explain", "sk-tsk-007"]).run().exits(0);
    assert!(
        done.out.starts_with("SK-TSK-007 (error)\n") && done.out.contains("\nWhy: "),
        "{}",
        done.out
    );
    ops(&["spec", "explain", "SK-TSK-077"])
        .run()
        .exits(2)
        .says("there is no rule SK-TSK-077; did you mean SK-TSK-0")
        .says("ops spec rules");
    let table: Value = ops(&["spec", "rules", "--json"]).run().exits(0).json();
    let count = table.as_array().unwrap().len();
    let people = ops(&["spec", "rules"]).run().exits(0).out;
    assert_eq!(people.lines().count(), count + 1);
    let markdown = ops(&["spec", "rules", "--markdown"]).run().exits(0).out;
    assert_eq!(markdown.lines().count(), count + 2);
}
