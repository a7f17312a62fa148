//! Node tree → typed runbook, with everything that is wrong collected on the way.

mod artifact;
mod env;
mod expect;
mod fit;
mod header;
mod http;
mod not_built;
mod scope;
mod shell;
mod spec_kit;
mod step;
mod steps;
mod tries;
mod values;
mod whole;
mod workflow;

use crate::diagnostic::Diagnostic;
use crate::model::Runbook;
use crate::node::{Field, Node};
use crate::report::Report;
use crate::{json, yaml};
use serde_json::Value;

/// Reads YAML text. `file` is the name that the diagnostics show. All problems are told, up to
/// 100, in the order of the text.
pub fn parse(source: &str, file: &str) -> Result<Runbook, Vec<Diagnostic>> {
    let mut report = Report::new(file, source);
    let root = yaml::read(source, &mut report);
    finish(root, report)
}

/// Reads a runbook as JSON: the same structure, or YAML text in a JSON string. The canonical
/// JSON of a [`Runbook`] is read back as the same runbook. Diagnostics have no lines, only paths.
pub fn parse_json(value: &Value) -> Result<Runbook, Vec<Diagnostic>> {
    if let Value::String(source) = value {
        return parse(source, "runbook");
    }
    let mut report = Report::new("runbook", "");
    let root = json::read(value, &mut report);
    finish(root, report)
}

fn finish(root: Option<Node>, mut report: Report<'_>) -> Result<Runbook, Vec<Diagnostic>> {
    let runbook = root.and_then(|node| {
        let root = Field {
            node: &node,
            path: String::new(),
        };
        header::read(&root, &mut report)
    });
    match runbook {
        Some(runbook) if report.count() == 0 => Ok(runbook),
        _ => Err(report.into_problems()),
    }
}
