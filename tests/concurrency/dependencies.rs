//! Runs that depend on others, made while those end: nobody goes early, and nobody is left waiting.

use ops_store_postgres::PoolSizes;
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Each call makes a run, one behind it, and two behind what others made just now.
async fn create(db: Arc<TestDatabase>, calls: usize) {
    let newest = "select array(select id::text from runs order by seq desc limit 2)";
    for n in 0..calls {
        let known: Vec<String> = db.admin.query_one(newest, &[]).await.expect("ids").get(0);
        let behind = |names: Value| {
            let runbook = match n % 3 {
                0 => {
                    json!({ "title": "a run", "steps": [], "concurrency": { "group": "g", "limit": 2 } })
                }
                _ => json!({ "title": "a run", "steps": [] }),
            };
            run(RunShape {
                more: json!({ "runbook": runbook, "depends_on": names, "max_attempts": 20 }),
                ..RunShape::default()
            })
        };
        let runs = vec![
            behind(json!([])),
            behind(json!(["#0"])),
            behind(json!(known)),
            behind(json!(known.iter().take(1).collect::<Vec<_>>())),
        ];
        let answer = db.call("runs_create", json!({ "runs": runs })).await;
        assert!(answer["code"].is_null(), "{answer}");
    }
}

async fn work(db: Arc<TestDatabase>, number: usize, over: Arc<AtomicBool>) {
    let worker = format!("w{number}");
    let (mut request, mut finish) = (number as i64 * 5, json!([]));
    while !over.load(Ordering::Relaxed) {
        request += 1;
        let claim = json!({ "worker_id": worker, "lanes": ["A"], "limit": 2, "request_id": request, "start": true,
            "finish": finish });
        let answer = db.call("runs_claim", claim).await;
        let mut ends = Vec::new();
        for claimed in answer["runs"].as_array().expect("runs") {
            let id = claimed["run_id"].as_str().expect("an id");
            let early = "select count(*) from run_dependencies w where w.run_id = $1::text::uuid";
            let open: i64 = db
                .admin
                .query_one(early, &[&id])
                .await
                .expect("a count")
                .get(0);
            assert_eq!(open, 0, "a run went before what it depends on");
            let status = match request % 17 {
                3 => "failed",
                7 => "released",
                _ => "succeeded",
            };
            if request % 19 == 5 {
                db.call("runs_cancel", json!({ "run_id": id })).await;
            }
            ends.push(json!({ "run_id": id, "attempt": claimed["attempt"], "status": status, "reason": "x" }));
        }
        finish = ends.into();
    }
    db.call(
        "runs_finish",
        json!({ "worker_id": worker, "finish": finish }),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_ends_while_dependents_are_made_nobody_goes_early_or_waits_for_ever() {
    let sizes = PoolSizes {
        calls: 14,
        heartbeats: 1,
    };
    let db = Arc::new(TestDatabase::with_pool(sizes).await);
    let over = Arc::new(AtomicBool::new(false));
    let creators: Vec<_> = (0..3)
        .map(|_| tokio::spawn(create(db.clone(), 40)))
        .collect();
    let workers: Vec<_> = (0..8)
        .map(|n| tokio::spawn(work(db.clone(), n, over.clone())))
        .collect();
    for creator in creators {
        creator.await.expect("no deadlock, no error");
    }
    let open = "select count(*) from runs where finished_at is null";
    while db
        .admin
        .query_one(open, &[])
        .await
        .expect("a count")
        .get::<_, i64>(0)
        > 0
    {
        db.call("runs_sweep", json!({})).await;
    }
    over.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.expect("no deadlock, no error");
    }
    db.call("runs_sweep", json!({})).await;
    let left = "select (select count(*) from run_dependencies) + (select count(*) from run_leases)";
    let row = db.admin.query_one(left, &[]).await.expect("a count");
    assert_eq!(row.get::<_, i64>(0), 0, "nothing is left behind");
}
