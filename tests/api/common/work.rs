//! What runs and workers do in most stories.

use super::Caller;
use serde_json::{Value, json};

/// The smallest runbook.
pub fn runbook() -> Value {
    json!({ "version": 1, "slug": "t", "title": "T", "steps": [{ "id": "a", "run": "true" }] })
}

/// A run of the smallest runbook, with `more` fields.
pub fn inline(more: Value) -> Value {
    with(json!({ "runbook": runbook() }), more)
}

pub fn with(mut value: Value, more: Value) -> Value {
    for (name, item) in more.as_object().into_iter().flatten() {
        value[name] = item.clone();
    }
    value
}

impl Caller {
    /// Queues a run and answers its id.
    pub async fn queue(&self, more: Value) -> String {
        let made = self.post("runs.create", inline(more)).await.is(201);
        made["run_id"].as_str().expect("an id").to_string()
    }

    /// A claim of worker `worker` in lane A, with `more` fields.
    pub async fn claim(&self, worker: &str, more: Value) -> Value {
        self.post("runs.claim", claim(worker, more)).await.is(200)
    }

    /// Queues a run that worker `worker` holds and runs. Answers `{run_id, worker_id, attempt}`.
    pub async fn hold(&self, worker: &str, more: Value) -> Value {
        let run_id = self.queue(more).await;
        let claimed = self.claim(worker, json!({ "start": true })).await;
        assert_eq!(claimed["runs"][0]["run_id"], run_id);
        json!({ "run_id": run_id, "worker_id": worker, "attempt": claimed["runs"][0]["attempt"] })
    }

    pub async fn finish(&self, holder: &Value, more: Value) -> super::Reply {
        self.post("runs.finish", with(holder.clone(), more)).await
    }

    pub async fn run(&self, run_id: &Value) -> Value {
        let id = run_id.as_str().expect("an id");
        self.get(&format!("runs.get?run_id={id}")).await.is(200)["run"].take()
    }
}

pub fn claim(worker: &str, more: Value) -> Value {
    with(json!({ "worker_id": worker, "lanes": ["A"] }), more)
}
