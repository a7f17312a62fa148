//! What became of each run, for the summary, the outputs and the exit code.

use ops_core::api::{ClaimedRun, Finish};
use ops_core::status::{EndStatus, RunStatus};
use std::time::{Duration, Instant};

pub struct Entry {
    pub run_id: String,
    pub title: String,
    pub lane: String,
    pub attempt: u32,
    claimed: Instant,
    pub took: Option<Duration>,
    /// `released` and `lost` are ends for this job, and not for the run.
    pub end: Option<&'static str>,
    pub error: Option<String>,
}

#[derive(Default)]
pub struct Report(Vec<Entry>);

impl Report {
    pub fn claimed(&mut self, run: &ClaimedRun) {
        self.0.push(Entry {
            run_id: run.run_id.clone(),
            title: run.title.clone(),
            lane: run.lane.clone(),
            attempt: run.attempt,
            claimed: Instant::now(),
            took: None,
            end: None,
            error: None,
        });
    }

    pub fn finished(&mut self, finish: &Finish, status: RunStatus) -> Option<&Entry> {
        let end = match finish.status {
            EndStatus::Released => "released",
            _ => status.as_str(),
        };
        let why = finish.error.clone().or_else(|| finish.reason.clone());
        self.end(&finish.run_id, end, why)
    }

    pub fn lost(&mut self, run_id: &str, why: &str) -> Option<&Entry> {
        self.end(run_id, "lost", Some(why.into()))
    }

    fn end(&mut self, run_id: &str, end: &'static str, why: Option<String>) -> Option<&Entry> {
        let mut entries = self.0.iter_mut().rev();
        let entry = entries.find(|entry| entry.run_id == run_id)?;
        entry.took = Some(entry.claimed.elapsed());
        entry.end = Some(end);
        entry.error = why;
        Some(entry)
    }

    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Whether a run ended so; one that ran out of time failed.
    pub fn had(&self, outcome: &str) -> bool {
        self.count(outcome) > 0 || outcome == "failed" && self.count("timed_out") > 0
    }

    pub fn count(&self, end: &str) -> usize {
        self.0.iter().filter(|entry| entry.end == Some(end)).count()
    }
}
