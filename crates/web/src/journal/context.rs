//! Whom one call of the database is about, and what its answer says of runs.

use super::{Entry, Level, tells_all, write};
use ops_core::Code;
use serde_json::{Map, Value};

/// Taken from the call before it leaves.
pub(crate) struct Context {
    function: &'static str,
    verb: String,
    worker_id: Value,
    run_id: Value,
    attempt: Value,
    /// Of calls that name several runs.
    attempts: Vec<(String, Value)>,
}

impl Context {
    pub fn of(function: &'static str, p: &Value) -> Self {
        let fact = |name: &str| p.get(name).cloned().unwrap_or_default();
        let entries = ["finish", "runs"]
            .iter()
            .filter_map(|name| p[name].as_array());
        let attempts = match function {
            "runs_claim" | "runs_finish" | "runs_heartbeat" => entries
                .flatten()
                .filter_map(|one| {
                    Some((one["run_id"].as_str()?.to_string(), one["attempt"].clone()))
                })
                .collect(),
            _ => Vec::new(),
        };
        Context {
            function,
            verb: verb_of(function),
            worker_id: fact("worker_id"),
            run_id: fact("run_id"),
            attempt: fact("attempt"),
            attempts,
        }
    }

    fn entry(&self, level: Level, event: &'static str) -> Entry {
        self.of_run(level, event, &self.run_id, self.attempt.clone())
    }

    fn of_run(&self, level: Level, event: &'static str, run_id: &Value, attempt: Value) -> Entry {
        Entry::new(level, event)
            .with("verb", self.verb.as_str())
            .with("run_id", run_id.clone())
            .with("attempt", attempt)
            .with("worker_id", self.worker_id.clone())
    }

    fn attempt_of(&self, run_id: &Value) -> Value {
        let known = self
            .attempts
            .iter()
            .find(|(known, _)| run_id == known.as_str());
        known
            .map(|(_, attempt)| attempt.clone())
            .unwrap_or_default()
    }

    /// The call did not come through, or nobody understands its answer.
    pub fn failed(&self, why: &str) -> Entry {
        self.entry(Level::Error, "failed").with("message", why)
    }

    pub fn answered(&self, answer: &Map<String, Value>) {
        match answer.get("code").and_then(Value::as_str) {
            // The edge has an older template than the database, and asks again with the newer one.
            Some(code) if code == Code::TemplateChanged.as_str() => {}
            Some(code) => self.refused(code, answer),
            None => self.done(answer),
        }
    }

    fn refused(&self, code: &str, answer: &Map<String, Value>) {
        write(
            self.entry(level_of(code), "refused")
                .with("code", code)
                .with("message", answer.get("detail").cloned().unwrap_or_default()),
        );
    }

    fn done(&self, answer: &Map<String, Value>) {
        let list = |name: &str| {
            answer
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        match self.function {
            "runs_claim" | "runs_finish" => {
                list("finished").for_each(|end| self.ended(end));
                if tells_all() {
                    list("runs").for_each(|run| self.claimed(run));
                }
            }
            "runs_heartbeat" => list("runs").for_each(|run| self.ended(run)),
            "runs_sweep" if tells_all() => self.swept(answer),
            _ => {}
        }
    }

    fn claimed(&self, run: &Value) {
        write(
            self.of_run(
                Level::Info,
                "claimed",
                &run["run_id"],
                run["attempt"].clone(),
            )
            .with("lane", run["lane"].clone()),
        );
    }

    /// One entry of an answer about several runs: a code where it was refused.
    fn ended(&self, end: &Value) {
        let run_id = &end["run_id"];
        match end["code"].as_str() {
            Some(code) => write(
                self.of_run(level_of(code), "refused", run_id, self.attempt_of(run_id))
                    .with("code", code),
            ),
            None if self.function != "runs_heartbeat" && tells_all() => write(
                self.of_run(Level::Info, "ended", run_id, self.attempt_of(run_id))
                    .with("status", end["status"].clone()),
            ),
            None => {}
        }
    }

    fn swept(&self, counts: &Map<String, Value>) {
        let found: Map<String, Value> = counts
            .iter()
            .filter(|(_, count)| count.as_u64().is_some_and(|n| n > 0))
            .map(|(name, count)| (name.clone(), count.clone()))
            .collect();
        if !found.is_empty() {
            write(
                self.entry(Level::Info, "swept")
                    .with("counts", Value::Object(found)),
            );
        }
    }
}

/// The verb whose SQL function this is; functions of the server's own stay as they are.
fn verb_of(function: &str) -> String {
    match function.starts_with("ops_") || function.starts_with("ui_") {
        true => function.to_string(),
        false => function.replacen('_', ".", 1),
    }
}

/// A write of somebody who does not hold the run any more is what the fence is for, and still worth a
/// look; what callers got wrong is theirs.
fn level_of(code: &str) -> Level {
    match code {
        "lease_lost" | "events_missing" | "events_gap" => Level::Warn,
        _ => Level::Info,
    }
}
