//! Ids survive what people do to a document.

mod rewording_support;

use rewording_support::{Edit, Kept, measure};

const SPEC_KIT: &str = include_str!("../../docs/SPEC-KIT.md");

/// The end of a line of the table in the documentation.
fn documented(row: &Kept) -> String {
    let thousands = match row.ids {
        ids if ids < 1_000 => ids.to_string(),
        ids => format!("{},{:03}", ids / 1_000, ids % 1_000),
    };
    let touched = match row.touched {
        0 => "none is left".to_owned(),
        touched => format!("{} of {touched}", row.touched_kept),
    };
    let percent = 100 * row.kept / row.ids.max(1);
    format!(
        "| {} | {thousands} | {percent} % | {touched} |\n",
        row.edits
    )
}

#[test]
fn two_hundred_small_edits_keep_ninety_five_of_a_hundred_ids() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/prd.md");
    let text = std::fs::read_to_string(path).expect("the PRD");
    let table = measure(&text, 200, 7);
    let (mut ids, mut kept, mut touched, mut touched_kept) = (0, 0, 0, 0);
    for row in table.values() {
        ids += row.ids;
        kept += row.kept;
        touched += row.touched;
        touched_kept += row.touched_kept;
    }
    assert_eq!(table.values().map(|row| row.edits).sum::<usize>(), 200);
    assert!(kept * 100 >= ids * 95, "{kept} of {ids}");
    // Those that were edited themselves are the hard ones.
    assert!(
        touched_kept * 100 >= touched * 90,
        "{touched_kept} of {touched}"
    );
    let moved = table.get(&Edit::Move).expect("moves");
    assert_eq!(moved.kept, moved.ids);
    for row in table.values() {
        let line = documented(row);
        assert!(SPEC_KIT.contains(&line), "docs/SPEC-KIT.md lacks {line}");
    }
}
