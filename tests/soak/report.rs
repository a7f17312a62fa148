//! What is told: a file of JSON with every sample, and a few lines for people.

use crate::arguments::Arguments;
use crate::proc;
use crate::series::rounded;
use crate::watched::Watched;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Of each kind of error so many are shown.
const SHOWN: usize = 20;

pub struct Facts {
    pub postgres: String,
    /// The program that was watched.
    pub ops: String,
    pub wrong: BTreeMap<String, u64>,
    pub answers: BTreeMap<u16, u64>,
    /// Ended before it was over.
    pub interrupted: bool,
}

pub fn json(arguments: &Arguments, watched: &Watched, facts: &Facts) -> Value {
    let runs = watched.created_late();
    let mut verdicts = Map::new();
    let mut samples = Map::new();
    samples.insert("seconds".into(), list(&watched.seconds));
    for series in watched.series() {
        verdicts.insert(series.name.clone(), series.json(runs));
        samples.insert(series.name.clone(), list(&series.values));
    }
    json!({
        "arguments": {
            "seconds": arguments.duration.as_secs(), "viewers": arguments.viewers,
            "workers": arguments.workers, "runs_a_second": arguments.rate,
            "keep_seconds": arguments.keep.as_secs(), "pause_ms": arguments.pause.as_millis() as u64,
            "every_seconds": arguments.every.as_secs(), "seed": arguments.seed,
        },
        "machine": proc::machine(), "postgres": facts.postgres, "ops": facts.ops,
        "interrupted": facts.interrupted,
        "runs_created": watched.created.iter().sum::<u64>(), "runs_deleted": watched.deleted,
        "looks": watched.looks, "signals": watched.signals, "answers": facts.answers,
        "errors": facts.wrong,
        "holds": watched.holds() && !facts.interrupted,
        "verdicts": verdicts, "samples": samples,
    })
}

fn list(values: &[f64]) -> Value {
    values.iter().copied().map(rounded).collect()
}

/// Each list of numbers on one line, so that a difference can be read.
pub fn text(report: &Value) -> String {
    let Some(fields) = report.as_object() else {
        return report.to_string();
    };
    let line = |(name, value): (&String, &Value)| match (name.as_str(), value.as_object()) {
        ("samples" | "verdicts", Some(inner)) => {
            let inner: Vec<String> = inner
                .iter()
                .map(|(n, v)| format!("    {n:?}: {v}"))
                .collect();
            format!("  {name:?}: {{\n{}\n  }}", inner.join(",\n"))
        }
        _ => format!("  {name:?}: {value}"),
    };
    let lines: Vec<String> = fields.iter().map(line).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

pub fn tell(watched: &Watched, facts: &Facts) {
    let runs = watched.created_late();
    println!(
        "{:32} {:>10} {:>10} {:>10}  in the second half",
        "", "middle", "most", "last"
    );
    for series in watched.series() {
        let verdict = series.verdict(runs);
        let said = match (verdict.holds, verdict.bound) {
            (true, None) => String::new(),
            (true, Some(bound)) => format!("{:+.1} of {bound:.1}", verdict.grew),
            (false, bound) => format!(
                "{:+.1}, MORE THAN {:.1}",
                verdict.grew,
                bound.unwrap_or_default()
            ),
        };
        println!(
            "{:32} {:>10.1} {:>10.1} {:>10.1}  {said} {}",
            series.title,
            crate::series::middle(series.values.clone()),
            crate::series::most(&series.values),
            series.values.last().copied().unwrap_or_default(),
            series.unit,
        );
    }
    for (what, count) in facts.wrong.iter().take(SHOWN) {
        println!("{count} times: {what}");
    }
    println!(
        "{} runs queued, {} deleted, {} looks, {} signals: {}",
        watched.created.iter().sum::<u64>(),
        watched.deleted,
        watched.looks,
        watched.signals,
        match watched.holds() {
            true => "all flat",
            false => "NOT FLAT",
        }
    );
}
