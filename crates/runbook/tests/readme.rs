//! The example of the README is a valid runbook.

use ops_runbook::*;

#[test]
fn the_example_is_valid() {
    let readme = include_str!("../README.md");
    let start = readme.find("```yaml\n").unwrap() + "```yaml\n".len();
    let end = start + readme[start..].find("```").unwrap();
    let runbook = parse(&readme[start..end], "README.md").unwrap();
    let kinds: Vec<_> = runbook
        .steps
        .iter()
        .map(|step| (step.id.as_str(), step.kind.as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("build", "run"),
            ("deploy", "run"),
            ("healthy", "wait_for"),
            ("announce", "http"),
            ("note", "artifact")
        ]
    );
}
