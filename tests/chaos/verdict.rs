//! The database beside the ledger.

use crate::fleet::Fleet;
use crate::ledger::{Ledger, TICKS};
use crate::room::insist;
use ops_client::Client;
use ops_core::RunStatus;
use ops_core::api::{Event, Run};
use ops_tests::harness::process::run_until;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Debug, Default)]
pub struct Verdict {
    runs: usize,
    attempts: u64,
    refused_writes: u64,
    /// Attempts whose step came to its end but could not report it, so it was done again.
    ended_unreported_repeats: usize,
    alive_at_once: Vec<String>,
    two_ends: Vec<String>,
    events_missing: Vec<String>,
    stuck: Vec<String>,
    not_succeeded: Vec<String>,
}

pub async fn judge(
    client: &Client,
    ledger: &Ledger,
    runs: &[String],
    patience: Duration,
) -> Verdict {
    let mut verdict = Verdict {
        runs: runs.len(),
        ..Verdict::default()
    };
    let waiting = async {
        for id in runs {
            run_until(client, id, 3_600, |run| run.status.is_terminal()).await;
        }
    };
    let _ = tokio::time::timeout(patience, waiting).await;
    for id in runs {
        let run = insist(async |client: &Client| client.runs_get(id).await, client).await;
        verdict.add(&run, ledger, &log_of(client, id).await);
    }
    verdict
}

async fn log_of(client: &Client, run_id: &str) -> Vec<Event> {
    let mut events = Vec::new();
    loop {
        let after = events.last().map_or(0, |event: &Event| event.pos);
        let page = insist(
            async |client: &Client| client.events_list(run_id, after, 2_000).await,
            client,
        )
        .await;
        if page.events.is_empty() {
            return events;
        }
        events.extend(page.events);
    }
}

impl Verdict {
    fn add(&mut self, run: &Run, ledger: &Ledger, log: &[Event]) {
        let marks = ledger.marks(&run.id);
        self.attempts += u64::from(run.attempt);
        self.refused_writes += u64::from(run.refused_writes);
        self.ended_unreported_repeats += marks.ended.len().saturating_sub(1);
        if !run.status.is_terminal() {
            return self.stuck.push(run.id.clone());
        }
        if run.status != RunStatus::Succeeded {
            return self
                .not_succeeded
                .push(format!("{}: {} {:?}", run.id, run.status, run.reason));
        }
        if marks.overlap() {
            self.alive_at_once
                .push(format!("{}: {:?}", run.id, marks.attempts));
        }
        let ends = run
            .attempts
            .iter()
            .filter(|a| a.ended_as.as_deref() == Some("succeeded"))
            .count();
        if ends != 1 || !marks.ended.contains(&run.attempt) {
            self.two_ends.push(format!(
                "{}: {ends} ends, the ledger has {:?}",
                run.id, marks.ended
            ));
        }
        // Whatever an accepted end counted is stored, once and in order; and no position is missing.
        let said: Vec<&str> = log
            .iter()
            .filter(|e| e.attempt == run.attempt && e.source.as_deref() == Some("stdout"))
            .map(|e| e.message.as_str())
            .collect();
        let expected: Vec<String> = (0..TICKS).map(|n| format!("line {n}")).collect();
        if said != expected
            || log
                .iter()
                .enumerate()
                .any(|(i, event)| event.pos != i as i64 + 1)
        {
            self.events_missing.push(format!("{}: {said:?}", run.id));
        }
    }

    pub fn holds(&self) -> bool {
        self.runs > 0
            && [
                &self.alive_at_once,
                &self.two_ends,
                &self.events_missing,
                &self.stuck,
                &self.not_succeeded,
            ]
            .iter()
            .all(|list| list.is_empty())
    }

    /// One line for programs; what is wrong is listed on standard error first.
    pub fn json(&self, fleet: &Fleet, restarts: u64, seed: u64) -> Value {
        for (what, list) in [
            ("alive at once", &self.alive_at_once),
            ("two ends", &self.two_ends),
            ("events missing", &self.events_missing),
            ("stuck", &self.stuck),
            ("not succeeded", &self.not_succeeded),
        ] {
            list.iter()
                .take(5)
                .for_each(|entry| eprintln!("{what}: {entry}"));
        }
        json!({
            "seed": seed, "runs": self.runs, "attempts": self.attempts, "kills": fleet.kills, "freezes": fleet.freezes, "restarts": restarts,
            "alive_at_once": self.alive_at_once.len(), "two_ends": self.two_ends.len(), "events_missing": self.events_missing.len(),
            "stuck": self.stuck.len(), "not_succeeded": self.not_succeeded.len(), "refused_writes": self.refused_writes,
            "ended_unreported_repeats": self.ended_unreported_repeats,
        })
    }
}
