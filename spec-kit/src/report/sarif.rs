use super::{Finding, Report, Suppressed, SuppressedBy};
use crate::order::Gather;
use crate::rules::{Rule, rules};
use crate::text::Place;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Raise the number where what a fingerprint is made of changes.
const FINGERPRINT: &str = "specKitFinding/v1";

/// SARIF 2.1.0, as GitHub's code scanning and other viewers read it.
pub fn sarif(report: &Report) -> String {
    let table: Vec<&Rule> = rules().collect();
    let index: BTreeMap<&str, usize> = table
        .iter()
        .enumerate()
        .map(|(at, rule)| (rule.id, at))
        .into_map();
    let mut results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, &index, None))
        .collect();
    results.extend(
        report
            .suppressed
            .iter()
            .map(|entry| result(&entry.finding, &index, Some(entry))),
    );
    let version = report.tool.rsplit(' ').next().unwrap_or("0");
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "spec-kit",
                "semanticVersion": version,
                "rules": table.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "artifacts": report
                .files
                .iter()
                .map(|file| json!({ "location": { "uri": uri(file) } }))
                .collect::<Vec<_>>(),
            "results": results,
        }],
    });
    let mut out = serde_json::to_string_pretty(&log).unwrap_or_default();
    out.push('\n');
    out
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": format!("{}. {}", rule.title, rule.why) },
        "help": {
            "text": format!(
                "{}\n\nReported:\n{}\n\nFine:\n{}\n\nTo do: {}",
                rule.why, rule.bad, rule.good, rule.fix
            ),
            "markdown": format!(
                "{}\n\n**Reported**\n\n~~~~text\n{}\n~~~~\n\n**Fine**\n\n~~~~text\n{}\n~~~~\n\n**To do**: {}\n",
                rule.why, rule.bad, rule.good, rule.fix
            ),
        },
        "defaultConfiguration": { "level": rule.severity.word() },
        "properties": { "source": rule.source, "tags": ["specification"] },
    })
}

fn result(
    finding: &Finding,
    index: &BTreeMap<&str, usize>,
    accepted: Option<&Suppressed>,
) -> Value {
    let mut out = Map::new();
    out.insert("ruleId".into(), json!(finding.rule));
    if let Some(at) = index.get(finding.rule.as_str()) {
        out.insert("ruleIndex".into(), json!(at));
    }
    out.insert("level".into(), json!(finding.severity.word()));
    out.insert(
        "message".into(),
        json!({ "text": format!("{}. To do: {}", finding.message, finding.hint) }),
    );
    out.insert("locations".into(), json!([location(&finding.place, None)]));
    out.insert(
        "partialFingerprints".into(),
        json!({ FINGERPRINT: finding.fingerprint }),
    );
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .map(|(id, related)| {
            let mut place = location(&related.place, Some(&related.message));
            place["id"] = json!(id);
            place
        })
        .collect();
    if !related.is_empty() {
        out.insert("relatedLocations".into(), json!(related));
    }
    if let Some(entry) = accepted {
        let kind = match entry.by {
            SuppressedBy::Comment => "inSource",
            SuppressedBy::Configuration | SuppressedBy::Baseline => "external",
        };
        out.insert(
            "suppressions".into(),
            json!([{ "kind": kind, "status": "accepted", "justification": entry.reason }]),
        );
    }
    Value::Object(out)
}

fn location(place: &Place, message: Option<&str>) -> Value {
    let mut out = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
    });
    if let Some(message) = message {
        out["message"] = json!({ "text": message });
    }
    out
}

/// A relative reference of RFC 3986: everything but its unreserved characters and `/` in hex.
fn uri(path: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
