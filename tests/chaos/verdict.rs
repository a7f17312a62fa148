//! Ledger, witness and database beside each other.

use crate::ledger::Mark;
use crate::record::Record;
use crate::witness::{Seen, hash};
use crate::workload::{Kind, artifact};
use ops_tests::harness::database::sha256_hex;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What must not be: each list is empty, or something is wrong.
#[derive(Debug, Default)]
pub struct Wrong {
    pub two_holders: Vec<String>,
    pub two_ends: Vec<String>,
    pub alive_at_once: Vec<String>,
    pub events_missing: Vec<String>,
    pub artifacts_missing: Vec<String>,
    pub stuck: Vec<String>,
    pub places_leaked: Vec<String>,
    /// More runs in a limited lane or group than it holds.
    pub over_limit: Vec<String>,
    pub once_repeated: Vec<String>,
    /// Ended as no fault explains, or not as was acknowledged.
    pub not_as_expected: Vec<String>,
}

#[derive(Debug, Default)]
pub struct Verdict {
    pub wrong: Wrong,
    pub runs: usize,
    pub attempts: u64,
    pub refused_writes: u64,
    pub events: u64,
    pub artifacts: u64,
    /// Runs by how they ended.
    pub ends: BTreeMap<String, u64>,
    /// A step that came to its end but could not report it was done again: nobody can promise otherwise.
    pub ended_unreported_repeats: u64,
}

impl Wrong {
    pub fn lists(&self) -> [(&'static str, &Vec<String>); 10] {
        [
            ("two_holders", &self.two_holders),
            ("two_ends", &self.two_ends),
            ("alive_at_once", &self.alive_at_once),
            ("events_missing", &self.events_missing),
            ("artifacts_missing", &self.artifacts_missing),
            ("stuck", &self.stuck),
            ("places_leaked", &self.places_leaked),
            ("over_limit", &self.over_limit),
            ("once_repeated", &self.once_repeated),
            ("not_as_expected", &self.not_as_expected),
        ]
    }
}

/// What is known of one run beside its record.
pub struct Beside<'a> {
    pub kind: Kind,
    pub marks: &'a [Mark],
    pub seen: &'a Seen,
    /// Acknowledged artifacts of this run, by id: their SHA-256.
    pub artifacts: &'a HashMap<String, String>,
    /// Runs that somebody asked to cancel.
    pub asked: &'a HashSet<String>,
    /// Of them, those for which that was acknowledged.
    pub cancelled: &'a HashSet<String>,
}

impl Verdict {
    pub fn holds(&self) -> bool {
        self.runs > 0 && self.wrong.lists().iter().all(|(_, list)| list.is_empty())
    }

    pub fn add(&mut self, run: &Record, beside: &Beside) {
        self.runs += 1;
        self.attempts += u64::from(run.attempt);
        self.refused_writes += u64::from(run.refused_writes);
        self.events += run.events.len() as u64;
        self.artifacts += run.artifacts.len() as u64;
        let reason = run.reason.as_deref().unwrap_or_default();
        let end = format!("{} {reason}", run.status).trim_end().to_string();
        *self.ends.entry(end).or_default() += 1;
        self.holders(run, beside);
        self.steps(run, beside);
        self.events(run, beside);
        self.artifacts(run, beside);
        if ["queued", "claimed", "running"].contains(&run.status.as_str()) || run.holds_lease {
            let said = format!("{}: {}, lease {}", run.id, run.status, run.holds_lease);
            return self.wrong.stuck.push(said);
        }
        self.ends(run, beside);
        if let Some(why) = unexpected(run, beside) {
            self.wrong
                .not_as_expected
                .push(format!("{}: {why}", run.id));
        }
    }

    /// Attempts are numbered without holes, one at most goes on, and each was on one worker.
    fn holders(&mut self, run: &Record, beside: &Beside) {
        let numbers: Vec<u32> = run.attempts.iter().map(|a| a.number).collect();
        let open = run.attempts.iter().filter(|a| a.ended_as.is_none()).count();
        if numbers != (1..=run.attempt).collect::<Vec<_>>() || open > usize::from(run.holds_lease) {
            let said = format!("{}: attempts {:?}", run.id, run.attempts);
            self.wrong.two_holders.push(said);
        }
        let mut holders: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for mark in beside.marks {
            holders
                .entry(mark.attempt)
                .or_default()
                .insert(&mark.worker);
        }
        for (attempt, workers) in holders.iter().filter(|(_, workers)| workers.len() > 1) {
            let said = format!("{}: attempt {attempt} was worked on by {workers:?}", run.id);
            self.wrong.two_holders.push(said);
        }
    }

    fn steps(&mut self, run: &Record, beside: &Beside) {
        let late = |pair: &[Mark]| pair[0].attempt > pair[1].attempt;
        if beside.marks.windows(2).any(late) {
            let said = format!("{}: {:?}", run.id, beside.marks);
            self.wrong.alive_at_once.push(said);
        }
        let count = |what: &str| beside.marks.iter().filter(|m| m.what == what).count();
        if count("pay.begin") > 1 {
            let said = format!("{}: {:?}", run.id, beside.marks);
            self.wrong.once_repeated.push(said);
        }
        for end in ["keep.end", "before.end", "after.end"] {
            self.ended_unreported_repeats += count(end).saturating_sub(1) as u64;
        }
    }

    /// Whatever was acknowledged is stored, once and in order, and no position is missing; and of the
    /// attempt that succeeded everything that its steps printed.
    fn events(&mut self, run: &Record, beside: &Beside) {
        let positions = run.events.iter().enumerate();
        let mut is_whole = positions
            .into_iter()
            .all(|(i, event)| event.pos == i as i64 + 1);
        for attempt in 1..=run.attempt {
            let Some(told) = beside.seen.events.get(&(run.id.clone(), attempt)) else {
                continue;
            };
            let of_worker =
                |e: &&crate::record::Event| e.attempt == attempt && e.source != "control";
            let stored: Vec<u64> = run
                .events
                .iter()
                .filter(of_worker)
                .map(|e| hash(&e.message))
                .collect();
            is_whole &= told
                .iter()
                .all(|(seq, message)| stored.get(*seq as usize - 1) == Some(message));
        }
        if run.status == "succeeded" {
            let printed =
                |e: &&crate::record::Event| e.attempt == run.attempt && e.source == "stdout";
            let lines: Vec<&str> = run
                .events
                .iter()
                .filter(printed)
                .map(|e| e.message.as_str())
                .collect();
            is_whole &= lines == beside.kind.lines();
        }
        if !is_whole {
            let said = format!("{}: {:?}", run.id, run.events);
            self.wrong.events_missing.push(said);
        }
    }

    fn artifacts(&mut self, run: &Record, beside: &Beside) {
        let stored: HashMap<&String, &String> =
            run.artifacts.iter().map(|a| (&a.id, &a.sha256)).collect();
        let told = beside.artifacts.iter();
        let mut is_whole = told
            .into_iter()
            .all(|(id, sha256)| stored.get(id) == Some(&sha256));
        if run.status == "succeeded" && beside.kind.leaves_artifact() {
            let sha256 = sha256_hex(&artifact(&run.id, run.attempt));
            let mut last = run.artifacts.iter().filter(|a| a.attempt == run.attempt);
            is_whole &= last.any(|a| a.name == "kept" && a.sha256 == sha256);
        }
        if !is_whole {
            let said = format!(
                "{}: told {:?}, stored {:?}",
                run.id, beside.artifacts, run.artifacts
            );
            self.wrong.artifacts_missing.push(said);
        }
    }

    /// One accepted end at most, by the newest attempt, and it is the one that is stored.
    fn ends(&mut self, run: &Record, beside: &Beside) {
        let ends = ["succeeded", "failed", "cancelled", "timed_out"];
        let is_end = |ended: &str| ends.contains(&ended);
        let ended: Vec<u32> = run
            .attempts
            .iter()
            .filter(|a| a.ended_as.as_deref().is_some_and(is_end))
            .map(|a| a.number)
            .collect();
        let mut is_one = ended.len() <= 1 && ended.iter().all(|attempt| *attempt == run.attempt);
        let told = beside.seen.ends.get(&run.id);
        for (attempt, status) in told.into_iter().flatten() {
            is_one &= *attempt == run.attempt && *status == run.status;
        }
        if run.status == "succeeded" {
            let last = beside.kind.last_mark();
            let did = |m: &Mark| m.attempt == run.attempt && Some(m.what.as_str()) == last;
            is_one &= ended.len() == 1 && beside.marks.iter().any(did);
        }
        if !is_one {
            let said = format!(
                "{}: {} {:?}, told {told:?}",
                run.id, run.status, run.attempts
            );
            self.wrong.two_ends.push(said);
        }
    }
}

/// Why this end is not one that the kind of run and what was done to it explain.
fn unexpected(run: &Record, beside: &Beside) -> Option<String> {
    let reason = run.reason.as_deref();
    if beside.cancelled.contains(&run.id) && run.status != "cancelled" {
        return Some(format!(
            "{} although its cancellation was acknowledged",
            run.status
        ));
    }
    let fits = match (run.status.as_str(), beside.kind) {
        ("cancelled", _) => beside.asked.contains(&run.id),
        ("failed", Kind::Greedy | Kind::Slain) => reason != Some("unknown_outcome"),
        ("failed", Kind::Once) => reason == Some("unknown_outcome"),
        ("succeeded", kind) => !matches!(kind, Kind::Greedy | Kind::Slain),
        _ => false,
    };
    (!fits).then(|| {
        format!(
            "{:?} {} {reason:?} {:?}",
            beside.kind, run.status, run.error
        )
    })
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
