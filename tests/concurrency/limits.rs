use ops_store_postgres::PoolSizes;
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Runs claimed by workers that died: their leases expire, and only the sweep frees the place.
const ABANDONED_EVERY: u64 = 9;

async fn work(db: Arc<TestDatabase>, worker: String, left: Arc<AtomicI64>) {
    let mut request = 0;
    while left.load(Ordering::Relaxed) > 0 {
        request += 1;
        let answer = db
            .call(
                "runs_claim",
                json!({ "worker_id": worker, "lanes": ["A"], "limit": 2, "request_id": request }),
            )
            .await;
        for claimed in answer["runs"].as_array().expect("runs") {
            let (id, attempt) = (claimed["run_id"].clone(), claimed["attempt"].clone());
            let abandoned = request % ABANDONED_EVERY == 0 && attempt == 1;
            if abandoned {
                // As if the worker had been killed and its lease had run out.
                let sql = "update run_leases set expires_at = clock_timestamp() - interval '1 second' where run_id = $1::text::uuid";
                db.admin
                    .execute(sql, &[&id.as_str().expect("an id")])
                    .await
                    .expect("expires");
                continue;
            }
            let finish = json!({ "worker_id": worker, "finish": [{ "run_id": id, "attempt": attempt, "status": "succeeded" }] });
            let settled = db.call("runs_finish", finish).await;
            assert_eq!(settled["finished"][0]["status"], "succeeded", "{settled}");
            left.fetch_sub(1, Ordering::Relaxed);
        }
        if request % 5 == 0 {
            db.call("runs_sweep", json!({})).await;
        }
    }
}

/// Looks at what is held, all the time, from outside.
async fn watch(db: Arc<TestDatabase>, left: Arc<AtomicI64>) -> i64 {
    let mut most = 0;
    while left.load(Ordering::Relaxed) > 0 {
        let row = db
            .admin
            .query_one("select count(*) from run_leases where lane = 'A'", &[])
            .await
            .expect("a count");
        most = most.max(row.get::<_, i64>(0));
    }
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limited_lane_never_exceeds_its_limit_under_claimers_and_kills() {
    const RUNS: i64 = 600;
    let db = Arc::new(
        TestDatabase::with_pool(PoolSizes {
            calls: 26,
            heartbeats: 1,
        })
        .await,
    );
    db.call(
        "lanes_update",
        json!({ "name": "A", "concurrency_limit": 4 }),
    )
    .await;
    let runs: Vec<Value> = (0..RUNS)
        .map(|_| {
            run(RunShape {
                lane: Some("A"),
                ..RunShape::default()
            })
        })
        .collect();
    db.call("runs_create", json!({ "runs": runs })).await;
    let left = Arc::new(AtomicI64::new(RUNS));
    let watcher = tokio::spawn(watch(db.clone(), left.clone()));
    let workers: Vec<_> = (0..24)
        .map(|n| tokio::spawn(work(db.clone(), format!("w{n}"), left.clone())))
        .collect();
    for worker in workers {
        worker.await.expect("no panic");
    }
    let most = watcher.await.expect("no panic");
    assert!(
        (1..=4).contains(&most),
        "{most} were held at once; the limit is 4"
    );
    let row = db.admin.query_one("select count(*) filter (where status = 'succeeded'), (select count(*) from run_leases) from runs", &[]).await.expect("counts");
    assert_eq!(
        (row.get::<_, i64>(0), row.get::<_, i64>(1)),
        (RUNS, 0),
        "every run ended and no place leaked"
    );
}
