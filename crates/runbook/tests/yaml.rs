//! The parts of YAML that runbooks do without, and the limits.

use ops_runbook::*;
use serde_json::{Value, json};

fn told(source: &str) -> Vec<String> {
    let problems = parse(source, "r.yaml").unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_runbooks_do_without_is_named() {
    for (source, message) in [
        ("", "r.yaml:1:1: the runbook is empty"),
        (
            "a: &x 1\nb: *x\n",
            "r.yaml:1:4: anchors and aliases are not part of the runbook format\n  hint: write the value out where it is used",
        ),
        (
            "if: !cancelled() x\n",
            "r.yaml:1:5: YAML tags (`!…`) are not part of the runbook format\n  hint: put a text that begins with `!` into quotes, as in `if: \"!cancelled()\"`",
        ),
        (
            "? [a]\n: b\n",
            "r.yaml:1:3: a key has to be a text, not a list or a map\n  hint: put a text that begins with `{` or `[` into quotes",
        ),
        ("[]", "r.yaml:1:1: a runbook has to be a map, not a list"),
    ] {
        assert_eq!(told(source), [message], "{source}");
    }
}

#[test]
fn one_file_holds_one_runbook() {
    let one = "version: 1\nslug: r\ntitle: R\nsteps: [{id: a, run: echo}]\n";
    assert!(parse(&format!("---\n{one}...\n"), "r.yaml").is_ok());
    assert_eq!(
        told(&format!("{one}---\n{one}")),
        [
            "r.yaml:5:1: a second YAML document begins here\n  hint: one file holds one runbook; remove the `---` or split the file"
        ]
    );
}

#[test]
fn a_key_that_is_there_twice_is_named_with_its_first_line() {
    assert_eq!(
        told("version: 1\nslug: r\ntitle: R\nslug: s\nsteps: [{id: a, run: echo}]\n"),
        ["r.yaml:4:1: the key `slug` is there already, in line 2\n  hint: remove one of the two"]
    );
}

#[test]
fn a_syntax_mistake_has_a_place_and_a_hint() {
    let tabs = parse("version: 1\nsteps:\n\t- id: a\n", "r.yaml").unwrap_err();
    assert_eq!(
        (tabs[0].line, tabs[0].code),
        (3, DiagnosticCode::YamlSyntax)
    );
    assert_eq!(tabs[0].hint, "indent with spaces; YAML forbids tabs there");
    let colon = parse("title: a: b\n", "r.yaml").unwrap_err();
    assert_eq!((colon[0].line, colon[0].column), (1, 9));
    assert_eq!(
        colon[0].hint,
        "put a text that contains `: ` into quotes, and check the indentation"
    );
}

#[test]
fn size_depth_and_count_are_limited() {
    let code = |source: &str| parse(source, "r.yaml").unwrap_err()[0].code;
    let long = format!("# {}\n", "x".repeat(MAX_SOURCE_BYTES));
    assert_eq!(code(&long), DiagnosticCode::TooLarge);
    let nested = format!("{}{}", "[".repeat(33), "]".repeat(33));
    assert_eq!(code(&nested), DiagnosticCode::TooLarge);
    // Here the parser gives up before we do.
    assert_eq!(code(&"[".repeat(100_000)), DiagnosticCode::YamlSyntax);
    assert_eq!(code(&"- ".repeat(100_000)), DiagnosticCode::TooLarge);
    let steps = |count: usize| -> Value {
        let step = |number| json!({"id": format!("s{number}"), "run": "echo"});
        let steps: Vec<Value> = (0..count).map(step).collect();
        json!({"version": 1, "slug": "r", "title": "R", "steps": steps})
    };
    assert!(parse_json(&steps(100)).is_ok());
    assert_eq!(
        parse_json(&steps(101)).unwrap_err()[0].to_string(),
        "runbook/steps: there are 101 steps; 100 are allowed\n  hint: put several commands into one step, or make two runbooks"
    );
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(
        parse_json(&deep).unwrap_err()[0].message,
        "nested deeper than 32 levels"
    );
    let large = json!({"title": "x".repeat(MAX_SOURCE_BYTES)});
    assert_eq!(
        parse_json(&large).unwrap_err()[0].message,
        "the runbook is larger than 262144 bytes"
    );
}

#[test]
fn nobody_gets_more_than_a_hundred_problems() {
    let source: String = (0..500).map(|n| format!("key{n}: 1\n")).collect();
    assert_eq!(parse(&source, "r.yaml").unwrap_err().len(), 100);
}
