//! JSON value → node tree, with the same limits as YAML text.

use crate::diagnostic::DiagnosticCode as Code;
use crate::limits::{MAX_DEPTH, MAX_SOURCE_BYTES};
use crate::node::{Entry, Kind, Node, Span};
use crate::report::Report;
use serde_json::Value;

/// `None`: the report says why.
pub(crate) fn read(value: &Value, report: &mut Report<'_>) -> Option<Node> {
    let mut budget = MAX_SOURCE_BYTES;
    match node(value, 0, &mut budget) {
        Ok(node) => Some(node),
        Err(message) => {
            report.add(Span::default(), "", Code::TooLarge, message, "");
            None
        }
    }
}

/// `budget`: bytes of text and nodes that are left. One level deeper than YAML, because the
/// canonical form writes the short `params:` out in full.
fn node(value: &Value, depth: usize, budget: &mut usize) -> Result<Node, String> {
    spend(budget, 1)?;
    let span = Span::default();
    let kind = match value {
        Value::Array(_) | Value::Object(_) if depth > MAX_DEPTH => {
            return Err(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        Value::Array(items) => Kind::List(
            items
                .iter()
                .map(|item| node(item, depth + 1, budget))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(map) => {
            let mut entries = Vec::with_capacity(map.len());
            for (key, value) in map {
                spend(budget, key.len())?;
                entries.push(Entry {
                    key: key.clone(),
                    key_span: span,
                    node: node(value, depth + 1, budget)?,
                });
            }
            Kind::Map(entries)
        }
        Value::String(text) => {
            spend(budget, text.len())?;
            return Ok(Node::scalar(span, value.clone()));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            return Ok(Node::scalar(span, value.clone()));
        }
    };
    Ok(Node { span, kind })
}

fn spend(budget: &mut usize, bytes: usize) -> Result<(), String> {
    match budget.checked_sub(bytes) {
        Some(left) => {
            *budget = left;
            Ok(())
        }
        None => Err(format!(
            "the runbook is larger than {MAX_SOURCE_BYTES} bytes"
        )),
    }
}
