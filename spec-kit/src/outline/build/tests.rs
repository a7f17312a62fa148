use crate::outline::{BlockKind, CheckBox, Outline, PieceKind};
use crate::text::{Source, Span};

fn read(text: &str) -> (Source, Outline) {
    let source = Source::decode("a.md", text.as_bytes()).expect("text");
    let outline = Outline::of(&source);
    (source, outline)
}

#[test]
fn headings_make_sections_and_each_ends_where_the_next_begins() {
    let (source, outline) = read("intro\n\n# A\none\n## B\ntwo\n#### C\n## D\n# E\n");
    assert_eq!(outline.blocks.len(), 1);
    let walked: Vec<(usize, &str)> = outline
        .walk()
        .iter()
        .map(|(path, section)| (path.len(), section.title.text.as_str()))
        .collect();
    assert_eq!(walked, [(0, "A"), (1, "B"), (2, "C"), (1, "D"), (0, "E")]);
    let b = &outline.sections[0].sections[0];
    assert_eq!(source.slice(b.span), "## B\ntwo\n#### C\n");
}

#[test]
fn items_keep_number_box_words_and_what_is_nested() {
    let (source, outline) =
        read("3. [x] **FR-1**: do `it`\n   now\n   - inner\n4. next\n\n   more\n");
    let BlockKind::List(list) = &outline.blocks[0].kind else {
        panic!("a list, not {:?}", outline.blocks[0].kind);
    };
    let [first, second] = list.items.as_slice() else {
        panic!("two items");
    };
    assert_eq!(
        (first.number, first.check),
        (Some(3), Some(CheckBox::Checked))
    );
    assert_eq!(first.text.text, "FR-1: do it now");
    assert_eq!(first.text.bold_lead(), Some(("FR-1", ": do it now")));
    let at = first.text.text.find("it").expect("it");
    assert_eq!(source.slice(first.text.span_of(at..at + 2)), "it");
    assert_eq!(
        first.text.codes().map(|(code, _)| code).collect::<Vec<_>>(),
        ["it"]
    );
    assert!(matches!(first.blocks[0].kind, BlockKind::List(_)));
    assert_eq!(
        (second.number, second.text.text.as_str()),
        (Some(4), "next")
    );
    assert!(matches!(&second.blocks[0].kind, BlockKind::Paragraph(p) if p.text == "more"));
}

#[test]
fn tables_links_code_and_comments_are_told_apart() {
    let (source, outline) = read(
        "| a | b |\n|---|---|\n| [x](y.md) | `c` |\n\n```sh title\n# no heading\n```\n\n<!-- FR-9 -->\n\nsee <!-- in --> it\n",
    );
    let BlockKind::Table(table) = &outline.blocks[0].kind else {
        panic!("a table");
    };
    assert_eq!(table.head.len(), 2);
    assert_eq!(
        table.rows[0].cells[0].pieces[0].kind,
        PieceKind::Link("y.md".into())
    );
    let BlockKind::Code(code) = &outline.blocks[1].kind else {
        panic!("code");
    };
    assert_eq!(
        (code.language.as_str(), source.slice(code.body)),
        ("sh", "# no heading\n")
    );
    let comments: Vec<&str> = outline.comments.iter().map(|c| source.slice(*c)).collect();
    assert_eq!(comments, ["<!-- FR-9 -->", "<!-- in -->"]);
    assert!(outline.sections.is_empty());
    assert_eq!(outline.open_fence, None);
}

#[test]
fn an_open_fence_and_front_matter_are_seen() {
    let (source, outline) = read("---\na: 1\n---\n# T\n\n```\nnever closed\n");
    assert_eq!(
        outline.front_matter.map(|f| source.slice(f)),
        Some("---\na: 1\n---")
    );
    assert!(outline.open_fence.is_some());
    let (_, nested) = read("````md\n```\ninner\n```\n````\n");
    assert_eq!(nested.open_fence, None);
}

#[test]
fn depth_costs_no_stack() {
    let (_, quotes) = read(&format!("{} deep", ">".repeat(50_000)));
    assert!(!quotes.blocks.is_empty());
    let lists: String = (0..3_000)
        .map(|n| format!("{}- x\n", "  ".repeat(n)))
        .collect();
    assert!(!read(&lists).1.blocks.is_empty());
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_and_every_section_lies_in_the_text(text in "[#`>*|\\-\\[\\]x0-9 \\n<!é]{0,200}") {
        let (source, outline) = read(&text);
        for (_, section) in outline.walk() {
            proptest::prop_assert!(Span::new(0, source.text().len()).holds(section.span));
            proptest::prop_assert!(source.text().is_char_boundary(section.span.start));
        }
    }
}
