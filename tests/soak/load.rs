//! The steady load: runs of a few kinds, queued at an even pace whatever becomes of them.

use crate::tally::Tally;
use ops_client::Client;
use ops_core::api::NewRun;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

/// Runs that viewers choose from.
const RECENT: usize = 50;
/// Requests without an answer; more are not sent.
const OPEN: usize = 100;

/// Newest last.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<String>>);

impl Recent {
    fn add(&self, id: String) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.push_back(id);
        if recent.len() > RECENT {
            recent.pop_front();
        }
    }

    /// Counted from the newest.
    pub fn nth(&self, back: usize) -> Option<String> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = recent.len().checked_sub(1 + back % recent.len().max(1))?;
        recent.get(place).cloned()
    }
}

/// As many as come, whether those before were answered or not. Aborted with its task.
pub async fn go_on(client: Client, rate: f64, seed: u64, recent: Arc<Recent>, tally: Arc<Tally>) {
    let mut pace = interval(Duration::from_secs_f64(1.0 / rate));
    // After a pause the load goes on as before: it does not catch up.
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut open = JoinSet::new();
    for number in seed.. {
        pace.tick().await;
        while open.try_join_next().is_some() {}
        if open.len() >= OPEN {
            tally.wrong("no answer to many runs.create".into());
            continue;
        }
        open.spawn(create(
            client.clone(),
            number,
            recent.clone(),
            tally.clone(),
        ));
    }
}

async fn create(client: Client, number: u64, recent: Arc<Recent>, tally: Arc<Tally>) {
    let asked = Instant::now();
    match client.runs_create(&run(number)).await {
        Ok(created) => {
            tally.created(asked.elapsed());
            recent.add(created.run_id);
        }
        Err(error) => tally.wrong(format!("runs.create: {error}")),
    }
}

fn run(number: u64) -> NewRun {
    let (title, step) = match number % 10 {
        0..=4 => ("Lines", lines(20)),
        5 => ("Many lines", lines(120)),
        6 | 7 => ("An artifact", artifact()),
        8 => (
            "Fails",
            json!({ "id": "fail", "run": "echo 'nothing to deploy' >&2\nexit 3" }),
        ),
        _ => ("Nothing", json!({ "id": "nothing", "run": "true" })),
    };
    NewRun {
        runbook: Some(json!({ "version": 1, "slug": "soak", "title": title, "steps": [step] })),
        lane: Some(crate::stage::LANES[(number / 10 % 4) as usize].into()),
        ..NewRun::default()
    }
}

/// In parts, as a build prints, so that whoever watches has something to follow.
fn lines(count: u32) -> Value {
    let script = format!(
        "n=0\nwhile [ $n -lt {count} ]; do\n  echo \"line $n of {count}: $OPS_RUN_ID\"\n  n=$((n + 1))\n  \
         [ $((n % 10)) -ne 0 ] || sleep 0.1\ndone"
    );
    json!({ "id": "print", "run": script })
}

fn artifact() -> Value {
    json!({ "id": "keep", "run": "head -c 12000 /dev/urandom | base64 > kept.txt",
        "artifacts": [{ "name": "kept", "path": "kept.txt" }] })
}
