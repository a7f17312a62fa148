//! A group never gives more places than its limit, and no run waits for ever: under claimers, workers
//! that die, hand-backs, cancels, sweeps and creates, all at once.

use ops_store_postgres::{PoolSizes, connect};
use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const LIMITS: [(&str, i64); 3] = [("one", 1), ("three", 3), ("mixed", 2)];
const LANES: [&str; 2] = ["A", "B"];

/// Of the `n`th run; every fourth has no group. The limits of `mixed` differ, and none is less than 2.
fn shape(n: usize) -> Value {
    let (group, limit) = LIMITS[n % 3];
    let limit = if group == "mixed" {
        2 + n as i64 % 5
    } else {
        limit
    };
    let mut runbook = json!({ "title": "a run", "steps": [] });
    if n % 4 != 3 {
        runbook["concurrency"] = json!({ "group": group, "limit": limit });
    }
    run(RunShape {
        lane: Some(LANES[n / 3 % 2]),
        priority: Some([100, 50, 200][n / 5 % 3]),
        more: json!({ "runbook": runbook, "max_attempts": 20 }),
        ..RunShape::default()
    })
}

async fn create(db: Arc<TestDatabase>, from: usize, upto: usize) {
    for first in (from..upto).step_by(7) {
        let runs: Vec<Value> = (first..upto.min(first + 7)).map(shape).collect();
        let answer = db.call("runs_create", json!({ "runs": runs })).await;
        assert!(answer["code"].is_null(), "{answer}");
    }
}

async fn work(db: Arc<TestDatabase>, number: usize, over: Arc<AtomicBool>) {
    let worker = format!("w{number}");
    let (mut request, mut finish) = (number as i64 * 7, json!([]));
    while !over.load(Ordering::Relaxed) {
        request += 1;
        let claim = json!({ "worker_id": worker, "lanes": LANES, "limit": 2, "request_id": request, "start": true,
            "finish": finish });
        let answer = db.call("runs_claim", claim).await;
        let mut ends = Vec::new();
        for claimed in answer["runs"].as_array().expect("runs") {
            let id = claimed["run_id"].as_str().expect("an id");
            let end = |status: &str| json!({ "run_id": id, "attempt": claimed["attempt"], "status": status, "reason": "x" });
            match request % 11 {
                3 => {
                    // As if the worker had been killed and its lease had run out.
                    let sql = "update run_leases set expires_at = clock_timestamp() - interval '1 second' where run_id = $1::text::uuid";
                    db.admin.execute(sql, &[&id]).await.expect("expires");
                }
                5 => {
                    db.call("runs_cancel", json!({ "run_id": id })).await;
                    ends.push(end("cancelled"));
                }
                7 => ends.push(end("released")),
                _ => ends.push(end("succeeded")),
            }
        }
        finish = ends.into();
        if request % 9 == 0 {
            db.call("runs_sweep", json!({})).await;
        }
    }
    db.call(
        "runs_finish",
        json!({ "worker_id": worker, "finish": finish }),
    )
    .await;
}

/// Cancels somebody who waits, again and again.
async fn disturb(db: Arc<TestDatabase>, over: Arc<AtomicBool>) {
    let sql = "select id::text from runs where status = 'queued' and seq % 13 = 0 order by random() limit 1";
    while !over.load(Ordering::Relaxed) {
        if let Some(row) = db.admin.query_opt(sql, &[]).await.expect("a run") {
            db.call("runs_cancel", json!({ "run_id": row.get::<_, String>(0) }))
                .await;
        }
    }
}

/// Looks from outside, all the time; ends when every run has.
async fn watch(db: Arc<TestDatabase>, runs: i64) -> Vec<(String, i64)> {
    let mut most: Vec<(String, i64)> = Vec::new();
    loop {
        let sql = "select l.group_key, count(*) from run_leases l where l.group_key is not null group by 1";
        for row in db.admin.query(sql, &[]).await.expect("counts") {
            let (group, count): (String, i64) = (row.get(0), row.get(1));
            match most.iter_mut().find(|(known, _)| *known == group) {
                Some((_, most)) => *most = count.max(*most),
                None => most.push((group, count)),
            }
        }
        let sql = "select count(*) from runs where finished_at is not null";
        let row = db.admin.query_one(sql, &[]).await.expect("a count");
        if row.get::<_, i64>(0) == runs {
            return most;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_never_exceeds_its_limit_and_nobody_waits_for_ever() {
    const RUNS: usize = 600;
    let sizes = PoolSizes {
        calls: 22,
        heartbeats: 1,
    };
    let db = Arc::new(TestDatabase::with_pool(sizes).await);
    let over = Arc::new(AtomicBool::new(false));
    let creators: Vec<_> = (0..3)
        .map(|n| tokio::spawn(create(db.clone(), n * RUNS / 3, (n + 1) * RUNS / 3)))
        .collect();
    let mut others: Vec<_> = (0..16)
        .map(|n| tokio::spawn(work(db.clone(), n, over.clone())))
        .collect();
    others.push(tokio::spawn(disturb(db.clone(), over.clone())));
    let watcher = tokio::spawn(watch(db.clone(), RUNS as i64));
    for creator in creators {
        creator.await.expect("no deadlock, no error");
    }
    let most = watcher.await.expect("no panic");
    over.store(true, Ordering::Relaxed);
    for other in others {
        other.await.expect("no deadlock, no error");
    }
    for (group, limit) in LIMITS {
        let most = most
            .iter()
            .find(|(known, _)| known == group)
            .map(|(_, most)| *most);
        assert!(
            most.is_some_and(|most| (1..=limit.max(6)).contains(&most)),
            "{group}: {most:?}"
        );
        if group != "mixed" {
            assert!(
                most <= Some(limit),
                "{group}: {most:?} were held at once; the limit is {limit}"
            );
        }
    }
    db.call("runs_sweep", json!({})).await;
    let row = db
        .admin
        .query_one("select count(*) from run_leases", &[])
        .await
        .expect("a count");
    assert_eq!(row.get::<_, i64>(0), 0, "no place leaked");
}

/// Who finds a group's row taken does not wait for it; what it leaves, a sweep finds.
#[tokio::test]
async fn a_place_that_nobody_could_give_is_given_by_the_next_sweep() {
    let db = TestDatabase::new().await;
    let runs = json!({ "runs": [shape(0), shape(0)] });
    let created = db.call("runs_create", runs).await;
    let (next, waits) = (&created["runs"][0]["run_id"], &created["runs"][1]["run_id"]);
    let other = connect(&db.config).await.expect("an actor");
    let lock = "begin; select 1 from run_groups for no key update";
    other.batch_execute(lock).await.expect("a lock");
    let cancelled = db.call("runs_cancel", json!({ "run_id": next })).await;
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(db.call("runs_sweep", json!({})).await["unparked"], 0);
    let told = db.call("runs_get", json!({ "run_id": waits })).await;
    assert_eq!(told["run"]["waiting"]["reason"], "group");
    other.batch_execute("rollback").await.expect("free");
    assert_eq!(db.call("runs_sweep", json!({})).await["unparked"], 1);
    let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1 });
    assert_eq!(
        db.call("runs_claim", claim).await["runs"][0]["run_id"],
        *waits
    );
}

/// A sweep looks at some groups only; over many sweeps it comes to each.
#[tokio::test]
async fn many_full_groups_hide_none_that_is_free() {
    let db = TestDatabase::new().await;
    let grouped = |n: usize| {
        let runbook =
            json!({ "title": "a run", "steps": [], "concurrency": { "group": format!("g{n}") } });
        run(RunShape {
            more: json!({ "runbook": runbook }),
            ..RunShape::default()
        })
    };
    // A hundred groups are looked at in one sweep; here are three hundred, each with one who waits.
    for from in (0..300).step_by(100) {
        let runs: Vec<Value> = (from..from + 100)
            .flat_map(|n| [grouped(n), grouped(n)])
            .collect();
        db.call("runs_create", json!({ "runs": runs })).await;
    }
    let sql = "update runs set status = 'cancelled', finished_at = clock_timestamp() where status = 'queued' and parked is null and group_key = any ($1)";
    let freed: Vec<String> = (0..300).step_by(3).map(|n| format!("g{n}")).collect();
    db.admin
        .execute(sql, &[&freed])
        .await
        .expect("places that nobody gave");
    let mut given = 0;
    while given < freed.len() as u64 {
        let counts = db.call("runs_sweep", json!({})).await;
        given += counts["unparked"].as_u64().expect("a count");
    }
    assert_eq!(given, freed.len() as u64);
}
