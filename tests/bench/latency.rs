//! From the moment a run is sent to the moment a waiting claim has it in hand.

use crate::setup::{Fallible, Stage};
use ops_core::api::{ClaimRequest, NewRun};
use serde_json::json;
use std::time::{Duration, Instant};

pub async fn long_poll(stage: &Stage, samples: usize) -> Fallible<Vec<Duration>> {
    stage.clean().await?;
    let runbook = json!({ "version": 1, "slug": "no-op", "title": "No-op", "steps": [{ "id": "a", "run": "true" }] });
    let new = NewRun {
        runbook: Some(runbook),
        ..NewRun::default()
    };
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
        // Long enough that the claim has found nothing and waits.
        tokio::time::sleep(Duration::from_millis(30)).await;
        let sent = Instant::now();
        stage.client.runs_create(&new).await?;
        let (answer, arrived) = waiting.await??;
        assert_eq!(answer.runs.len(), 1);
        took.push(arrived.duration_since(sent));
    }
    Ok(took)
}
