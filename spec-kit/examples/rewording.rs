//! How many ids survive small edits, as a table:
//! `cargo run --release -p ops-spec-kit --example rewording -- docs/prd.md`.

#[path = "../tests/rewording_support/mod.rs"]
mod rewording_support;

fn main() {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "docs/prd.md".to_owned());
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => return eprintln!("{path}: {error}"),
    };
    println!("| Edit | Edits | Ids that should stay | Stayed | Of the edited lines |");
    println!("| --- | --- | --- | --- | --- |");
    let (mut ids, mut kept) = (0, 0);
    for (edit, row) in rewording_support::measure(&text, 200, 7) {
        println!(
            "| {edit:?} | {} | {} | {:.2} % | {} of {} |",
            row.edits,
            row.ids,
            100.0 * row.kept as f64 / row.ids.max(1) as f64,
            row.touched_kept,
            row.touched
        );
        ids += row.ids;
        kept += row.kept;
    }
    println!(
        "| all | 200 | {ids} | {:.2} % | |",
        100.0 * kept as f64 / ids.max(1) as f64
    );
}
