//! What the language has and this version does not run. Saying so beats running it wrongly.

use super::values;
use crate::diagnostic::DiagnosticCode as Code;
use crate::node::Field;
use crate::report::Report;

/// Kinds of steps, and what to do until they are built.
pub(super) const KINDS: [(&str, &str); 3] = [
    (
        "spec_kit",
        "use `run:` with `ops spec generate` or `ops spec validate`",
    ),
    (
        "workflow",
        "use `run:` with `gh workflow run` and `gh run watch`",
    ),
    ("agent", "use `run:` and start the agent's command there"),
];

const IN_STEP: [(&str, &str); 1] = [(
    "once",
    "make the command safe to repeat, and set `max_attempts: 1`",
)];

pub(super) fn in_runbook(root: &Field<'_>, report: &mut Report<'_>) {
    if let Some(field) = root.get("concurrency") {
        let hint = "use a lane of its own with a limit of 1, as in `default_lane: deploy`";
        refuse(&field, "`concurrency` is", hint, report);
    }
    let Some(field) = values::optional(root, "on_interrupt") else {
        return;
    };
    match values::text(&field, report).as_deref() {
        // What happens anyway.
        Some("rerun") | None => {}
        Some("fail") => {
            let hint = "write `max_attempts: 1`, so that a lost run is not run again";
            refuse(&field, "`on_interrupt: fail` is", hint, report);
        }
        Some(other) => {
            let message = format!("`on_interrupt` is `rerun` or `fail`, not `{other}`");
            report.at(&field, Code::BadValue, message, "");
        }
    }
}

pub(super) fn in_step(step: &Field<'_>, report: &mut Report<'_>) {
    for (key, hint) in IN_STEP {
        // `false` asks for what happens anyway.
        if let Some(field) = values::optional(step, key).filter(|field| !values::is_false(field)) {
            refuse(&field, &format!("`{key}` is"), hint, report);
        }
    }
    for (kind, hint) in KINDS {
        if let Some(field) = step.get(kind) {
            refuse(&field, &format!("`{kind}` steps are"), hint, report);
        }
    }
}

fn refuse(field: &Field<'_>, what: &str, hint: &str, report: &mut Report<'_>) {
    let message = format!("{what} not built yet in this version");
    report.at(field, Code::NotBuilt, message, hint);
}
