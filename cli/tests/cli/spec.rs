//! `ops spec`, which needs no control room.

mod compile;
mod disk;
mod export;
mod generate;
mod import;
mod read;
mod validate;

use crate::ops::{Done, Folder, Ops, ops};

/// What every role of a bundle can be made from.
const PRD: &str = "\
# PRD: Search

## 1. Problem

People cannot find old orders.

## 2. Goals

- Orders are found within a second.

## Non-goals

- Orders of other shops

## 3. Functional requirements

1. The system MUST offer `GET /orders.search` that takes a word and answers the orders.
2. The system MUST store each order in the table `orders(id, customer, created_at)`.

## 4. Acceptance criteria

- **AC-001** A word of an order's customer finds the order.
";

/// Starts in a folder that stays, unlike that of a single call.
fn at(folder: &Folder, arguments: &[&str]) -> Ops {
    let mut all = vec!["spec"];
    all.extend(arguments);
    ops(&all).within(folder.path())
}

/// A folder with `docs/prd.md` and its bundle in `specs/search`.
fn generated() -> Folder {
    let folder = Folder::new();
    folder.write("docs/prd.md", PRD);
    generate(&folder).exits(0);
    folder
}

fn generate(folder: &Folder) -> Done {
    at(
        folder,
        &["generate", "--from", "docs/prd.md", "--out", "specs/search"],
    )
    .run()
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

/// Changes a file of a folder.
fn edit(folder: &Folder, name: &str, from: &str, to: &str) {
    let text = read(folder, name);
    assert!(text.contains(from), "no `{from}` in {name}:\n{text}");
    folder.write(name, &text.replacen(from, to, 1));
}

#[test]
fn every_command_of_the_spec_kit_shows_examples() {
    for command in [
        "", "generate", "validate", "trace", "explain", "rules", "compile", "export",
    ] {
        let mut arguments = vec!["spec"];
        arguments.extend(command.split_whitespace());
        arguments.push("--help");
        let done = ops(&arguments).run().exits(0);
        assert!(done.out.contains("Examples:\n  ops spec "), "{}", done.out);
    }
}
