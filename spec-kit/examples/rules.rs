//! Prints docs/SPEC-KIT.md with its table of rules as it is now:
//! `cargo run -p ops-spec-kit --example rules > new && mv new docs/SPEC-KIT.md`.

fn main() -> std::io::Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/SPEC-KIT.md");
    print!(
        "{}",
        ops_spec_kit::rules::fill(&std::fs::read_to_string(file)?)
    );
    Ok(())
}
