use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::json;

#[tokio::test]
async fn a_run_is_created_claimed_and_finished() {
    let db = TestDatabase::new().await;
    let created = db
        .call("runs_create", json!({ "runs": [run(RunShape::default())] }))
        .await;
    let id = created["runs"][0]["run_id"].clone();
    let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1, "start": true });
    let claimed = db.call("runs_claim", claim).await;
    assert_eq!(claimed["runs"][0]["run_id"], id);
    assert_eq!(claimed["runs"][0]["attempt"], 1);
    let finish = json!({ "worker_id": "w", "finish": [{ "run_id": id, "attempt": 1, "status": "succeeded" }] });
    let finished = db.call("runs_finish", finish.clone()).await;
    assert_eq!(
        finished["finished"],
        json!([{ "run_id": id, "status": "succeeded" }])
    );
    // A lost answer, asked for again.
    assert_eq!(
        db.call("runs_finish", finish).await["finished"],
        finished["finished"]
    );
    let got = db.call("runs_get", json!({ "run_id": id })).await;
    assert_eq!(got["run"]["status"], "succeeded");
    assert_eq!(got["run"]["attempts"][0]["ended_as"], "succeeded");
}
