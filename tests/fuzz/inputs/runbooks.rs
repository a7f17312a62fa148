//! A runbook that is accepted is the same when its own JSON is read again, and problems lie in the text.

use crate::{over_text, same};
use ops_runbook::{Diagnostic, check_params, parse, parse_json};
use serde_json::{Map, json};

const SEEDS: &[&str] = &[
    include_str!("../../../crates/runbook/src/format/everything.yaml"),
    include_str!("../../../templates/runbooks/http-healthcheck.yaml"),
    include_str!("../../../templates/runbooks/generate-spec-kit.yaml"),
    include_str!("../../../templates/runbooks/hello.yaml"),
    include_str!("../../../templates/runbooks/deploy-check.yaml"),
    include_str!("../../../templates/runbooks/database-maintenance.yaml"),
    include_str!("../../../docs/examples/pulser/triage.yaml"),
    "title: x\nsteps:\n  - run: echo {{ params.a }}\n",
];

const WORDS: &[&str] = &[
    "title:",
    "steps:",
    "- run: |",
    "params:",
    "if:",
    "once: true",
    "&a",
    "*a",
    "<<: *a",
    "!!str",
    "{{ params.x }}",
    "---",
    "...",
    "\t",
    "? ",
    "|-",
    ">+",
    "\"\\u0000\"",
    "~",
    "0x1f",
    "1e999",
    ".inf",
    "on_interrupt: fail",
    "concurrency:",
    "wait_for:",
    "artifact:",
    "http:",
    "workflow:",
    "\u{feff}",
];

#[test]
fn a_runbook_that_is_read_is_read_the_same_from_its_json() {
    over_text("runbooks", SEEDS, WORDS, |text| {
        match parse(text, "x.yaml") {
            Err(problems) => lie_in(&problems, text),
            Ok(runbook) => {
                let json = serde_json::to_value(&runbook).map_err(|e| e.to_string())?;
                let again = parse_json(&json).map_err(|problems| {
                    format!("its own JSON is refused: {} in {json}", problems[0].message)
                })?;
                same("the runbook", &runbook, &again)?;
                // Whatever schema it has, parameters are judged by it.
                let mut params = Map::new();
                params.insert("x".into(), json!("text"));
                let _ = check_params(&runbook.params, &params);
                Ok(())
            }
        }
    });
}

fn lie_in(problems: &[Diagnostic], text: &str) -> Result<(), String> {
    if problems.is_empty() || problems.len() > 100 {
        return Err(format!("{} problems", problems.len()));
    }
    // A carriage return alone ends a line of YAML too.
    let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count();
    let lines = u32::try_from(lines).map_err(|e| e.to_string())?;
    let outside = problems
        .iter()
        .find(|problem| problem.line == 0 || problem.line > lines + 1);
    outside.map_or(Ok(()), |problem| {
        Err(format!(
            "a problem in line {} of {lines}: {}",
            problem.line, problem.message
        ))
    })
}
