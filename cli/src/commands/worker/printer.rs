//! What a worker does, a line each: for people on standard error, as JSON on standard output.

use crate::args::Format;
use crate::output::style::{Paint, To};
use crate::output::text::{count, plain};
use crate::{output, time};
use ops_core::api::{ClaimedRun, Finish};
use ops_core::status::{EndStatus, RunStatus};
use ops_worker::{Observer, Summary, WorkerConfig};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// The worker's tasks must not wait for a slow terminal, so a thread of its own prints.
pub struct Printer {
    format: Format,
    thread: Mutex<Option<(Sender<String>, JoinHandle<()>)>>,
    /// When each run was claimed.
    claimed: Mutex<HashMap<String, i64>>,
    /// The fault that was told last, so that its repetitions stay quiet.
    fault: Mutex<Option<String>>,
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Printer {
    pub fn start(format: Format) -> Self {
        let (lines, printed) = channel::<String>();
        let thread = std::thread::spawn(move || {
            for line in printed {
                match format {
                    Format::People => output::note(line),
                    // A reader that went away does not end the work.
                    Format::Json => drop(output::line(line)),
                }
            }
        });
        Printer {
            format,
            thread: Mutex::new(Some((lines, thread))),
            claimed: Mutex::default(),
            fault: Mutex::default(),
        }
    }

    /// Prints what is left.
    pub fn finish(&self) {
        if let Some((lines, thread)) = held(&self.thread).take() {
            drop(lines);
            let _ = thread.join();
        }
    }

    fn say(&self, people: impl FnOnce() -> String, event: impl FnOnce() -> Value) {
        let line = match self.format {
            Format::People => people(),
            Format::Json => event().to_string(),
        };
        if let Some((lines, _)) = &*held(&self.thread) {
            let _ = lines.send(line);
        }
    }

    pub fn starting(&self, url: &str, config: &WorkerConfig) {
        let lanes = config.lanes.join(", ");
        self.say(
            || format!("working for {url}: lanes {lanes}, {} at once", count(config.concurrency as u64, "run")),
            || json!({ "event": "starting", "url": url, "lanes": config.lanes, "concurrency": config.concurrency }),
        );
    }

    pub fn summary(&self, summary: &Summary) {
        let parts = [
            (summary.succeeded, "succeeded"),
            (summary.failed, "failed"),
            (summary.cancelled, "cancelled"),
            (summary.timed_out, "timed out"),
            (summary.released, "handed back"),
            (summary.lost, "lost"),
        ];
        let told: Vec<_> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        let told = if told.is_empty() {
            String::new()
        } else {
            format!(": {}", told.join(", "))
        };
        self.say(
            || format!("ended after {}{told}", count(summary.claimed, "run")),
            || {
                json!({
                    "event": "ended", "worker_id": summary.worker_id, "claimed": summary.claimed,
                    "succeeded": summary.succeeded, "failed": summary.failed, "cancelled": summary.cancelled,
                    "timed_out": summary.timed_out, "released": summary.released, "lost": summary.lost,
                })
            },
        );
    }

    /// Seconds that this worker had the run.
    fn took(&self, run_id: &str) -> Option<i64> {
        held(&self.claimed)
            .remove(run_id)
            .map(|then| time::now() - then)
    }
}

fn word(status: &str) -> String {
    // Padded before it is painted, so that the columns line up.
    To::Err.paint(Paint::of_status(status.trim()), &format!("{status:<9}"))
}

impl Observer for Printer {
    fn ready(&self, worker_id: &str) {
        self.say(
            || format!("ready as {worker_id}"),
            || json!({ "event": "ready", "worker_id": worker_id }),
        );
    }

    fn claimed(&self, run: &ClaimedRun) {
        *held(&self.fault) = None;
        held(&self.claimed).insert(run.run_id.clone(), time::now());
        self.say(
            || format!("{} {}  {} (lane {}, attempt {})", word("claimed"), run.run_id, plain(&run.title), run.lane, run.attempt),
            || json!({ "event": "claimed", "run_id": run.run_id, "attempt": run.attempt, "lane": run.lane, "title": run.title }),
        );
    }

    fn finished(&self, finish: &Finish, status: RunStatus) {
        let took = self.took(&finish.run_id);
        let released = finish.status == EndStatus::Released;
        let why = finish.error.as_deref().or(finish.reason.as_deref());
        self.say(
            || {
                let end = if released { "released" } else { status.as_str() };
                let took = took.map(|took| format!("  {}", time::span(took))).unwrap_or_default();
                let why = why.map(|why| format!("  {}", plain(why))).unwrap_or_default();
                format!("{} {}{took}{why}", word(end), finish.run_id)
            },
            || {
                json!({
                    "event": "finished", "run_id": finish.run_id, "attempt": finish.attempt, "end": finish.status,
                    "status": status, "reason": finish.reason, "error": finish.error, "ms": took.map(|took| took / 1_000),
                })
            },
        );
    }

    fn lost(&self, run_id: &str, why: &str) {
        self.took(run_id);
        self.say(
            || format!("{} {run_id}  {}", word("lost"), plain(why)),
            || json!({ "event": "lost", "run_id": run_id, "why": why }),
        );
    }

    fn retrying(&self, call: &str, error: &str) {
        let fault = format!("{call}: {error}");
        let before = held(&self.fault).replace(fault.clone());
        if before.as_ref() == Some(&fault) {
            return;
        }
        self.say(
            || format!("{} {}; trying again", word("waiting"), plain(&fault)),
            || json!({ "event": "retrying", "call": call, "error": error }),
        );
    }

    fn pausing(&self, why: &str) {
        self.say(
            || {
                format!(
                    "{} no runs are taken for now: {}",
                    word("waiting"),
                    plain(why)
                )
            },
            || json!({ "event": "pausing", "why": why }),
        );
    }

    fn ending(&self, why: &str) {
        self.say(
            || format!("taking no more runs: {}", plain(why)),
            || json!({ "event": "ending", "why": why }),
        );
    }
}
