//! What whoever begins with a bundle can rely on: ticks change nothing else, what can begin can
//! begin, nothing is asked for that the source does not ask for now.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::facts::{Check, Document};
use ops_spec_kit::generate::{Existing, Output, Request, generate};
use ops_spec_kit::read;

fn own() -> Document {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/prd.md");
    let text = std::fs::read(path).expect("the PRD");
    read::document("docs/prd.md", &text).expect("text")
}

fn of(text: &str) -> Output {
    let source = source(text);
    let output = bundle(&source).expect("a bundle");
    assert_eq!(errors(files(&source, &output)), [""; 0]);
    output
}

fn file<'a>(output: &'a Output, name: &str) -> &'a str {
    output.file(name).expect("a document")
}

fn tasks(output: &Output) -> Document {
    read::document("tasks.md", file(output, "tasks.md").as_bytes()).expect("text")
}

/// The line of a task, by words in it.
fn line<'a>(output: &'a Output, words: &str) -> &'a str {
    let mut lines = file(output, "tasks.md").lines();
    lines
        .find(|line| line.starts_with("- [") && line.contains(words))
        .expect(words)
}

const HEAD: &str = "# Shop\n\n## Problem\n\nOrders get lost.\n\n## Goals\n\n- Find each order\n\n";

#[test]
fn a_tick_changes_its_box_and_nothing_else() {
    let prd = own();
    let first = generate(&Request::new(&prd, "a")).expect("a bundle");
    let ticked: Vec<(&str, String)> = first
        .files
        .iter()
        .map(|(name, text)| {
            let text = match name.as_str() {
                "tasks.md" => text.replacen("- [ ] ", "- [x] ", 12),
                _ => text.clone(),
            };
            (name.as_str(), text)
        })
        .collect();
    let existing = Existing::of(ticked.iter().map(|(n, t)| (*n, t.as_str())));
    let mut request = Request::new(&prd, "a");
    request.existing = Some(&existing);
    let second = generate(&request).expect("a bundle");
    for (name, text) in &ticked {
        assert_eq!(second.file(name), Some(text.as_str()), "{name}");
    }
}

/// `plan.md` is written by the generator alone, so nobody can be asked to write into it.
#[test]
fn what_is_not_said_is_to_be_written_into_the_source() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let settle = line(&output, "Settle what the source does not say");
    assert!(settle.contains("write it into `docs/prd.md`"), "{settle}");
    assert!(!settle.contains("plan.md"), "{settle}");
}

#[test]
fn what_is_done_waits_for_nothing_that_is_open() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let tasks = tasks(&output);
    let open: Vec<&str> = tasks
        .tasks
        .iter()
        .filter(|task| task.check == Check::Open)
        .filter_map(|task| Some(task.id.as_ref()?.written.as_str()))
        .collect();
    let done = tasks.tasks.iter().filter(|task| task.check == Check::Done);
    for task in done {
        for need in &task.depends_on {
            assert!(!open.contains(&need.id.written.as_str()), "{}", task.text);
        }
    }
}

/// A phase begins when the one before it is passed.
#[test]
fn work_begins_in_the_first_phase_that_is_open() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let plan = file(&output, "plan.md");
    assert!(
        plan.contains(
            "\nWork begins in phase 1 (Setup): there T001, T002 and T003 wait for no open task.\n"
        ),
        "{plan}"
    );
}

#[test]
fn a_table_is_made_after_those_that_it_refers_to() {
    let output = of(&format!(
        "{HEAD}## Requirements\n\n- Deliver to partners\n\n## Data Model\n\n### Tables\n\n- **deliveries** - what was sent\n- **partners** - who gets it\n- **colours** - a list\n\n### Indexes\n\n- `deliveries(partner_id, sent_at)`\n"
    ));
    let deliveries = line(&output, "Create table `deliveries`");
    let partners = line(&output, "Create table `partners`");
    let id = partners.get(6..10).expect("an id");
    assert!(
        deliveries.contains(&format!("(depends on {id})")),
        "{deliveries}"
    );
    assert!(!deliveries.contains("[P]"), "{deliveries}");
    assert!(partners.contains("[P]"), "{partners}");
}

/// Two tasks on one page would write it twice.
#[test]
fn listed_work_on_a_screen_is_the_task_of_the_screen() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let tasks = file(&output, "tasks.md");
    assert!(!tasks.contains("Build the screen **Runboard**"), "{tasks}");
    assert!(
        tasks.contains("  - **Runboard**: Primary dashboard with lanes A/B/C/D"),
        "{tasks}"
    );
    let places = tasks.matches("Where: `app/runboard/page.tsx`").count();
    assert_eq!(places, 2, "{tasks}");
    assert!(!line(&output, "Enhanced Runboard").contains("[P]"));
}

const LATER: &str = "## Requirements

- **FR-001**: The system MUST find an order by its number
- **FR-002**: The system MUST NOT export CSV files
- **FR-003**: Orders can be drawn as charts (future)

## Non-Goals

- Execute repository code

## Security

- Do not execute repository code

## Deployment

- UI: Vercel
- No CI/CD at first
- Image multi-arch non requise pour le moment

## Future Roadmap

### Phase 2 — Charts

- Charts of all orders

### Phase 3 — Users

- `POST /users` - Add a user
";

#[test]
fn what_is_denied_or_put_off_is_no_work_of_this_release() {
    let output = of(&format!("{HEAD}{LATER}"));
    let all = file(&output, "tasks.md");
    for words in ["CI/CD", "multi-arch", "Charts of all", "/users"] {
        assert!(!all.contains(words), "{words}\n{all}");
    }
    let (release, later) = all.split_once(": Later\n").expect("a last phase");
    assert!(release.contains("Find an order by its number"), "{release}");
    assert!(
        release.contains("Make sure that the system does not export CSV files"),
        "{release}"
    );
    assert!(
        later.contains("[FR-003]") && !release.contains("[FR-003]"),
        "{all}"
    );
    let prd = file(&output, "prd.md");
    let (_, kept) = prd.split_once("## Later\n").expect("a section");
    assert!(
        kept.contains("**Future Roadmap › Phase 2 — Charts**:\n\n- Charts of all orders"),
        "{kept}"
    );
    // Not to do what is excluded agrees with it.
    assert!(!prd.contains("Which holds?"), "{prd}");
}

#[test]
fn a_scenario_has_no_when_that_nobody_said() {
    let criteria: String = (1..=8)
        .map(|n| format!("- Order {n} is found by its number\n"))
        .collect();
    let output = of(&format!(
        "{HEAD}## Requirements\n\n- Find each order by its number\n\n## Acceptance Criteria\n\n{criteria}"
    ));
    let prd = file(&output, "prd.md");
    assert!(
        prd.contains("1. **Given** FR-001 is built, **Then** Order 1 is found by its number"),
        "{prd}"
    );
    assert!(
        prd.contains("\nAnd 2 more, which stand with the requirements and criteria below"),
        "{prd}"
    );
    // Nobody called them hard.
    assert!(!prd.contains("(hard)"), "{prd}");
    let constitution = file(&output, "constitution.md");
    assert!(
        constitution.contains("MUST meet all 8 acceptance criteria"),
        "{constitution}"
    );
}

#[test]
fn each_decision_says_what_holds_it() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let constitution = file(&output, "constitution.md");
    for (id, how) in [("D-01", "(held by review alone)"), ("D-04", "(held by T0")] {
        let mut lines = constitution.lines();
        let line = lines
            .find(|line| line.contains(&format!("per {id}:")))
            .expect(id);
        assert!(line.contains(how), "{line}");
    }
    let plan = file(&output, "plan.md");
    assert!(
        plan.contains("| Decisions stand (P-02) | REVIEW |"),
        "{plan}"
    );
}

#[test]
fn code_of_a_scenario_stays_code() {
    let output = of(&format!(
        "{HEAD}## User Stories\n\n### User Story 1 - Sign in (Priority: P1)\n\nSomebody signs in.\n\n1. **Given** a form on `/home`, **When** it is sent, **Then** the cookie `__Host-session` is set and `/home` is shown\n2. **Given** a mail, **When** it is opened on `/reset`, **Then** `/reset/confirm?token=x` is shown\n\n## Requirements\n\n- **FR-001**: The page `/reset` MUST be shown\n"
    ));
    let prd = file(&output, "prd.md");
    for words in [
        "cookie `__Host-session` is set and `/home` is",
        "**Then** `/reset/confirm?token=x` is",
    ] {
        assert!(prd.contains(words), "{words}\n{prd}");
    }
}

/// A form that is told between quotation marks names what goes into it.
#[test]
fn a_quoted_pattern_is_no_open_token() {
    let output = of(&format!(
        "{HEAD}## Requirements\n\n- **FR-001**: A thread is called « Night <Game> - <date> »\n"
    ));
    let prd = file(&output, "prd.md");
    assert!(!prd.contains("TODO(Game)"), "{prd}");
    assert!(!prd.contains("What belongs there?"), "{prd}");
}

#[test]
fn a_sentence_names_no_file_and_a_story_no_language() {
    let output = of(&format!(
        "{HEAD}## User Stories\n\n- As a user, I want that no cookie is stolen by JavaScript, so that I am safe\n\n## Requirements\n\n- **FR-001**: Muss-Ausgabe einer Fehlermeldung in textueller Form bei falschen Daten\n- **FR-002**: Muss-Ausgabe einer Liste von Zeilen mit einem Hintergrund (background) je Zeile\n- **FR-003**: It MUST work without JavaScript and find orders by number, name and day\n\n## Stretch Features\n\n- A queue with Celery in Python\n"
    ));
    let tasks = file(&output, "tasks.md");
    assert_eq!(tasks.matches("Where: `src/`").count(), 3, "{tasks}");
    let plan = file(&output, "plan.md");
    assert!(plan.contains("TODO(LANGUAGE_VERSION)"), "{plan}");
}

/// One word in common, such as "session" or "worker", ties nothing.
#[test]
fn goals_are_built_by_what_is_about_them_or_by_themselves() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let prd = file(&output, "prd.md");
    for words in [
        "**Built by**: FR-011 (Parallel lanes per session",
        "**Built by**: FR-004 (Claim endpoint",
        "**Built by**: FR-008 (Realtime Runboard UI)\n",
        "**Built by**: FR-012 (Deployable",
    ] {
        assert!(prd.contains(words), "{words}\n{prd}");
    }
    assert!(line(&output, "Deploy UI: Vercel").contains("[FR-012]"));
}

/// What stands under a screen is said of the screen.
#[test]
fn details_go_where_they_stand() {
    let output = generate(&Request::new(&own(), "a")).expect("a bundle");
    let tasks = file(&output, "tasks.md");
    let of = |words: &str| {
        let start = tasks.find(words).expect(words);
        let rest = tasks.get(start..).expect("a task");
        rest.split("\n- [").next().expect("details").to_owned()
    };
    let board = of("Basic Runboard with lanes");
    for words in [
        "Queue count, active run card",
        "Cancel button",
        "Real-time updates",
    ] {
        assert!(board.contains(words), "{words}\n{board}");
    }
    let worker = of("] Worker reference implementation");
    assert!(worker.contains("Send heartbeats"), "{worker}");
    assert!(!worker.contains("Postgres schema"), "{worker}");
}
