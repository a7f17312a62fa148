//! Prints the JSON Schema of the runbook format:
//! `cargo run -p ops-runbook --example schema > docs/runbook.schema.json`

fn main() {
    println!("{:#}", ops_runbook::json_schema());
}
