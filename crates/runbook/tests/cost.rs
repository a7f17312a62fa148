//! Hostile input costs little time. The bound is far above what is measured (below 1 s each in
//! a debug build), so that a busy machine does not fail them; quadratic work would.

use ops_runbook::*;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn quick(what: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    let took = start.elapsed();
    println!("{what}: {took:?}");
    assert!(took < Duration::from_secs(5), "{what} took {took:?}");
}

#[test]
fn hostile_runbooks_are_refused_quickly() {
    let fill = |piece: &str| piece.repeat((MAX_SOURCE_BYTES - 1_000) / piece.len());
    let head = "version: 1\nslug: r\ntitle: R\nparams: {x: {}}\nsteps:\n  - id: a\n";
    for (what, text) in [
        (
            "shell",
            format!("{head}    run: |\n      {}\n", fill("${{ x }} ")),
        ),
        (
            "no end",
            format!("{head}    run: |\n      {}\n", fill("{{ params.x ")),
        ),
        (
            "foreign",
            format!("{head}    run: |\n      {}\n", fill("{{ .x ")),
        ),
        (
            "variables",
            format!("{head}    run: |\n      {}\n", fill("$PARAM_y ")),
        ),
        (
            "env",
            format!(
                "{head}    run: echo\n    env: {{A: '{}'}}\n",
                fill("{{ params.x }}")
            ),
        ),
        (
            "lines",
            format!(
                "{head}    run: echo\n    env:\n      A: |\n{}",
                fill("        {{ params.y }}\n")
            ),
        ),
        (
            "keys",
            (0..15_000).map(|n| format!("timeou{n}: 1\n")).collect(),
        ),
        ("flow", fill("[")),
        ("maps", fill("{a: ")),
        ("dashes", fill("- ")),
        ("quotes", format!("a: \"{}", fill("\\n"))),
        ("folded", format!("a: >\n{}", fill("  x\n\n"))),
        ("anchors", fill("&a ")),
        ("colons", fill("a: ")),
        ("questions", fill("? ")),
        ("flow keys", format!("[{}", fill("a, "))),
        ("comments", fill("# x\n")),
    ] {
        quick(what, || {
            let _ = parse(&text, "r.yaml");
        });
    }
}

#[test]
fn hostile_parameters_are_refused_quickly() {
    let allowed: Vec<String> = (0..500).map(|n| format!("value-{n}")).collect();
    let schema = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "pattern": {"items": {"type": "string", "pattern": "^(a?b?c?){20}(a|b|c)*$"}},
            "unique": {"type": "array", "uniqueItems": true},
            "enum": {"items": {"enum": allowed}},
        },
    });
    let strings = |count: usize| -> Value { (0..count).map(|n| format!("value {n}")).collect() };
    let unknown: Value = (0..50_000)
        .map(|n| (format!("patter{n}"), json!(1)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for (what, params) in [
        ("unique", json!({"unique": strings(100_000)})),
        ("enum", json!({"enum": strings(100_000)})),
        ("many patterns", json!({"pattern": vec!["abc"; 100_000]})),
        ("long pattern", json!({"pattern": ["a".repeat(200_000)]})),
        (
            "longer pattern",
            json!({"pattern": ["a".repeat(4_000_000)]}),
        ),
        ("unknown", unknown),
    ] {
        quick(what, || {
            let _ = check_params(&schema, params.as_object().unwrap());
        });
    }
}
