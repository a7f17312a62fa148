use ops_store_postgres::PoolSizes;
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Claims and settles until nothing is left; answers what it got, as (run, attempt).
async fn drain(db: Arc<TestDatabase>, worker: String, limit: usize) -> Vec<(String, i64)> {
    let mut got = Vec::new();
    let mut finish = json!([]);
    for request in 1.. {
        let p = json!({ "worker_id": worker, "lanes": ["A", "B", "C", "D"], "limit": limit, "request_id": request, "start": true, "finish": finish });
        let answer = db.call("runs_claim", p).await;
        for settled in answer["finished"].as_array().expect("answers") {
            assert_eq!(settled["status"], "succeeded", "{settled}");
        }
        let runs = answer["runs"].as_array().expect("runs");
        if runs.is_empty() {
            break;
        }
        got.extend(runs.iter().map(|r| {
            (
                r["run_id"].as_str().expect("an id").to_string(),
                r["attempt"].as_i64().expect("a number"),
            )
        }));
        finish = runs.iter().map(|r| json!({ "run_id": r["run_id"], "attempt": r["attempt"], "status": "succeeded" })).collect();
    }
    got
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_claimers_share_five_thousand_runs_and_none_runs_twice() {
    const RUNS: usize = 5_000;
    let db = Arc::new(
        TestDatabase::with_pool(PoolSizes {
            calls: 32,
            heartbeats: 1,
        })
        .await,
    );
    for part in 0..RUNS / 1_000 {
        let runs: Vec<Value> = (0..1_000)
            .map(|i| {
                run(RunShape {
                    lane: Some(["A", "B", "C", "D"][(i + part) % 4]),
                    priority: Some((i % 3) as i32),
                    ..RunShape::default()
                })
            })
            .collect();
        db.call("runs_create", json!({ "runs": runs })).await;
    }
    let claimers: Vec<_> = (0..32)
        .map(|n| tokio::spawn(drain(db.clone(), format!("w{n}"), 1 + n % 7)))
        .collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for claimer in claimers {
        for (id, attempt) in claimer.await.expect("no panic") {
            assert_eq!(attempt, 1);
            *seen.entry(id).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), RUNS, "every run was claimed");
    assert!(
        seen.values().all(|times| *times == 1),
        "none was claimed twice"
    );
    let left = "select (select count(*) from runs where status <> 'succeeded'), (select count(*) from run_leases),
        (select count(*) from run_attempts where answer = 'succeeded')";
    let row = db.admin.query_one(left, &[]).await.expect("counts");
    assert_eq!(
        (
            row.get::<_, i64>(0),
            row.get::<_, i64>(1),
            row.get::<_, i64>(2)
        ),
        (0, 0, RUNS as i64)
    );
}
