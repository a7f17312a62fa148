//! What is found in a source: which of its lines are things, what they are called, where they stand.

mod bundle_support;

use bundle_support::{bundle, errors, files, source};
use ops_spec_kit::facts::{Document, Role};

const PROBLEM: &str = "# Shop\n\n## Problem\n\nOrders get lost.\n\n";

/// The items of a role, as `ID text`.
fn said(document: &Document, role: Role) -> Vec<String> {
    let own = document.items.iter().filter(|item| item.role == role);
    own.map(|item| match &item.id {
        Some(id) => format!("{} {}", id.written, item.text),
        None => item.text.clone(),
    })
    .collect()
}

/// A document of the bundle that a text becomes, which has no errors.
fn written(text: &str, name: &str) -> String {
    let source = source(text);
    let output = bundle(&source).unwrap_or_else(|| panic!("refused:\n{text}"));
    assert_eq!(errors(files(&source, &output)), [""; 0], "of\n{text}");
    output.file(name).expect(name).to_owned()
}

fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_marked_question_in_a_list_of_questions_is_asked_once() {
    let prd = written(
        "# Shop\n\n## Goals\n\n- Sell bread\n\n## Requirements\n\n- **FR-001**: Bread MUST be fresh.\n\n## Open Questions\n\n- [NEEDS CLARIFICATION: who bakes?]\n- When?\n",
        "prd.md",
    );
    let asked: Vec<&str> = prd.lines().filter(|l| l.starts_with("- **Q-")).collect();
    assert_eq!(asked.len(), 2, "{prd}");
    assert!(
        asked[0].starts_with("- **Q-01**: [NEEDS CLARIFICATION: who bakes?]"),
        "{prd}"
    );
}

#[test]
fn an_amount_at_the_start_of_a_line_stays_and_a_number_of_a_scheme_goes() {
    let read = source(
        "# T\n\n## 4. Requirements\n\n- 99.9 % availability MUST hold\n- 2.5 seconds at most\n- 1.5 million users\n\n### 4.2 Mail\n\n- 1.1 The system sends\n- 1.2 The system stores\n\n## 5. Features\n\n- 5.1 The system prints\n",
    );
    assert_eq!(
        said(&read, Role::Requirements),
        [
            "99.9 % availability MUST hold",
            "2.5 seconds at most",
            "1.5 million users",
            "The system sends",
            "The system stores",
            "The system prints",
        ]
    );
}

#[test]
fn a_first_column_of_amounts_is_no_column_of_ids() {
    let read = source(
        "# T\n\n## Requirements\n\n| Most | What |\n|---|---|\n| 99.9 | percent |\n| 2.5 | seconds |\n\n## Features\n\n| # | What |\n|---|---|\n| 1 | Print |\n| 2 | Send |\n",
    );
    assert_eq!(
        said(&read, Role::Requirements),
        ["99.9 — percent", "2.5 — seconds", "Print", "Send"]
    );
}

#[test]
fn lines_with_ids_labels_or_numbers_of_their_own_are_paragraphs_of_their_own() {
    let read = source(
        "# T\n\n## Functional Requirements\n\n**FR1**: The system shall compute\n**FR2**: The system shall save,\nand keep it\n\n## Features\n\n4.1 The system shall send.\n4.2 The system shall store.\n\n## Use Cases\n\n**Pay**: with a card\n**Cancel**: at any time\n\n## Goals\n\nIt is said in\n4.1 and elsewhere.\n",
    );
    assert_eq!(
        said(&read, Role::Requirements),
        [
            "FR1 The system shall compute",
            "FR2 The system shall save, and keep it",
            "The system shall send.",
            "The system shall store."
        ]
    );
    assert_eq!(
        said(&read, Role::Stories),
        ["Pay: with a card", "Cancel: at any time"]
    );
    assert_eq!(
        said(&read, Role::Goals),
        ["It is said in 4.1 and elsewhere."]
    );
}

#[test]
fn counted_lines_are_a_list() {
    let read = source(
        "# T\n\n## Acceptance Criteria\n\n1: Create a project\n2: Delete asks,\nand then deletes\n",
    );
    assert_eq!(
        said(&read, Role::Acceptance),
        ["Create a project", "Delete asks, and then deletes"]
    );
    let places: Vec<&str> = read
        .items
        .iter()
        .map(|i| read.source.slice(i.span))
        .collect();
    assert_eq!(
        places,
        ["Create a project", "Delete asks,\nand then deletes"]
    );
}

#[test]
fn a_heading_is_below_that_whose_number_it_begins_with() {
    let read = source("# T\n\n## 4. Data Model\n\n## 4.1 `repos`\n\n### Notes\n\n## 5. API\n");
    let paths: Vec<String> = read.sections.iter().map(|s| s.path.join("/")).collect();
    assert_eq!(
        paths,
        [
            "T",
            "T/Data Model",
            "T/Data Model/repos",
            "T/Data Model/repos/Notes",
            "T/API"
        ]
    );
}

#[test]
fn headings_with_ids_of_their_author_hold_their_points_and_the_steps_of_a_scenario() {
    let text = format!(
        "{PROBLEM}## Requisitos\n\n### RF-01: Despesas\n\n- Criar despesas.\n\n### RF-02: Totais\n\n- Mostrar totais.\n\n## Criterios de Aceite\n\n### CA-01: Cadastro\n\n- **Dado** a tela,\n- **Quando** o usuario salva,\n- **Então** a despesa aparece.\n\n### CA-02: Total\n\n- **Dado** a tela,\n- **Quando** o usuario abre,\n- **Entao** o total aparece.\n"
    );
    let read = source(&text);
    assert_eq!(
        said(&read, Role::Requirements),
        ["RF-01 Despesas", "RF-02 Totais"]
    );
    assert_eq!(
        said(&read, Role::Acceptance),
        ["CA-01 Cadastro", "CA-02 Total"]
    );
    let scenarios: Vec<usize> = read.items.iter().map(|item| item.scenarios.len()).collect();
    assert_eq!(scenarios, [0, 0, 0, 1, 1]);
    has(&written(&text, "prd.md"), &["**RF-01**", "**CA-02**"]);
    let standards = source("# T\n\n## Requirements\n\n### UTF-8: letters\n\n- All letters\n");
    assert_eq!(said(&standards, Role::Requirements), ["All letters"]);
}

#[test]
fn an_epic_above_stories_is_no_story() {
    let read = source(
        "# T\n\n## Epic 1: Core\n\nAll that is needed.\n\n### Story 1.1: Sign in\n\nAs a user, I want to log in.\n",
    );
    assert_eq!(
        said(&read, Role::Stories),
        ["US1.1 Sign in: As a user, I want to log in."]
    );
    let alone = source("# T\n\n## Epic 1: Core\n\n- Log in\n");
    assert_eq!(said(&alone, Role::Stories), ["Epic 1 Core"]);
}

#[test]
fn below_a_heading_of_goals_and_more_each_heading_has_its_own_role() {
    let text = "# Calc\n\n## Goals and Background Context\n\n### Goals\n\n- Help people compare loans\n\n### Background Context\n\nMost calculators are not mobile.\n\n### Change Log\n\n| Date | Version | What |\n|---|---|---|\n| 2025-01-01 | 1.0 | Initial draft |\n\n## Requirements\n\n- FR1: The system shall compute\n\n## User Interface Design Goals\n\n### Core Screens and Views\n\n1. **Landing Page**: quick access\n";
    let read = source(text);
    assert_eq!(said(&read, Role::Goals), ["Help people compare loans"]);
    let problem = said(&read, Role::Problem);
    assert_eq!(problem, ["Most calculators are not mobile."]);
    let prd = written(text, "prd.md");
    assert!(!prd.contains("Initial draft"), "{prd}");
    has(
        &written(text, "plan.md"),
        &["| **Landing Page** | quick access |"],
    );
    let groups = source("# T\n\n## Goals\n\n### Security\n\n- Keep data safe\n");
    assert_eq!(said(&groups, Role::Goals), ["Keep data safe"]);
}

#[test]
fn several_paragraphs_about_goals_are_none() {
    let many = "# T\n\n## Goals\n\nPeople compare loans.\n\nMost tools are old.\n\n## Requirements\n\n- Compute\n";
    let prd = written(many, "prd.md");
    has(
        &prd,
        &[
            "People compare loans. ‹L5›",
            "The source names no goals of its own.",
        ],
    );
    let one = many.replace("Most tools are old.\n\n", "");
    has(
        &written(&one, "prd.md"),
        &["- **G-01**: People compare loans"],
    );
}

#[test]
fn tables_and_entities_are_found_under_headings_of_many_forms() {
    let text = format!(
        "{PROBLEM}## Requirements\n\n- Record an expense\n\n## 4. Data Model\n\n## 4.1 `expenses`\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| amount | int |\n\n### Income (`incomes`)\n\n| Field | Type |\n|---|---|\n| source | text |\n\n## Key Entities\n\n- **Expense**: what it represents, id, amount\n\n| Entity | Attributes |\n|---|---|\n| Budget | id, limit |\n"
    );
    has(
        &written(&text, "plan.md"),
        &[
            "| `expenses` | — | `id`, `amount` |",
            "| `incomes` | — | `source` |",
            "- Expense: what it represents, id, amount ‹L",
        ],
    );
    has(
        &written(&text, "prd.md"),
        &[
            "| `incomes` |",
            "- Expense: what",
            "- Budget — id, limit ‹L",
        ],
    );
    let entities = format!(
        "{PROBLEM}## Requirements\n\n- Record it\n\n## Key Entities\n\n- **Expense**: an amount\n"
    );
    has(
        &written(&entities, "prd.md"),
        &["\n- Expense: an amount ‹L13›\n"],
    );
    let plan = written(&entities, "plan.md");
    has(
        &plan,
        &["The source names no tables.\n\n- Expense: an amount ‹L13›"],
    );
    assert!(!plan.contains("db/migrations"), "{plan}");
}

#[test]
fn a_story_that_nothing_serves_becomes_a_requirement() {
    let list = "# T\n\n## User Stories\n\n- As a user, I want to record an expense, so that I have a record.\n";
    let line = "- **FR-001**: The system MUST provide: Record an expense (serves US1) ‹L5›";
    has(&written(list, "prd.md"), &[line]);
    has(
        &written(list, "tasks.md"),
        &["[US1] [FR-001] Build: Record an expense"],
    );
    let table = "# T\n\n## User Stories\n\n| As a | I want | So that |\n|---|---|---|\n| user | to record an expense | I have a record |\n";
    has(
        &written(table, "prd.md"),
        &[
            "### User Story 1 - Record an expense",
            "As a user, I want to record an expense, so that I have a record. ‹L7›",
        ],
    );
}

#[test]
fn criteria_below_a_story_show_what_is_built_for_it() {
    let text = "# T\n\n## Goals\n\n- Compare loans\n\n## Requirements\n\n- FR1: Compute payments\n\n## Epic 1: Core\n\n### Story 1.1: Sign in\n\nAs a user, I want to log in, so that I keep my loans.\n\n**Acceptance Criteria**:\n\n1: Password reset by email\n2: Payments are kept\n";
    has(
        &written(text, "prd.md"),
        &[
            "The system MUST provide: Sign in (serves G-01, US1.1)",
            "Password reset by email (validates FR-002)",
            "Payments are kept (validates FR-002)",
        ],
    );
}

#[test]
fn sentences_of_ears_are_scenarios_and_stories_keep_their_reason_and_test() {
    let text = "# T\n\n## User Scenarios\n\n### User Story 1 - Show it (Priority: P1)\n\nPeople see it.\n\n**Why this priority**: Nothing works without.\n\n**Independent Test**: Open the page.\n\n## Requirements\n\n- **FR-001**: The page shows it (US1)\n\n## Acceptance Criteria\n\n- WHEN the page loads, THE System SHALL show it (FR-001)\n- WHILE offline, THE System SHALL show it (FR-001)\n";
    has(
        &written(text, "prd.md"),
        &[
            "**Why this priority**: Nothing works without. ‹L9›",
            "**Independent Test**: Open the page. ‹L11›",
            "**When** the page loads, **Then** THE System SHALL show it",
            "**When** offline, **Then** THE System SHALL show it",
        ],
    );
}

#[test]
fn what_an_author_numbers_is_asked_for_and_lists_that_nothing_took_are_named() {
    let text = format!(
        "{PROBLEM}## Requirements\n\n- F-01: List hotspots\n\n## Interfaces\n\n| ID | Type | Interface |\n|---|---|---|\n| S-01 | Input | paths |\n\n## Conventions\n\n- `F-xx` for features\n- `S-xx` for interfaces\n\n## Glossary\n\n- **Hotspot**: a header\n"
    );
    has(
        &written(&text, "prd.md"),
        &[
            "- **S-01**: The system MUST provide: Input — paths",
            "\n- not read: L19–L20 (Conventions)\n- not read: L24 (Glossary)\n",
        ],
    );
    let all = format!("{PROBLEM}## Requirements\n\n- List hotspots\n");
    assert!(!written(&all, "prd.md").contains("not read"));
}

#[test]
fn titles_of_rules_purposes_and_scopes_have_their_roles() {
    let roles = |titles: &[&str]| -> Vec<Role> {
        let text: String = titles.iter().map(|t| format!("## {t}\n\nx\n\n")).collect();
        let read = source(&format!("# T\n\n{text}"));
        read.sections.iter().skip(1).map(|s| s.role).collect()
    };
    let rules = [
        "Business Rules",
        "Règles métier",
        "Non-fonctionnel",
        "Backups",
    ];
    assert_eq!(roles(&rules), [Role::NonFunctional; 4]);
    assert_eq!(
        roles(&[
            "Erfolgsmaßstäbe",
            "Erfolgsmassstaebe",
            "Cas d'usage à tester (acceptation)"
        ]),
        [Role::Success, Role::Success, Role::Acceptance]
    );
    let purposes = [
        "プロジェクトの目的",
        "背景・目的",
        "解決したい課題",
        "项目愿景",
        "痛点",
    ];
    assert_eq!(roles(&purposes), [Role::Problem; 5]);
    assert_eq!(roles(&["What", "About", "Description"]), [Role::Summary; 3]);
    let read = source(
        "# T\n\n## Abgrenzung\n\n### Inhalt des MVP\n\n- Einlesen\n\n### Später\n\n- Drucken\n",
    );
    assert_eq!(said(&read, Role::Goals), ["Einlesen"]);
    assert_eq!(said(&read, Role::NonGoals), ["Drucken"]);
}

#[test]
fn a_cell_that_says_how_much_a_thing_is_wanted_is_its_strength() {
    for head in ["Prioritaet", "Grad"] {
        let text = format!(
            "{PROBLEM}## Anforderungen\n\n| Kennung | {head} | Anforderung |\n|---|---|---|\n| F-01 | Muss | Einlesen |\n| F-02 | Soll | Ausgeben |\n| F-03 | Kann | Drucken |\n"
        );
        has(
            &written(&text, "prd.md"),
            &[
                "- **F-01**: The system MUST provide: Einlesen ‹",
                "- **F-02**: The system SHOULD provide: Ausgeben ‹",
                "- **F-03**: The system MAY provide: Drucken ‹",
            ],
        );
        let priorities: Vec<_> = source(&text)
            .items
            .iter()
            .filter_map(|i| i.priority)
            .collect();
        assert_eq!(priorities, [1, 2, 3]);
    }
}

#[test]
fn words_in_html_are_words() {
    let text = "# T\n\n## Problem\n\n<p>It is <b>slow</b></p>\n<!-- <p>not this</p> -->\n\n## Goals\n\n- <b>Find</b> orders<br>quickly\n\n## Requirements\n\n<ul>\n  <li>Store\n    orders</li>\n  <li>Send mails</li>\n</ul>\n\n<script>let p = 'none';</script>\n";
    let read = source(text);
    assert_eq!(said(&read, Role::Problem), ["It is slow"]);
    assert_eq!(said(&read, Role::Goals), ["Find orders quickly"]);
    assert_eq!(
        said(&read, Role::Requirements),
        ["Store orders", "Send mails"]
    );
    has(
        &written(text, "prd.md"),
        &["Store orders (serves G-01, US1) ‹L15›"],
    );
}

#[test]
fn a_renamed_requirement_is_one_and_a_scenario_keeps_its_title() {
    let text = "## RENAMED Requirements\n\n- FROM: `### Requirement: Login`\n- TO: `### Requirement: Sign in`\n\n## MODIFIED Requirements\n\n### Requirement: Sign up\n\nThe system SHALL let a user sign up.\n\n#### Scenario: Success (web)\n\n- **WHEN** a user signs up\n- **THEN** it works\n";
    let prd = written(text, "prd.md");
    has(
        &prd,
        &[
            "- **FR-001**: “Login” MUST be called “Sign in” from now on (serves US1) ‹L3, L4›",
            "\n  - Scenario: Success (web) ‹L12›\n  - WHEN a user signs up",
            "**When** a user signs up, **Then** it works (per FR-002)",
            "its acceptance scenarios show it",
        ],
    );
    assert!(!prd.contains("FROM"), "{prd}");
}

#[test]
fn milestones_that_only_name_what_they_deliver_are_phases() {
    let forms = [
        "### M1: Delivery\n\n- FR-1\n\n### M2: Rest\n\n- FR-2, FR-3\n",
        "- M1 (Delivery): FR-1\n- M2 (Rest): FR-2, FR-3\n",
        "| Milestone | Title | What | Date |\n|---|---|---|---|\n| M1 | Delivery | FR-1 | 2026-01-01 |\n| M2 | Rest | FR-2, FR-3 | 2026-02-01 |\n",
    ];
    for form in forms {
        let text = format!(
            "{PROBLEM}## Requirements\n\n- FR-1: Read files\n- FR-2: Write files\n- FR-3: Print\n\n## Milestones\n\n{form}"
        );
        let tasks = written(&text, "tasks.md");
        let at = |words: &str| {
            tasks
                .find(words)
                .unwrap_or_else(|| panic!("{words}\n{tasks}"))
        };
        let order = [
            at("## Phase 2: M1 - Delivery"),
            at("[FR-1] Build"),
            at("## Phase 3: M2 - Rest"),
            at("[FR-2] Build"),
            at("[FR-3] Build"),
        ];
        assert!(order.is_sorted(), "{tasks}");
    }
    let text = format!(
        "{PROBLEM}## Requirements\n\n- FR-1: Read files\n- FR-2: Write files\n\n## Rollout plan\n\n### Phase 1\n\n- Read files first\n\n### Phase 2\n\n- FR-2\n\n## Change Log\n\n- First draft\n"
    );
    let tasks = written(&text, "tasks.md");
    has(&tasks, &["## Phase 2: Phase 1\n", "## Phase 3: Phase 2\n"]);
    assert!(!tasks.contains("First draft"), "{tasks}");
}

#[test]
fn a_list_of_examples_is_one_requirement() {
    let text = "# P\n\n## Problem\n\nSlow.\n\n## Requirements\n\nRead files such as:\n\n- `README.md`\n- Sources\n\nIgnore files such as:\n\n- `node_modules/`\n- Images\n\nThe system must:\n\n- store orders\n- send mails\n";
    let prd = written(text, "prd.md");
    has(
        &prd,
        &[
            "- **FR-001**: The system MUST provide: Read files such as what is listed below ‹L9›",
            "  - `README.md` ‹L11›",
            "- **FR-002**: The system MUST provide: Ignore files such as what is listed below ‹L14›",
            "  - `node_modules/` ‹L16›",
            "- **FR-003**: The system MUST provide: store orders ‹L21›",
            "- **FR-004**: The system MUST provide: send mails ‹L22›",
        ],
    );
}
