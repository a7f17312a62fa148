use super::*;
use crate::tests::markup::problems;
use crate::tone::Tone;

fn note(message: &str) -> SpecNote {
    SpecNote {
        badge: Badge::new(Tone::Warn, "warning"),
        rule: "SK-REQ-002".into(),
        message: message.into(),
        hint: "Say how much".into(),
        href: Href::untrusted("#f1"),
    }
}

fn id(name: &str, is_here: bool) -> (String, SpecId) {
    let id = SpecId {
        words: "words".into(),
        home: Href::path(&["b", "prd.md"]).at(name),
        source: Some(Href::path(&["b", "source.md"]).at("L9")),
        is_here,
    };
    (name.into(), id)
}

fn source(target: &str) -> Option<Href> {
    target
        .starts_with("source.md")
        .then(|| Href::path(&["b", "source.md"]).at("L9"))
}

fn marks() -> SpecMarks<'static> {
    SpecMarks {
        ids: BTreeMap::from([id("FR-001", true), id("T001", true), id("AC-1", false)]),
        headings: BTreeMap::from([("User Story 1 ".into(), "US1".into())]),
        notes: BTreeMap::new(),
        on_line: BTreeMap::new(),
        resolve: &source,
    }
}

fn prose(text: &str) -> String {
    let html = spec_prose(text, &marks()).html.into_string();
    assert_eq!(problems(&html), Vec::<String>::new(), "{html}");
    html
}

#[test]
fn a_definition_leads_to_the_line_of_the_source_and_a_mention_to_the_definition() {
    let html = prose("- FR-001 first\n- **FR-001**: words ‹[L9](source.md#L9)›\n- by FR-001\n");
    let defined = "<a class=\"id\" id=\"FR-001\" href=\"/b/source.md#L9\">FR-001</a>";
    let mention = "<a class=\"ref\" href=\"/b/prd.md#FR-001\" title=\"words\">FR-001</a>";
    assert_eq!(html.matches(defined).count(), 1, "{html}");
    assert_eq!(html.matches(mention).count(), 2, "{html}");
    assert!(html.contains("<strong><a class=\"id\""), "{html}");
    assert!(
        html.contains("<span class=\"src\"><a href=\"/b/source.md#L9\">L9</a></span>"),
        "{html}"
    );
}

#[test]
fn a_task_is_defined_by_its_box_and_an_id_of_elsewhere_is_mentioned() {
    let html = prose("- [ ] T001 [AC-1] do it (T001)\n\n| AC-1 | x |\n|--|--|\n| AC-1 | y |\n");
    assert_eq!(html.matches("class=\"id\"").count(), 1, "{html}");
    assert!(html.contains("class=\"id\" id=\"T001\""), "{html}");
    assert_eq!(html.matches(">AC-1</a>").count(), 3, "{html}");
}

#[test]
fn an_id_within_a_word_a_link_or_code_is_none() {
    let html = prose("xFR-001 FR-0010 FR-001-x `FR-001` [FR-001](source.md)\n\n    FR-001\n");
    assert_eq!(html.matches("class=\"ref\"").count(), 0, "{html}");
}

#[test]
fn each_line_can_be_linked_to_and_has_its_findings_beside_it() {
    let text = "# T\n\n- one\n- two **x**\n  - three\n\n```\ncode\n```\n\n## End\n";
    let mut marks = marks();
    for line in [4, 5, 8, 11, 99] {
        marks.notes.insert(line, vec![note(&format!("of {line}"))]);
    }
    let shown = spec_prose(text, &marks);
    let html = shown.html.as_str();
    assert_eq!(problems(html), Vec::<String>::new(), "{html}");
    assert_eq!(
        shown.lines.iter().copied().collect::<Vec<_>>(),
        [1, 3, 4, 5, 8, 11]
    );
    for line in [4, 5, 8, 11, 99] {
        let told = format!("<b>of {line}</b>");
        assert_eq!(html.matches(&told).count(), 1, "{line}: {html}");
    }
    // Within the item, before the list in it.
    let item = &html[html.find("id=\"L4\"").expect("line 4")..];
    let (note, list) = (item.find("of 4").expect("note"), item.find("<ul>"));
    assert!(note < list.expect("a list"), "{item}");
    let block = html.find("</code></pre>").expect("a block");
    assert!(html.find("of 8").expect("note") > block, "{html}");
    assert_eq!(
        shown.outline[1],
        SpecHeading {
            level: 2,
            text: "End".into(),
            line: 11,
            ids: 0
        }
    );
}

#[test]
fn a_heading_may_define_what_it_does_not_write() {
    let html = prose("### User Story 1 - Find it\n\n### User Story 10 - Another\n");
    assert_eq!(html.matches("id=\"US1\"").count(), 1, "{html}");
    assert!(!html.contains("US10"), "{html}");
}

#[test]
fn a_broken_mark_is_text() {
    for text in [
        "a ‹[L1](source.md#L1) **b ›**",
        "a ‹ b ›",
        "‹[L1](source.md)",
        "a ‹[L1](source.md) and ›",
    ] {
        assert!(!prose(text).contains("class=\"src\""), "{text}");
    }
}

#[test]
fn numbered_lines_have_their_ids_and_findings() {
    let mut marks = marks();
    marks
        .on_line
        .insert(2, vec!["FR-001".into(), "T001".into()]);
    marks.notes.insert(2, vec![note("<b>vague</b>")]);
    let html = spec_lines("# <T>\nfast\n", &marks).into_string();
    assert_eq!(problems(&html), Vec::<String>::new(), "{html}");
    let (first, second) = html.split_once("<li id=\"L2\">").expect("two lines");
    assert!(first.contains("# &lt;T&gt;"), "{html}");
    assert!(!first.contains("FR-001"), "{html}");
    assert!(second.contains(">FR-001</a> <a"), "{html}");
    assert!(second.contains("&lt;b&gt;vague"), "{html}");
}

#[test]
fn a_cell_says_its_task_and_an_open_row_is_marked() {
    let link = |id: &str| Href::path(&["b", id]);
    let row = |id: &str, tasks: &[usize], is_through| MatrixRow {
        id: id.into(),
        href: link(id),
        words: String::new(),
        with: Vec::new(),
        tasks: tasks.iter().copied().collect(),
        is_through,
    };
    let html = matrix(&Matrix {
        tasks: ["T1", "T2"]
            .map(|id| MatrixTask {
                id: id.into(),
                href: link(id),
                words: String::new(),
            })
            .into(),
        rows: vec![
            row("FR-1", &[1], false),
            row("FR-2", &[0], true),
            row("FR-3", &[], false),
        ],
    })
    .into_string();
    assert_eq!(problems(&html), Vec::<String>::new(), "{html}");
    assert!(html.contains("<td></td><td class=\"on\"><span class=\"sr\">T2</span></td>"));
    assert!(html.contains(
        "<td class=\"via\"><span class=\"sr\">T1 by what it belongs to</span></td><td></td>"
    ));
    assert_eq!(html.matches("is-open").count(), 1);
}
