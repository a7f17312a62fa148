//! From the moment a run is sent to the moment that a waiting claim has it in hand, or that the first
//! command of its step runs.

use crate::setup::{Fallible, Stage};
use crate::workers::WorkerProcess;
use ops_core::api::{ClaimRequest, NewRun};
use ops_tests::harness::process::Folder;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Long enough that the claim has found nothing and waits.
pub const IDLE: Duration = Duration::from_millis(30);
/// Between two looks at what a step has written, or at a run.
const LOOK: Duration = Duration::from_millis(2);

fn run_of(command: &str) -> NewRun {
    NewRun {
        runbook: Some(
            json!({ "version": 1, "slug": "no-op", "title": "No-op", "steps": [{ "id": "a", "run": command }] }),
        ),
        lane: Some("A".into()),
        ..NewRun::default()
    }
}

pub async fn long_poll(stage: &Stage, samples: usize) -> Fallible<Vec<Duration>> {
    stage.clean().await?;
    let new = run_of("true");
    let mut took = Vec::with_capacity(samples);
    for request in 1..=samples {
        let claim = ClaimRequest {
            worker_id: "waiting".into(),
            lanes: vec!["A".into()],
            request_id: Some(request as i64),
            wait_seconds: Some(20),
            start: true,
            ..ClaimRequest::default()
        };
        let client = stage.client.clone();
        let waiting = tokio::spawn(async move {
            client
                .runs_claim(&claim)
                .await
                .map(|answer| (answer, Instant::now()))
        });
        tokio::time::sleep(IDLE).await;
        let sent = Instant::now();
        stage.client.runs_create(&new).await?;
        let (answer, arrived) = waiting.await??;
        assert_eq!(answer.runs.len(), 1);
        took.push(arrived.duration_since(sent));
    }
    Ok(took)
}

/// By a worker of the real program: its shell's first command writes the time of day.
pub async fn step_started(stage: &Stage, samples: usize) -> Fallible<Vec<Duration>> {
    stage.clean().await?;
    let folder = Folder::new();
    let file = folder.path().join("started");
    let new = run_of(&format!("echo $EPOCHREALTIME > {}", file.display()));
    let _worker = WorkerProcess::start(stage, "A", 1)?;
    // The first one is of a worker that has just started.
    started(stage, &new, &file).await?;
    let mut took = Vec::with_capacity(samples);
    for _ in 0..samples {
        took.push(started(stage, &new, &file).await?);
    }
    Ok(took)
}

async fn started(stage: &Stage, new: &NewRun, file: &Path) -> Fallible<Duration> {
    let _ = std::fs::remove_file(file);
    let sent = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let run_id = stage.client.runs_create(new).await?.run_id;
    while !stage.client.runs_get(&run_id).await?.status.is_terminal() {
        tokio::time::sleep(LOOK).await;
    }
    let text = std::fs::read_to_string(file)?;
    // Microseconds, with the decimal point of the locale.
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let at = Duration::from_micros(digits.parse()?);
    tokio::time::sleep(IDLE).await;
    Ok(at.saturating_sub(sent))
}
