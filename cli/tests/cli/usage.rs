use crate::ops::ops;
use crate::room::RUN;

#[test]
fn a_wrong_command_line_ends_with_2() {
    for arguments in [
        &["runz"][..],
        &["run"],
        &["run", "hello", "-p", "name"],
        &["run", "hello", "--timeout", "soon"],
        &["run", "hello", "--not-before", "tomorrow"],
        &["run", "hello", "--max-attempts", "0"],
        &["run", "hello", "--depends-on", "first"],
        &["run", "two words"],
        &["run", "hello", "-p", "a=1", "-p", "a=2"],
        &["runs", "get", "7"],
        &["runs", "--status", "done"],
        &["runs", "--limit", "0"],
        &["worker", "--lanes", ""],
        &["worker", "--concurrency", "0"],
        &["tokens", "create", "--name", "x", "--kind", "king"],
        &["lanes", "update", "A", "--pause", "--resume"],
        &["lanes", "update", "A", "--reason", "why"],
        &["lanes", "update", "A", "--drain", "--undrain"],
        &["runs", "cancel"],
        &["runs", "cancel", RUN, "--lane", "B"],
        &["runs", "cancel", RUN, "--dry-run"],
        &["runs", "cancel", "--status", "failed"],
        &["runs", "retry", "--status", "succeeded"],
        &["runs", "retry", "--lane", "B", "--key", "k"],
        &["runs", "--since", "yesterday"],
        &["sessions", "list", "--status", "open"],
        &["sessions", "members", RUN, "--viewer", "a", "--remove", "a"],
        &["templates", "show", "hello", "--version", "0"],
        &["templates", "apply", "missing"],
        &["templates", "apply", "."],
        &["audit", "--limit", "0"],
        &["up", "--listen", "4173"],
        &["runs", "--url", "localhost:4173"],
        &["templates", "validate", "missing.yaml"],
        &["run", "missing.yaml"],
        &["run", "hello", "--params-file", "missing.json"],
    ] {
        let done = ops(arguments).at("http://127.0.0.1:9").run().exits(2);
        assert!(done.out.is_empty() && !done.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn nothing_at_all_shows_the_help() {
    ops(&[]).run().exits(2).says("Usage: ops <COMMAND>");
}

#[test]
fn parameters_of_a_file_are_json() {
    ops(&["run", "hello", "--params-file", "p.json"])
        .file("p.json", "{\n  \"a\": }")
        .run()
        .exits(2)
        .says("p.json:2:8: this is no JSON");
    ops(&["run", "hello", "--params-file", "p.json"])
        .file("p.json", "[1]")
        .run()
        .exits(2)
        .says("no JSON object");
}
