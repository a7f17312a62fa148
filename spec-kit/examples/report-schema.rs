//! Prints docs/spec-kit-report.schema.json.

fn main() {
    print!("{}", ops_spec_kit::report::schema());
}
