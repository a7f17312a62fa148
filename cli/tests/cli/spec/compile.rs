use super::at;
use crate::ops::Folder;
use crate::room::{Reply, ScriptedRoom};
use serde_json::{Value, json};

const TASKS: &str = "\
# Tasks: Search

## Phase 1: Setup

- [ ] T001 Make the table in `db/001.sql`
  - Verify: `cargo test -p search`
- [x] T002 Name the owner
- [ ] T003 [P] Serve the search in `src/search.rs` (depends on T001)
  - Verify: `cargo test -p search --test api`
- [ ] T004 Ask the customers
";

fn tasks() -> Folder {
    let folder = Folder::new();
    folder.write("specs/search/tasks.md", TASKS);
    folder
}

#[test]
fn open_tasks_with_commands_become_runs_that_a_control_room_takes() {
    let done = at(&tasks(), &["compile", "specs/search", "--lanes", "B"])
        .run()
        .exits(0)
        .says("T004 is not run: it names no command")
        .says("2 runs of open tasks, 1 task done");
    let body = done.json();
    let runs = body["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[1]["depends_on"], json!(["#0"]));
    for run in runs {
        assert_eq!(run["lane"], "B");
        let text = run["runbook"].to_string();
        let runbook = ops_runbook::parse(&text, "task.json");
        assert!(runbook.is_ok(), "{runbook:?}\n{text}");
    }
}

#[test]
fn a_generated_bundle_compiles_too() {
    let folder = super::generated();
    let body = at(&folder, &["compile", "specs/search/tasks.md"])
        .run()
        .exits(0)
        .json();
    for run in body["runs"].as_array().unwrap() {
        let text = run["runbook"].to_string();
        assert!(ops_runbook::parse(&text, "task.json").is_ok(), "{text}");
    }
}

#[test]
fn they_are_queued_as_one_bulk_and_each_run_is_printed() {
    let id = |n: usize| format!("8dfdee46-0f3f-4305-aba3-c316f6576a6{n}");
    let room = ScriptedRoom::start(move |request| {
        let made: Vec<Value> = (0..request.body["runs"].as_array().unwrap().len())
            .map(|n| json!({ "run_id": id(n), "status": "queued" }))
            .collect();
        Reply::Json(201, json!({ "runs": made }))
    });
    let folder = tasks();
    let queue = ["compile", "specs/search/tasks.md", "--queue"];
    at(&folder, &queue)
        .at(&room.url)
        .run()
        .exits(0)
        .prints(&format!("{} T001\n{} T003\n", id(0), id(1)));
    let sent = room.requests();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].verb, "runs.create");
    let key = sent[0].body["runs"][0]["idempotency_key"].as_str().unwrap();
    assert!(key.starts_with("search/T001/"), "{key}");
    let told = at(&folder, &["compile", "specs/search", "--queue", "--json"])
        .at(&room.url)
        .run()
        .exits(0)
        .json();
    assert_eq!(told["runs"][1]["task"], "T003");
    assert_eq!(told["done"], json!(["T002"]));
}

#[test]
fn what_cannot_be_compiled_is_told() {
    let folder = tasks();
    folder.write("specs/empty/prd.md", "# PRD\n");
    at(&folder, &["compile", "specs/empty"])
        .run()
        .exits(1)
        .says("no task list");
    folder.write("specs/talk/tasks.md", "# Tasks\n\n- [ ] T001 Talk\n");
    at(&folder, &["compile", "specs/talk", "--queue"])
        .run()
        .exits(1)
        .says("none of the open tasks");
    folder.write(
        "specs/twice/tasks.md",
        "# Tasks\n\n- [ ] T001 a\n- [ ] T001 b\n",
    );
    at(&folder, &["compile", "specs/twice"])
        .run()
        .exits(1)
        .says("T001 stands twice");
    at(&folder, &["compile", "specs/search", "--lanes", "A b"])
        .run()
        .exits(2);
    // Without a control room only the queue is missing.
    at(&folder, &["compile", "specs/search", "--queue"])
        .run()
        .exits(3);
}
