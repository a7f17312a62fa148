//! Runs as tests need them.

use serde_json::{Value, json};

/// The fields of a run that a test cares about; the rest is as small as can be.
#[derive(Default)]
pub struct RunShape {
    pub lane: Option<&'static str>,
    pub priority: Option<i32>,
    pub key: Option<String>,
    pub more: Value,
}

/// A run for `runs_create`, as `web` hands it to the database.
pub fn run(shape: RunShape) -> Value {
    let mut run = json!({ "runbook": { "title": "a run", "steps": [] }, "body_sha256": "0" });
    if let Some(lane) = shape.lane {
        run["lane"] = lane.into();
    }
    if let Some(priority) = shape.priority {
        run["priority"] = priority.into();
    }
    if let Some(key) = shape.key {
        run["idempotency_key"] = key.into();
    }
    for (name, value) in shape.more.as_object().into_iter().flatten() {
        run[name] = value.clone();
    }
    run
}
