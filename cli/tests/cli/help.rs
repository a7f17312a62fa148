use crate::ops::ops;

#[test]
fn every_command_shows_examples() {
    let commands = [
        "",
        "up",
        "worker",
        "run",
        "runs",
        "runs list",
        "runs get",
        "runs log",
        "runs cancel",
        "runs retry",
        "runs artifacts",
        "templates",
        "templates show",
        "templates update",
        "templates apply",
        "templates validate",
        "sessions",
        "sessions list",
        "sessions members",
        "lanes",
        "workers",
        "workers drain",
        "audit",
        "tokens",
        "doctor",
        "openapi",
        "completions",
    ];
    for command in commands {
        let mut arguments: Vec<_> = command.split_whitespace().collect();
        arguments.push("--help");
        let done = ops(&arguments).run().exits(0);
        assert!(
            done.out.contains("Examples:\n  ") && done.err.is_empty(),
            "{command}: {}",
            done.out
        );
    }
}

#[test]
fn the_exit_codes_are_told() {
    let done = ops(&["--help"]).run().exits(0);
    for line in [
        "    3  the control room cannot be reached",
        "    5  a followed run timed out",
        "  130  ",
    ] {
        assert!(done.out.contains(line), "{}", done.out);
    }
}

#[test]
fn secrets_of_the_environment_are_not_shown() {
    let done = ops(&["runs", "--help"])
        .env("OPS_TOKEN", "hush")
        .run()
        .exits(0);
    assert!(done.out.contains("OPS_TOKEN") && !done.out.contains("hush"));
    let done = ops(&["up", "--help"])
        .env("OPS_DATABASE_URL", "postgres://hush")
        .run()
        .exits(0);
    assert!(!done.out.contains("hush"));
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let done = ops(&["completions", shell]).run().exits(0);
        assert!(
            done.out.contains("doctor") && !done.out.contains("supervise"),
            "{shell}"
        );
    }
    ops(&["completions", "cobol"]).run().exits(2);
}
