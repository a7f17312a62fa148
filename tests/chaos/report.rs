//! What is told in the end: readable for people, and one line for programs.

use crate::counts::Counted;
use crate::schedule::{Schedule, Weather};
use crate::verdict::Verdict;
use crate::witness::Artifact;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

pub struct Report {
    pub seed: u64,
    /// From the first fault until everything had ended.
    pub seconds: u64,
    pub workers: usize,
    pub schedule: Schedule,
    pub verdict: Verdict,
    pub counted: Counted,
    /// Messages that met it.
    pub weather: BTreeMap<Weather, u64>,
    /// Answers on all roads, by status.
    pub answers: BTreeMap<u16, u64>,
    pub internal_errors: BTreeMap<String, u64>,
    pub workers_ended_by_themselves: u64,
    pub servers_ended_by_themselves: u64,
    /// Of a worker, at most, as its events say.
    pub wall_clock_off_seconds: i64,
    /// What stood for it.
    pub full_disk: &'static str,
}

/// Of each kind of wrong so many are shown.
const SHOWN: usize = 5;

impl Report {
    /// The last line on standard output is the whole report; what is wrong stands on standard error.
    pub fn tell(&self, file: Option<&Path>) {
        for (what, list) in self.verdict.wrong.lists() {
            for entry in list.iter().take(SHOWN) {
                eprintln!("{what}: {entry}");
            }
        }
        let report = self.json();
        for (name, value) in report.as_object().into_iter().flatten() {
            println!("{name}: {value}");
        }
        if let Some(file) = file {
            let text = serde_json::to_string_pretty(&report).expect("plain data");
            std::fs::write(file, text + "\n").expect("the report is written");
        }
        println!("{report}");
    }

    fn json(&self) -> Value {
        let verdict = &self.verdict;
        let mut report = json!({
            "seed": self.seed, "schedule_sha256": self.schedule.sha256(), "faults": self.schedule.entries.len(),
            "seconds": self.seconds, "workers": self.workers,
            "runs": verdict.runs, "attempts": verdict.attempts, "ends": verdict.ends,
            "kills": self.counted.of("kill"), "freezes": self.counted.of("freeze"),
            "done": self.counted.done, "not_tried": self.counted.not_tried, "messages": self.weather,
            "answers": self.answers, "internal_errors": self.internal_errors, "full_disk": self.full_disk,
            "wall_clock_off_seconds": self.wall_clock_off_seconds,
            "events": verdict.events, "artifacts": verdict.artifacts, "refused_writes": verdict.refused_writes,
            "ended_unreported_repeats": verdict.ended_unreported_repeats,
            "workers_ended_by_themselves": self.workers_ended_by_themselves,
            "servers_ended_by_themselves": self.servers_ended_by_themselves,
        });
        for (name, list) in verdict.wrong.lists() {
            report[name] = list.len().into();
        }
        report
    }
}

pub fn plan(seed: u64, schedule: &Schedule) -> Value {
    json!({ "seed": seed, "schedule_sha256": schedule.sha256(), "faults": schedule.entries.len() })
}

pub fn sum(counts: impl Iterator<Item = BTreeMap<Weather, u64>>) -> BTreeMap<Weather, u64> {
    counts
        .flatten()
        .fold(BTreeMap::new(), |mut sum, (weather, count)| {
            *sum.entry(weather).or_default() += count;
            sum
        })
}

/// Acknowledged artifacts per run, by id: their SHA-256.
pub fn by_run(artifacts: &[Artifact]) -> HashMap<String, HashMap<String, String>> {
    let mut runs: HashMap<String, HashMap<String, String>> = HashMap::new();
    for artifact in artifacts {
        let run = runs.entry(artifact.run_id.clone()).or_default();
        run.insert(artifact.id.clone(), artifact.sha256.clone());
    }
    runs
}
