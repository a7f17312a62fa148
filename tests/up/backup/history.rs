//! Runs in all states, with logs and artifacts, and what can be read of them.

use ops_client::Client;
use ops_core::RunStatus;
use ops_core::api::{AppendRequest, ClaimRequest, ClaimedRun, NewEvent, NewRun};
use ops_store_postgres::connect;
use ops_tests::harness::process::run_until;
use serde_json::{Value, json};
use std::path::Path;

pub struct History {
    /// A worker has it, and its first attempt never ends by itself.
    pub in_flight: String,
    /// Ended, each in another way.
    ended: Vec<(String, RunStatus)>,
    /// Nobody's yet.
    pub waiting: Vec<String>,
}

/// Also the larger one, which has its place beside the database.
const LEFT: &str = "echo one; echo two >&2\necho kept > small.txt\n\
                    head -c 300000 /dev/zero | tr '\\0' x > large.txt";

pub fn quick(lane: &str, script: &str) -> NewRun {
    NewRun {
        runbook: Some(json!({ "version": 1, "slug": "kept", "title": "Kept",
            "steps": [{ "id": "a", "run": script }] })),
        lane: Some(lane.into()),
        lease_seconds: Some(5),
        ..NewRun::default()
    }
}

impl History {
    /// Lane A has a worker, lane B none, and lane C only whoever claims by hand.
    pub async fn live(client: &Client) -> Self {
        let queue = async |new: &NewRun| client.runs_create(new).await.expect("queued").run_id;
        let mut leaves = quick("A", LEFT);
        if let Some(runbook) = &mut leaves.runbook {
            runbook["steps"][0]["artifacts"] = json!([
                { "name": "small", "path": "small.txt" }, { "name": "large", "path": "large.txt" }]);
        }
        let succeeds = queue(&leaves).await;
        let fails = queue(&quick("A", "echo no >&2; exit 3")).await;
        let stuck = "[ \"$OPS_ATTEMPT\" != 1 ] || { echo began; sleep 300; }\necho done";
        let in_flight = queue(&quick("A", stuck)).await;
        let queued = queue(&quick("B", "true")).await;
        let parked = NewRun {
            depends_on: vec![queued.clone()],
            ..quick("B", "true")
        };
        let parked = queue(&parked).await;
        let late = NewRun {
            start_within_seconds: Some(1),
            ..quick("B", "true")
        };
        let late = queue(&late).await;
        let unwanted = queue(&quick("B", "true")).await;
        let reason = Some("nobody needs it");
        let cancelled = client.runs_cancel(&unwanted, reason).await;
        cancelled.expect("cancelled");
        let ended = vec![
            (succeeds, RunStatus::Succeeded),
            (fails, RunStatus::Failed),
            (late, RunStatus::TimedOut),
            (unwanted, RunStatus::Cancelled),
        ];
        for (id, status) in &ended {
            let run = run_until(client, id, 60, |run| run.status.is_terminal()).await;
            assert_eq!(run.status, *status);
        }
        let runs = |run: &ops_core::api::Run| run.status == RunStatus::Running;
        run_until(client, &in_flight, 30, runs).await;
        History {
            in_flight,
            ended,
            waiting: vec![queued, parked],
        }
    }

    /// Everything of the runs that do not move, with the digests of what their artifacts really hold.
    pub async fn read(&self, client: &Client) -> Value {
        let mut all = Vec::new();
        let ended = self.ended.iter().map(|(id, _)| id);
        for id in ended.chain(&self.waiting) {
            let run = client.runs_get(id).await.expect("a run");
            let log = client.events_list(id, 0, 200).await.expect("a log");
            let mut artifacts = Vec::new();
            for artifact in client.artifacts_list(id).await.expect("artifacts") {
                let bytes = client.artifacts_download(&artifact.id).await;
                let bytes = bytes.expect("its bytes").len();
                artifacts.push(json!({ "artifact": artifact, "bytes": bytes }));
            }
            all.push(json!({ "run": run, "log": log, "artifacts": artifacts }));
        }
        let lanes = client.lanes_list().await.expect("lanes");
        let lanes: Vec<_> = lanes.into_iter().map(|lane| lane.name).collect();
        json!({ "runs": all, "lanes": lanes })
    }

    /// Not only the same: it is what was made.
    pub async fn is_as_it_was(&self, client: &Client) {
        let read = self.read(client).await;
        let first = &read["runs"][0];
        assert_eq!(first["artifacts"].as_array().map(Vec::len), Some(2));
        let sizes: Vec<_> = [0, 1]
            .map(|n| first["artifacts"][n]["bytes"].as_u64())
            .into();
        assert!(sizes.contains(&Some(300_000)), "{sizes:?}");
        for id in &self.waiting {
            let run = client.runs_get(id).await.expect("a run");
            assert_eq!(run.status, RunStatus::Queued);
        }
    }
}

/// Claims the one run of lane C, which is made where there is none, and logs a line.
pub async fn by_hand(client: &Client, worker: &str) -> ClaimedRun {
    if worker == "before" {
        let long = NewRun {
            lease_seconds: Some(600),
            ..quick("C", "true")
        };
        client.runs_create(&long).await.expect("queued");
    }
    let claim = ClaimRequest {
        worker_id: worker.into(),
        lanes: vec!["C".into()],
        request_id: Some(1),
        wait_seconds: Some(20),
        start: true,
        ..ClaimRequest::default()
    };
    let claimed = client.runs_claim(&claim).await.expect("a claim");
    let run = claimed.runs.into_iter().next().expect("a run");
    let append = AppendRequest {
        run_id: run.run_id.clone(),
        worker_id: worker.into(),
        attempt: run.attempt,
        first_seq: 1,
        events: vec![NewEvent {
            message: format!("{worker} has it"),
            ..NewEvent::default()
        }],
        steps: Vec::new(),
    };
    client.events_append(&append).await.expect("a line");
    run
}

/// Lets the lease of a run run out, and the sweep of the server find it.
pub async fn lapse(data: &Path, run_id: &str) {
    let config = format!(
        "host='{}' user=ops dbname=ops",
        data.join("socket").display()
    );
    let admin = connect(&config.parse().expect("an address")).await;
    let admin = admin.expect("PostgreSQL answers");
    let sql = "update public.run_leases set expires_at = clock_timestamp() - interval '1 second' where run_id = $1::text::uuid";
    let moved = admin.execute(sql, &[&run_id]).await.expect("time passes");
    assert_eq!(moved, 1, "the lease came back with the dump");
}
