//! Whatever comes in: no panic, and the canonical JSON is the same runbook.

use ops_runbook::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const VALID: &str = include_str!("../../../templates/runbooks/incident-triage.yaml");
const EVERYTHING: &str = include_str!("../src/format/everything.yaml");
const SMALL: &str = "version: 1\nslug: r\ntitle: R\nparams:\n  x: {type: string, default: a}\nsteps:\n  - id: a\n    if: \"!cancelled() && params.x == 'a'\"\n    env: {E: '{{ params.x }}'}\n    run: |\n      echo {{ .x }}\n  - id: b\n    artifact: {name: n, kind: markdown, content: '{{ steps.a.outputs.y }}'}\n";

/// Cuts, doubles and overwrites pieces of a valid text.
fn mutated(source: &'static str) -> impl Strategy<Value = String> {
    let edit = (
        0..source.len(),
        0..40usize,
        "[ -~\n\t{}\\[\\]:&*!|>'\"#-]{0,6}",
    );
    prop::collection::vec(edit, 1..4).prop_map(move |edits| {
        let mut text: Vec<char> = source.chars().collect();
        for (at, length, insert) in edits {
            let at = at.min(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, insert.chars());
        }
        text.into_iter().collect()
    })
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z{}' .$-]{0,12}".prop_map(Value::from),
    ]
}

/// Runbooks with a bit of everything; the texts are the ones YAML reads as something else.
fn runbook() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[ -~éß\n]{0,40}",
        Just("true".to_string()),
        Just("1.10".to_string()),
        Just("null".to_string()),
        Just("{{ params.p }} {{ '{{' }}".to_string()),
    ];
    (text.clone(), text, 1..4usize, any::<u16>(), leaf()).prop_map(
        |(content, env, steps, seconds, default)| {
            let mut list: Vec<Value> = (0..steps)
                .map(|n| json!({"id": format!("s{n}"), "run": format!("echo {n}"), "env": {"E": env}}))
                .collect();
            list.push(json!({
                "id": "last", "if": "always()", "workdir": "a/b",
                "artifact": {"name": "n", "kind": "file", "content": content},
            }));
            json!({
                "version": 1, "slug": "r", "title": "R", "timeout": u32::from(seconds) + 1,
                "params": {"p": {"default": default, "required": true}}, "steps": list,
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = parse(&text, "r.yaml");
        let _ = parse_outputs(&bytes);
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(text in "[a-z:\\-\\[\\]{}&*!|>'\"#,? \n\t%@`~0-9.]{0,200}") {
        let _ = parse(&text, "r.yaml");
    }

    #[test]
    fn a_damaged_runbook_is_read_or_refused(text in prop_oneof![mutated(VALID), mutated(SMALL), mutated(EVERYTHING)]) {
        if let Ok(runbook) = parse(&text, "r.yaml") {
            let json = serde_json::to_value(&runbook).unwrap();
            prop_assert_eq!(parse_json(&json).unwrap(), runbook);
        }
    }

    #[test]
    fn the_canonical_json_is_the_same_runbook(value in runbook()) {
        if let Ok(runbook) = parse_json(&value) {
            let json = serde_json::to_value(&runbook).unwrap();
            prop_assert_eq!(&parse_json(&json).unwrap(), &runbook);
            prop_assert_eq!(&serde_json::from_value::<Runbook>(json).unwrap(), &runbook);
        }
    }

    #[test]
    fn any_expression_is_answered_or_refused(
        source in "(params|steps|run|\\.x|\\['a'\\]|[0-9]|'s'| |==|!=|<=|&&|\\|\\||!|\\(|\\)|contains\\(|,|always\\(\\)|null|é){0,12}",
        value in leaf(),
    ) {
        let values = json!({"params": {"x": value}, "steps": {}, "run": null});
        let context = Context { values: &values, state: JobState::Ok };
        if let Ok(expr) = Expr::parse(&source) {
            expr.eval(&context);
        }
        let _ = interpolate(&format!("a {{{{{source}}}}} b"), &values);
    }
}
