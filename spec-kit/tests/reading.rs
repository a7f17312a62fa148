//! Any text is read, the same way twice, and each fact has its place in it.

mod facts_support;

use facts_support::facts;
use ops_spec_kit::facts::Document;
use ops_spec_kit::read;
use ops_spec_kit::text::Span;
use std::collections::BTreeSet;

#[test]
fn bytes_that_are_no_text_are_refused_with_their_line() {
    let error = read::document("prd.md", b"# T\n\n\xff").expect_err("no text");
    assert_eq!(
        error.to_string(),
        "prd.md: not UTF-8 at byte 5 (line 3); save it as UTF-8"
    );
    assert!(
        read::document("prd.md", b"")
            .expect("empty")
            .items
            .is_empty()
    );
}

/// Every span of the facts.
fn spans(document: &Document) -> BTreeSet<(usize, usize)> {
    let mut out = BTreeSet::new();
    let mut add = |span: Span| {
        out.insert((span.start, span.end));
    };
    document.items.iter().for_each(|item| {
        add(item.span);
        add(item.whole);
        item.title.iter().for_each(|title| add(title.span));
        item.details.iter().for_each(|detail| add(detail.1));
        item.scenarios
            .iter()
            .for_each(|scenario| add(scenario.span));
    });
    document
        .definitions
        .iter()
        .for_each(|definition| add(definition.span));
    document
        .citations
        .iter()
        .for_each(|citation| add(citation.span));
    document.tasks.iter().for_each(|task| {
        add(task.span);
        add(task.whole);
        task.paths
            .iter()
            .chain(&task.commands)
            .for_each(|(_, span)| add(*span));
        task.marker.iter().for_each(|(_, span)| add(*span));
    });
    document.phases.iter().for_each(|phase| add(phase.whole));
    document
        .principles
        .iter()
        .for_each(|principle| add(principle.whole));
    document
        .sets
        .iter()
        .for_each(|set| set.members.iter().for_each(|member| add(member.span)));
    document
        .quantities
        .iter()
        .for_each(|quantity| add(quantity.span));
    document.counts.iter().for_each(|count| add(count.span));
    document.claims.iter().for_each(|claim| add(claim.span));
    document.inventory.iter().for_each(|thing| add(thing.span));
    document
        .clarifications
        .iter()
        .for_each(|open| add(open.span));
    document
        .todos
        .iter()
        .chain(&document.tokens)
        .for_each(|marker| add(marker.span));
    document.links.iter().for_each(|link| add(link.span));
    document
        .suppressions
        .iter()
        .for_each(|suppression| add(suppression.span));
    out
}

/// Pieces of documents, in any order and with anything between them.
fn scraps() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let known = prop::sample::select(vec![
        "# ",
        "## Requirements\n",
        "## Aufgaben\n",
        "- [ ] T001 ",
        "- [x] ",
        "[▶] ",
        "**FR-001**: ",
        "1. ",
        "  - ",
        "| ID | Status |\n|---|---|\n",
        "| FR-1 | ✅ |\n",
        "\n",
        "\n\n",
        "```\n",
        "<!-- sk:ignore SK-A-1 x -->",
        "status in (a, b)",
        "queued → done → x",
        "2–5s ",
        "~",
        "7 tables",
        "(3/5) tasks",
        "80 % done",
        "`POST /a.b`",
        "`runs(a, b)`",
        "[NEEDS CLARIFICATION: ",
        "]",
        "Given x, When y, Then z",
        "状态：排队、运行",
        "depends on T001–T009",
        "FR-001..FR-900",
        "> ",
        "&amp;",
        "é",
        "✅",
        "⏳\u{fe0f}",
        "_Requirements: 1.2_",
        "## Phase 1: Setup\n",
        "### User Story 1 - x (Priority: P1)\n",
        "TODO(X)",
        "???",
        "İ",
        "ſ",
        "\u{1e9e}",
        "ﬀ",
        "\t",
        "\\",
        "[a](b)",
        "~~x~~",
        "M1 - ",
        "(M2 & M3)",
    ]);
    let piece = prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Markdown takes the tab away, so bytes of the words are not bytes of the source.
#[test]
fn code_over_several_lines_cuts_no_letter() {
    let text = "- [ ] T001 ```\n\tstatus in (a, b)状态：排队、运行`POST /a.b`status in (a, b)```\n";
    let document = read::document("tasks.md", text.as_bytes()).expect("text");
    for (start, end) in spans(&document) {
        assert!(text.get(start..end).is_some(), "{start}..{end}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(600))]

    #[test]
    fn any_text_is_read_twice_alike_and_every_span_lies_in_it(text in scraps()) {
        for name in ["prd.md", "tasks.md", "constitution.md", "any.md"] {
            let document = read::document(name, text.as_bytes()).expect("text");
            let own = document.source.text();
            for (start, end) in spans(&document) {
                proptest::prop_assert!(own.get(start..end).is_some(), "{start}..{end} of {own:?}");
            }
            let again = read::document(name, text.as_bytes()).expect("text");
            proptest::prop_assert_eq!(facts(&document), facts(&again));
            let unix = text.replace("\r\n", "\n").replace('\r', "\n");
            let windows = read::document(name, unix.replace('\n', "\r\n").as_bytes()).expect("text");
            proptest::prop_assert_eq!(facts(&document), facts(&windows));
        }
    }
}

fn endpoints(text: &str) -> Vec<String> {
    let document = read::document("prd.md", text.as_bytes()).expect("text");
    let things = document.inventory.into_iter();
    things
        .filter(|thing| thing.kind == ops_spec_kit::facts::InventoryKind::Endpoint)
        .map(|thing| thing.name)
        .collect()
}

/// What follows a code span is grammar of the sentence and no part of the path.
#[test]
fn a_path_in_code_ends_with_the_code() {
    let text = "# A\n\n## 기능 요구사항\n\n- 본문 없이 `GET /api/v1/menus`를 호출합니다.\n- `POST /api/v1/orders`로 주문합니다.\n";
    assert_eq!(
        endpoints(text),
        ["GET /api/v1/menus", "POST /api/v1/orders"]
    );
}

/// The search goes on behind the path, also where code ends before the path begins.
#[test]
fn a_path_behind_a_method_in_code_is_read_once() {
    let text = "# A\n\n## Requirements\n\n- Orders come by `POST` /orders and go by `DELETE`: `/orders/{id}` or `GET`/orders.\n";
    assert_eq!(endpoints(text), ["POST /orders", "DELETE /orders/{id}"]);
}
