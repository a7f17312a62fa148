//! Ids survive what people do to a document.

mod rewording_support;

use rewording_support::{Edit, measure};

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
}
