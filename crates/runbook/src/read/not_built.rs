//! What the language has and this version does not run. Saying so beats running it wrongly.

use crate::diagnostic::DiagnosticCode as Code;
use crate::node::Field;
use crate::report::Report;

/// Kinds of steps, and what to do until they are built.
pub(super) const KINDS: [(&str, &str); 1] =
    [("agent", "use `run:` and start the agent's command there")];

pub(super) fn in_step(step: &Field<'_>, report: &mut Report<'_>) {
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
