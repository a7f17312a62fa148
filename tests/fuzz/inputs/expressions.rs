//! `if`: the same answer each time, and the answer that its parts give.

use crate::over_text;
use ops_runbook::{Context, Expr, JobState};
use serde_json::json;

const SEEDS: &[&str] = &[
    "params.a == 'x' && steps.build.exit_code < 3",
    "contains(params.list, 'b') || !failure()",
    "always() && (run.attempt >= 2 || run.env != null)",
    "starts_with(steps['build'].outputs.url, 'https://')",
    "cancelled() == false && params['a.b'][0] == 1.5e3",
    "'it''s' == \"it's\"",
];

const WORDS: &[&str] = &[
    "&&",
    "||",
    "!",
    "(",
    ")",
    "==",
    "!=",
    "<=",
    ">=",
    "'",
    "\"",
    "params.",
    "steps.",
    "run.",
    "null",
    "true",
    "false",
    "success()",
    "failure()",
    "always()",
    "contains(",
    ",",
    "[",
    "]",
    "-1",
    "0x",
    "1e309",
    "é",
];

#[test]
fn a_condition_that_is_read_means_one_thing() {
    let values = json!({
        "params": { "a": "x", "list": ["a", "b"], "a.b": [1500.0], "n": null },
        "steps": { "build": { "status": "succeeded", "exit_code": 0, "outputs": { "url": "https://x" } } },
        "run": { "id": "r", "attempt": 1, "lane": "A", "env": null, "repo": null },
    });
    let states = [JobState::Ok, JobState::Failed, JobState::Cancelled];
    over_text("expressions", SEEDS, WORDS, |text| {
        let expr = match Expr::parse(text) {
            Ok(expr) => expr,
            Err(error) => return lies_in(error.column, text),
        };
        for state in states {
            let context = Context {
                values: &values,
                state,
            };
            // `always()` takes the state out of the question.
            let means = |source: String| {
                let read = Expr::parse(&format!("always() && ({source})"));
                read.map(|expr| expr.eval(&context))
            };
            let Ok(is_true) = means(text.to_owned()) else {
                // Together they are too long, or too deep.
                return Ok(());
            };
            if let Ok(is_false) = means(format!("!({text})"))
                && is_false == is_true
            {
                return Err(format!(
                    "it and its opposite are both {is_true} in {state:?}"
                ));
            }
            if let Ok(twice) = means(format!("({text}) && ({text})"))
                && twice != is_true
            {
                return Err(format!("said twice it is {twice} in {state:?}"));
            }
            if expr.eval(&context) && !is_true {
                return Err(format!(
                    "it holds in {state:?}, and within always() it does not"
                ));
            }
        }
        Ok(())
    });
}

fn lies_in(column: usize, text: &str) -> Result<(), String> {
    match (1..=text.chars().count() + 1).contains(&column) {
        true => Ok(()),
        false => Err(format!("an error in column {column}")),
    }
}
