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
        "{PROBLEM}## Requisitos\n\n### RF-01: Despesas\n\n- Criar despesas.\n\n### RF-02: Totais\n\n- Mostrar totais.\n\n## Criterios de Aceite\n\n### CA-01: Cadastro\n\n- **Dado** a tela,\n- **Quando** o usuario salva,\n- **Então** a despesa aparece.\n\n### CA-02: Total\n\n- **Dado** a tela,\n- **Quando** o usuario abre,\n- **Então** o total aparece.\n"
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
