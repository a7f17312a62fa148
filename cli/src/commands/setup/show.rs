use super::steps::Outcome;
use crate::args::Format;
use crate::failure::Failure;
use crate::output;
use crate::output::style::{Paint, To};
use crate::output::text::{count, plain};
use ops_setup::{Check, State, Step};
use serde_json::json;

pub fn show(outcome: &Outcome, format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        return output::json(&json!({
            "ok": outcome.is_fine(), "checks": outcome.checks, "token": outcome.token,
        }));
    }
    let mut step = None;
    for check in &outcome.checks {
        if step != Some(check.step) {
            output::line(To::Out.paint(Paint::Bold, heading(check.step)))?;
            step = Some(check.step);
        }
        one(check)?;
    }
    if let Some(token) = &outcome.token {
        output::line(format_args!("\ntoken  {token}"))?;
        output::hint("keep it: it is stored as a digest and never shown again");
    }
    let failed = outcome
        .checks
        .iter()
        .filter(|check| !check.is_fine())
        .count();
    output::note(match failed {
        0 => "\nthe installation is whole".into(),
        failed => format!("\n{}", count(failed as u64, "problem")),
    });
    Ok(())
}

fn heading(step: Step) -> &'static str {
    match step {
        Step::Reach => "reach",
        Step::Schema => "schema",
        Step::Verify => "verify",
    }
}

fn one(check: &Check) -> Result<(), Failure> {
    let (word, paint) = match check.state {
        State::Passed => ("ok", Paint::Green),
        State::Mended => ("mended", Paint::Cyan),
        State::Skipped => ("skipped", Paint::Dim),
        State::Noted => ("note", Paint::Dim),
        State::Warned => ("warning", Paint::Yellow),
        State::Failed => ("problem", Paint::Red),
    };
    let word = To::Out.paint(paint, &format!("{word:<7}"));
    output::line(format_args!(
        "  {word}  {}: {}",
        check.title,
        plain(&check.found)
    ))?;
    let blank = " ".repeat(11);
    if matches!(check.state, State::Failed | State::Warned) {
        output::line(format_args!("{blank}expected: {}", plain(&check.expected)))?;
    }
    if !check.mend.is_empty() {
        let mend = format!("→ {}", plain(&check.mend));
        output::line(format_args!("{blank}{}", To::Out.paint(Paint::Bold, &mend)))?;
    }
    Ok(())
}
