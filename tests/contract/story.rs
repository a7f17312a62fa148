//! The words in which stories are told.

use crate::world::World;
use ops_tests::harness::database::{TOKEN, sha256_hex};
use ops_tests::harness::{RunShape, run};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};

pub struct Story<W> {
    pub world: W,
    requests: AtomicI64,
}

/// An attempt that somebody was given.
#[derive(Clone, Debug)]
pub struct Held {
    pub run: String,
    pub attempt: i64,
    pub worker: String,
}

impl Held {
    /// What every worker-side call carries, and more.
    pub fn with(&self, more: Value) -> Value {
        merged(
            json!({ "run_id": self.run, "attempt": self.attempt, "worker_id": self.worker }),
            more,
        )
    }

    fn of(claimed: &Value, worker: &str) -> Self {
        Held {
            run: text(&claimed["run_id"]),
            attempt: claimed["attempt"].as_i64().expect("an attempt"),
            worker: worker.into(),
        }
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").into()
}

pub fn merged(mut base: Value, more: Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        base[name] = value.clone();
    }
    base
}

/// A run for `runs_create`, with what the story cares about.
pub fn shaped(more: Value) -> Value {
    run(RunShape {
        more,
        ..RunShape::default()
    })
}

impl<W: World> Story<W> {
    pub async fn new() -> Self {
        Story {
            world: W::new().await,
            requests: AtomicI64::new(1),
        }
    }

    pub async fn call(&self, function: &'static str, p: Value) -> Value {
        self.call_as(TOKEN, function, p).await
    }

    pub async fn call_as(&self, token: &str, function: &'static str, mut p: Value) -> Value {
        p["auth"] = json!({ "token_sha256": sha256_hex(token) });
        let answer = self.world.store().call(function, p).await;
        answer.unwrap_or_else(|e| panic!("{function}: {e}"))
    }

    pub async fn advance(&self, seconds: u32) {
        self.world.advance(seconds).await;
    }

    /// A date that many seconds from now.
    pub fn date(&self, seconds: i64) -> String {
        self.world.now().plus(seconds).to_string()
    }

    pub async fn create(&self, more: Value) -> String {
        let answer = self
            .call("runs_create", json!({ "runs": [shaped(more)] }))
            .await;
        assert_eq!(answer["code"], Value::Null, "{answer}");
        text(&answer["runs"][0]["run_id"])
    }

    /// A claim with the next request number, from lane A unless `more` says otherwise.
    pub async fn claim(&self, worker: &str, more: Value) -> Value {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        let base = json!({ "worker_id": worker, "lanes": ["A"], "request_id": request });
        self.call("runs_claim", merged(base, more)).await
    }

    pub async fn claim_all(&self, worker: &str, more: Value) -> Vec<Held> {
        let more = merged(json!({ "limit": 100, "start": true }), more);
        let answer = self.claim(worker, more).await;
        let runs = answer["runs"].as_array();
        let runs = runs.unwrap_or_else(|| panic!("{answer}"));
        runs.iter().map(|run| Held::of(run, worker)).collect()
    }

    pub async fn claim_ids(&self, worker: &str, more: Value) -> Vec<String> {
        let held = self.claim_all(worker, more).await;
        held.into_iter().map(|held| held.run).collect()
    }

    /// The one run that is there to be claimed.
    pub async fn take(&self, worker: &str) -> Held {
        let mut all = self.claim_all(worker, json!({ "limit": 1 })).await;
        all.pop().expect("a run to claim")
    }

    /// A new run, already running.
    pub async fn running(&self, worker: &str, more: Value) -> Held {
        let run = self.create(more).await;
        let held = self.take(worker).await;
        assert_eq!(held.run, run);
        held
    }

    pub async fn finish(&self, held: &Held, status: &str) -> Value {
        self.finish_with(held, json!({ "status": status })).await
    }

    pub async fn finish_with(&self, held: &Held, more: Value) -> Value {
        let entry = merged(json!({ "run_id": held.run, "attempt": held.attempt }), more);
        let p = json!({ "worker_id": held.worker, "finish": [entry] });
        self.call("runs_finish", p).await["finished"][0].clone()
    }

    pub async fn hand_back(&self, held: &Held, reason: &str) -> Value {
        self.finish_with(held, json!({ "status": "released", "reason": reason }))
            .await
    }

    pub async fn beat(&self, held: &Held) -> Value {
        let beat = json!({ "run_id": held.run, "attempt": held.attempt });
        let p = json!({ "worker_id": held.worker, "runs": [beat] });
        self.call("runs_heartbeat", p).await["runs"][0].clone()
    }

    pub async fn start(&self, held: &Held) -> Value {
        self.call("runs_start", held.with(json!({}))).await
    }

    pub async fn append(&self, held: &Held, first_seq: i64, messages: &[&str]) -> Value {
        let events: Vec<Value> = messages.iter().map(|m| json!({ "message": m })).collect();
        let p = held.with(json!({ "first_seq": first_seq, "events": events }));
        self.call("events_append", p).await
    }

    pub async fn step(&self, held: &Held, steps: Value) -> Value {
        let p = held.with(json!({ "first_seq": 1, "events": [], "steps": steps }));
        self.call("events_append", p).await
    }

    pub async fn put(&self, held: &Held, name: &str, content: &str) -> Value {
        let file =
            json!({ "name": name, "kind": "file", "mime": "text/plain", "content": content });
        self.call("artifacts_put", held.with(file)).await
    }

    pub async fn get(&self, run: &str) -> Value {
        let answer = self.call("runs_get", json!({ "run_id": run })).await;
        answer["run"].clone()
    }

    pub async fn status(&self, run: &str) -> String {
        text(&self.get(run).await["status"])
    }

    pub async fn cancel(&self, run: &str) -> Value {
        self.call("runs_cancel", json!({ "run_id": run })).await
    }

    pub async fn sweep(&self) -> Value {
        self.call("runs_sweep", json!({})).await
    }

    /// (position, attempt, message) of the whole log.
    pub async fn log(&self, run: &str) -> Vec<(i64, i64, String)> {
        let answer = self.call("events_list", json!({ "run_id": run })).await;
        let events = answer["events"].as_array().expect("events");
        let number = |value: &Value| value.as_i64().expect("a number");
        let row = |e: &Value| {
            (
                number(&e["pos"]),
                number(&e["attempt"]),
                text(&e["message"]),
            )
        };
        events.iter().map(row).collect()
    }

    /// A token of its own, in plain.
    pub async fn token(&self, name: &str, more: Value) -> String {
        let token = format!("token of {name}");
        let base = json!({ "name": name, "kinds": ["worker"], "token_sha256": sha256_hex(&token) });
        let answer = self.call("tokens_create", merged(base, more)).await;
        assert!(answer["id"].is_string(), "{answer}");
        token
    }
}
