//! Where the work of each task lives: what the source says, else what the generator proposes.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::facts::{Document, Task};

fn tasks(text: &str) -> Document {
    let output = bundle(&source(text)).expect("a bundle");
    let tasks = output.file("tasks.md").expect("tasks");
    ops_spec_kit::read::document("tasks.md", tasks.as_bytes()).expect("text")
}

fn plan(text: &str) -> String {
    let output = bundle(&source(text)).expect("a bundle");
    output.file("plan.md").expect("a plan").to_owned()
}

fn paths(task: &Task) -> Vec<&str> {
    task.paths.iter().map(|(path, _)| path.as_str()).collect()
}

fn task<'a>(document: &'a Document, words: &str) -> &'a Task {
    let mut all = document.tasks.iter();
    all.find(|task| task.text.contains(words)).expect(words)
}

fn own() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/prd.md");
    std::fs::read_to_string(path).expect("the PRD")
}

/// What the source leaves open is written into a document that the task names.
#[test]
fn each_task_of_the_own_prd_names_a_path_or_a_command() {
    let tasks = tasks(&own());
    assert_eq!(tasks.tasks.len(), 50);
    for task in &tasks.tasks {
        let names = !task.paths.is_empty() || !task.commands.is_empty();
        assert!(names, "{}", task.text);
    }
    let places = [
        (
            "Create the index `run_events",
            "supabase/migrations/*_index_run_events.sql",
        ),
        (
            "Serve `POST /runs.heartbeat`",
            "supabase/functions/ops-executor/",
        ),
        ("Build the screen **Spec Kit**", "app/spec-kit/page.tsx"),
        ("Show AC-004", "tests/acceptance/ac-004.*"),
        ("Deploy UI: Vercel", "vercel.json"),
    ];
    for (words, path) in places {
        let words = words.replace(['`', '*'], "");
        assert_eq!(paths(task(&tasks, &words)), [path], "{words}");
    }
    // Work on the function that serves the API is for what of the API is open.
    let executor = task(&tasks, "Enhanced Edge Function executor");
    assert_eq!(executor.refs[0].id.written, "FR-006");
}

#[test]
fn the_plan_says_that_the_layout_is_the_generators() {
    let plan = plan(&own());
    assert!(
        plan.contains(
            "**Proposed layout**: this is the generator's proposal and not the source's."
        )
    );
    assert!(plan.contains("\n- `supabase/functions/ops-executor/`: the endpoints\n"));
}

const SHOP: &str = "# Shop\n\n## Problem\n\nOrders get lost.\n\n## Requirements\n\n- Store orders\n\n## Acceptance Criteria\n\n- An order is stored\n\n## API\n\n- `POST /orders` - store an order\n";

#[test]
fn a_stack_decides_on_folders_and_ends_and_a_named_folder_before_it() {
    let unknown = tasks(SHOP);
    assert_eq!(paths(task(&unknown, "POST /orders")), ["src/api/orders/"]);
    assert_eq!(
        paths(task(&unknown, "Show AC-001")),
        ["tests/acceptance/ac-001.*"]
    );
    let python = format!("{SHOP}\n## Technology\n\n- FastAPI, tested with pytest\n");
    let python = tasks(&python);
    assert_eq!(paths(task(&python, "POST /orders")), ["src/api/orders.py"]);
    let shown = paths(task(&python, "Show AC-001"));
    assert_eq!(shown, ["tests/acceptance/test_ac_001.py"]);
    let next =
        format!("{SHOP}- `GET /orders/{{id}}` - show an order\n\n## Technology\n\n- Next.js\n");
    assert_eq!(
        paths(task(&tasks(&next), "GET /orders/{id}")),
        ["app/api/orders/[id]/route.ts"]
    );
    let named = format!("{SHOP}\n## Structure\n\n- `server/api/` has the endpoints\n");
    assert_eq!(
        paths(task(&tasks(&named), "POST /orders")),
        ["server/api/orders/"]
    );
}

#[test]
fn what_is_done_may_live_elsewhere() {
    let output = bundle(&source(
        &SHOP.replace("- Store orders", "- ✅ Store orders"),
    ))
    .expect("a bundle");
    let tasks = output.file("tasks.md").expect("tasks");
    assert!(
        tasks.contains("`, unless it is built elsewhere already\n"),
        "{tasks}"
    );
}

/// Tasks of the source are none of the bundle's, and a number is no task.
#[test]
fn tasks_that_the_source_names_are_no_dependencies() {
    let text = SHOP.replace(
        "- Store orders",
        "- Store orders\n- Paint walls, which needs T001 and depends on 3 services",
    );
    let source = source(&text);
    let output = bundle(&source).expect("a bundle");
    assert_eq!(errors(files(&source, &output)), [""; 0]);
    let tasks = output.file("tasks.md").expect("tasks");
    assert!(
        tasks.contains("needs the source's T001 and depends on 3 services"),
        "{tasks}"
    );
}

/// A delta of OpenSpec says what changes; why is asked.
#[test]
fn a_delta_becomes_a_bundle_that_asks_for_the_reason() {
    let text = include_str!("accepted/delta_without_a_reason.md");
    let output = bundle(&source(text)).expect("a bundle");
    let prd = output.file("prd.md").expect("a PRD");
    for line in [
        "TODO(PROBLEM): the source says what is to be done and not why.",
        "- **FR-002**: The system MUST NOT have any more: Security questions",
        "[NEEDS CLARIFICATION: The source says what changes and not why. Which problem does the change solve?] ‹L3›",
    ] {
        assert!(prd.contains(line), "{line}\n{prd}");
    }
    let tasks = output.file("tasks.md").expect("tasks");
    assert!(tasks.contains("Remove: Security questions"), "{tasks}");
}
