use super::*;

const TASKS: &str = "\
# Tasks: A

## Phase 1: Setup

- [x] T001 Make the folder with `mkdir -p out`
- [ ] T002 [P] Build `cargo build` (depends on T001)
- [ ] T003 [P] Test
  - Verify: `psql \"$DATABASE_URL\" -c 'select 1'`
- [ ] T004 Talk to people (depends on T002)
- [ ] T005 Publish with `npm publish` (depends on T004)
- [ ] T006 Check `cargo test` (depends on T002, T003)
";

fn read(text: &str) -> Document {
    crate::read::document("tasks.md", text.as_bytes()).expect("text")
}

#[test]
fn open_tasks_with_a_command_become_runs_and_the_rest_is_told() {
    let lanes = ["A", "B"];
    let request = Request {
        slug: "a",
        lanes: &lanes,
    };
    let compiled = compile(&read(TASKS), &request).expect("runs");
    assert_eq!(compiled.tasks, ["T002", "T003", "T006"]);
    assert_eq!(compiled.done, ["T001"]);
    let told: Vec<String> = compiled
        .skipped
        .iter()
        .map(|skipped| format!("{} {}", skipped.task, skipped.reason))
        .collect();
    assert_eq!(
        told,
        [
            "T004 it names no command",
            "T005 it waits for T004, which is not executable"
        ]
    );
    let runs = compiled.body["runs"].as_array().expect("a list");
    assert_eq!(
        (runs[0]["lane"].clone(), runs[1]["lane"].clone()),
        (json!("A"), json!("B"))
    );
    assert_eq!(runs[0].get("depends_on"), None);
    assert_eq!(runs[2]["depends_on"], json!(["#0", "#1"]));
    assert_eq!(runs[0]["intent"], json!("T002: Build cargo build"));
    assert_eq!(runs[1]["intent"], json!("Verify T003: Test"));
    assert_eq!(runs[1]["runbook"]["title"], json!("Verify T003: Test"));
    assert_eq!(runs[1]["runbook"]["secrets"], json!(["DATABASE_URL"]));
    assert_eq!(runs[0]["runbook"]["slug"], json!("a-t002"));
    assert_eq!(runs[0]["runbook"]["steps"][0]["run"], json!("cargo build"));
    assert_eq!(compile(&read(TASKS), &request), Ok(compiled));
}

#[test]
fn circles_twins_and_too_many_are_refused() {
    let request = Request {
        slug: "a",
        lanes: &["A"],
    };
    let circle = "# Tasks\n\n- [ ] T001 `cargo a` (depends on T002)\n- [ ] T002 `cargo b` (depends on T001)\n";
    let error = compile(&read(circle), &request).expect_err("a circle");
    assert_eq!(
        error.to_string(),
        "T001, T002 wait for each other in a circle"
    );
    let twins = "# Tasks\n\n- [ ] T001 `cargo a`\n- [ ] T001 `cargo b`\n";
    assert_eq!(
        compile(&read(twins), &request),
        Err(CompileError::Twice {
            task: "T001".into()
        })
    );
    let many: String = (1..=1001)
        .map(|n| format!("- [ ] T{n:04} `cargo test`\n"))
        .collect();
    assert_eq!(
        compile(&read(&format!("# Tasks\n\n{many}")), &request),
        Err(CompileError::TooMany { count: 1001 })
    );
    let none = Request {
        slug: "a",
        lanes: &[],
    };
    assert_eq!(compile(&read(twins), &none), Err(CompileError::NoLane));
}
