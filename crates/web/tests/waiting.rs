//! Who waits and who is woken, on a clock that only moves when nobody has anything left to do: what
//! happens without the clock moving was a wake-up, not a poll.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::{Router, response::Response};
use ops_core::port::{BoxFuture, Store, StoreError};
use ops_core::{BASE_PATH, api::ClaimAnswer};
use ops_web::{App, Host, router};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::Instant;
use tower::ServiceExt;

/// A queue in memory: `(lane, session)` of each run. Nothing else of the database is needed here.
#[derive(Default)]
struct Queue {
    runs: Mutex<Vec<(String, Value)>>,
    claims: AtomicUsize,
}

impl Queue {
    fn take(&self, p: &Value) -> Vec<Value> {
        let mut runs = self.runs.lock().unwrap();
        let fits = |(lane, session): &(String, Value)| {
            p["lanes"].as_array().unwrap().contains(&json!(lane))
                && (p["session_id"].is_null() || p["session_id"] == *session)
        };
        let found = runs.iter().position(fits).map(|at| runs.remove(at));
        let run = |(lane, _)| {
            json!({ "run_id": "r", "attempt": 1, "lane": lane, "lease_seconds": 15,
                "lease_expires_at": "", "timeout_seconds": 60 })
        };
        found.map(run).into_iter().collect()
    }

    fn put(&self, p: &Value) -> Value {
        let mut wake = serde_json::Map::new();
        for run in p["runs"].as_array().unwrap() {
            let lane = run["lane"].as_str().unwrap();
            let count = wake.get(lane).and_then(Value::as_u64).unwrap_or(0) + 1;
            wake.insert(lane.into(), count.into());
            let mut runs = self.runs.lock().unwrap();
            runs.push((lane.into(), run["session_id"].clone()));
        }
        let made = vec![json!({ "run_id": "r", "status": "queued" }); wake.len()];
        json!({ "runs": made, "wake": wake })
    }
}

impl Store for Queue {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        Box::pin(async move {
            match function {
                "runs_claim" => {
                    let runs = self.take(&p);
                    self.claims.fetch_add(1, Ordering::Relaxed);
                    // The answer is under way while others go on.
                    yield_now().await;
                    Ok(json!({ "runs": runs, "finished": [], "drain": false }))
                }
                "runs_create" => Ok(self.put(&p)),
                other => Err(StoreError::Failed(other.into())),
            }
        })
    }
}

struct Room {
    queue: Arc<Queue>,
    router: Router,
}

impl Room {
    fn new() -> Self {
        let queue = Arc::new(Queue::default());
        let router = router(App::new(queue.clone(), Host::NATIVE));
        Room { queue, router }
    }

    fn post(&self, verb: &str, body: Value) -> impl Future<Output = Response> + use<> {
        let request = Request::post(format!("{BASE_PATH}/{verb}"))
            .header("authorization", "Bearer t")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        let router = self.router.clone();
        async move { router.oneshot(request.unwrap()).await.unwrap() }
    }

    /// A claim that waits: it has asked once and got nothing.
    async fn waits(&self, lane: &str, session: Value) -> JoinHandle<ClaimAnswer> {
        let before = self.claims();
        let body =
            json!({ "worker_id": "w", "lanes": [lane], "session_id": session, "wait_seconds": 25 });
        let response = self.post("runs.claim", body);
        let task = tokio::spawn(async move {
            let body = response.await.into_body();
            let bytes = axum::body::to_bytes(body, 10_000).await.unwrap();
            serde_json::from_slice(&bytes).unwrap()
        });
        while self.claims() == before {
            yield_now().await;
        }
        self.settle().await;
        task
    }

    async fn create(&self, lane: &str, session: Value, count: usize) {
        let runbook = json!({ "version": 1, "slug": "t", "title": "T", "steps": [{ "id": "a", "run": "true" }] });
        let run = json!({ "runbook": runbook, "lane": lane, "session_id": session });
        let body = json!({ "runs": vec![run; count] });
        let response = self.post("runs.create", body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
    }

    fn claims(&self) -> usize {
        self.queue.claims.load(Ordering::Relaxed)
    }

    /// Everybody does what can be done without time passing.
    async fn settle(&self) {
        for _ in 0..100 {
            yield_now().await;
        }
    }
}

fn session(number: u8) -> Value {
    json!(format!("00000000-0000-4000-8000-00000000000{number}"))
}

#[tokio::test(start_paused = true)]
async fn one_run_wakes_one_of_three_and_no_time_passes() {
    let room = Room::new();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(room.waits("A", json!(null)).await);
    }
    let (before, began) = (room.claims(), Instant::now());
    for left in [2, 1, 0] {
        room.create("A", json!(null), 1).await;
        room.settle().await;
        waiting.retain(|task| !task.is_finished());
        assert_eq!(waiting.len(), left);
    }
    // Each run cost the claim that got it, and no other.
    assert_eq!(room.claims() - before, 3);
    assert_eq!(Instant::now(), began);
}

#[tokio::test(start_paused = true)]
async fn many_runs_wake_many() {
    let room = Room::new();
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(room.waits("A", json!(null)).await);
    }
    let began = Instant::now();
    room.create("A", json!(null), 3).await;
    room.settle().await;
    waiting.retain(|task| !task.is_finished());
    assert_eq!((waiting.len(), Instant::now()), (1, began));
}

#[tokio::test(start_paused = true)]
async fn other_lanes_sleep_on() {
    let room = Room::new();
    let in_b = room.waits("B", json!(null)).await;
    let in_a = room.waits("A", json!(null)).await;
    let (before, began) = (room.claims(), Instant::now());
    room.create("A", json!(null), 1).await;
    in_a.await.unwrap();
    room.settle().await;
    assert_eq!((room.claims() - before, in_b.is_finished()), (1, false));
    assert_eq!(Instant::now(), began);
}

#[tokio::test(start_paused = true)]
async fn a_session_neither_starves_nor_steals() {
    let room = Room::new();
    let first = room.waits("A", session(1)).await;
    let second = room.waits("A", session(2)).await;
    let began = Instant::now();
    // The waiter of the other session is asked in vain; the run's own gets it all the same.
    room.create("A", session(2), 1).await;
    assert_eq!(second.await.unwrap().runs.len(), 1);
    // A run of no session is for neither, and for whoever takes any.
    room.create("A", json!(null), 1).await;
    room.settle().await;
    assert!(!first.is_finished());
    let any = room.waits("A", json!(null)).await;
    assert_eq!(any.await.unwrap().runs.len(), 1);
    let any = room.waits("A", json!(null)).await;
    room.create("A", session(1), 2).await;
    for task in [first, any] {
        assert_eq!(task.await.unwrap().runs.len(), 1);
    }
    assert_eq!(Instant::now(), began);
}

#[tokio::test(start_paused = true)]
async fn who_hangs_up_hands_its_wake_up_on() {
    let room = Room::new();
    let (gone, stays) = (
        room.waits("A", json!(null)).await,
        room.waits("A", json!(null)).await,
    );
    let began = Instant::now();
    // Woken, and hung up before it could ask again.
    room.create("A", json!(null), 1).await;
    gone.abort();
    assert_eq!(stays.await.unwrap().runs.len(), 1);
    assert!(gone.await.unwrap_err().is_cancelled());
    assert_eq!(Instant::now(), began);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_comes_while_the_claim_is_under_way_is_not_missed() {
    let room = Room::new();
    let body = json!({ "worker_id": "w", "lanes": ["A"], "wait_seconds": 25 });
    let claim = tokio::spawn(room.post("runs.claim", body));
    while room.claims() == 0 {
        yield_now().await;
    }
    // The claim has looked and found nothing, but its answer has not come yet.
    let began = Instant::now();
    room.create("A", json!(null), 1).await;
    assert_eq!(claim.await.unwrap().status(), StatusCode::OK);
    assert_eq!((room.claims(), Instant::now()), (2, began));
}

#[tokio::test(start_paused = true)]
async fn another_process_is_seen_within_half_a_second() {
    let room = Room::new();
    let waiting = room.waits("A", json!(null)).await;
    let began = Instant::now();
    let run = ("A".to_string(), json!(null));
    room.queue.runs.lock().unwrap().push(run);
    assert_eq!(waiting.await.unwrap().runs.len(), 1);
    assert!(began.elapsed() <= Duration::from_millis(501));
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_when_it_said() {
    let room = Room::new();
    let began = Instant::now();
    let waiting = room.waits("A", json!(null)).await;
    let answer = waiting.await.unwrap();
    assert!(answer.runs.is_empty());
    assert_eq!(began.elapsed().as_secs(), 25);
    // Before the last call, that is.
    assert!(answer.waited_ms >= 24_500, "{}", answer.waited_ms);
    assert!(room.claims() <= 52, "{} claims", room.claims());
}
