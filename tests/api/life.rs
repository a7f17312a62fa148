use ops_core::RunStatus;
use ops_core::api::{ClaimRequest, NewRun};
use ops_core::status::EndStatus;
use ops_tests::harness::{Api, TestDatabase};
use serde_json::json;

fn inline() -> NewRun {
    let runbook =
        json!({ "version": 1, "slug": "t", "title": "T", "steps": [{ "id": "a", "run": "true" }] });
    NewRun {
        runbook: Some(runbook),
        ..NewRun::default()
    }
}

#[tokio::test]
async fn a_run_goes_from_queued_to_succeeded() {
    let db = TestDatabase::new().await;
    let api = Api::over(&db).await;
    let created = api.client.runs_create(&inline()).await.unwrap();
    assert_eq!(created.status, RunStatus::Queued);
    let claim = ClaimRequest {
        worker_id: "w".into(),
        lanes: vec!["A".into()],
        request_id: Some(1),
        start: true,
        ..Default::default()
    };
    let claimed = api.client.runs_claim(&claim).await.unwrap();
    assert_eq!(claimed.runs[0].run_id, created.run_id);
    assert_eq!(claimed.heartbeat_after_ms, 3_000);
    let finish = ops_core::api::Finish {
        run_id: created.run_id.clone(),
        attempt: 1,
        status: EndStatus::Succeeded,
        reason: None,
        last_seq: None,
        error: None,
        result: json!(null),
    };
    assert_eq!(
        api.client.runs_finish("w", &finish).await.unwrap().status,
        Some(RunStatus::Succeeded)
    );
    assert_eq!(
        api.client.runs_get(&created.run_id).await.unwrap().status,
        RunStatus::Succeeded
    );
}
