//! The smallest control room that keeps the worker-side promises that docs/API.md and docs/ARCHITECTURE.md state.

mod verbs;

use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use ops_core::{Code, Problem};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;

#[derive(Debug, Clone)]
pub struct FakeRun {
    pub id: String,
    pub claim: Value,
    pub status: String,
    pub attempt: u32,
    pub holder: Option<String>,
    pub cancel: bool,
    pub lease_seconds: u64,
    /// Of the current attempt.
    pub events: Vec<Value>,
    pub steps: Vec<Value>,
    pub artifacts: Vec<Value>,
    /// How earlier attempts ended steps marked `once`.
    pub once: Value,
    /// Every finish that was taken.
    pub finishes: Vec<Value>,
    pub beats: u64,
    pub refused: u64,
    pub appends: u64,
}

impl FakeRun {
    pub fn messages(&self, source: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut open = false;
        for event in self.events.iter().filter(|e| e["source"] == source) {
            let text = event["message"].as_str().unwrap();
            match lines.last_mut().filter(|_| open) {
                Some(line) => line.push_str(text),
                None => lines.push(text.to_string()),
            }
            open = event["more"] == true;
        }
        lines
    }

    /// What the worker itself said about a step.
    pub fn notes(&self, step: &str) -> Vec<String> {
        let of_step = self.events.iter().filter(|e| e["step"] == step);
        let of_worker = of_step.filter(|e| e["source"] == "worker");
        of_worker
            .map(|e| e["message"].as_str().unwrap().to_string())
            .collect()
    }

    /// The outputs that were told with a step's end.
    pub fn outputs(&self, id: &str) -> Value {
        let mut updates = self.steps.iter().filter(|s| s["step"] == id);
        updates
            .next_back()
            .map_or(Value::Null, |s| s["outputs"].clone())
    }

    pub fn step(&self, id: &str) -> String {
        let mut updates = self.steps.iter().filter(|s| s["step"] == id);
        updates
            .next_back()
            .map_or(String::new(), |s| s["status"].as_str().unwrap().to_string())
    }

    /// Every state of a step that was told, in order.
    pub fn states(&self, id: &str) -> Vec<&str> {
        let updates = self.steps.iter().filter(|s| s["step"] == id);
        updates.map(|s| s["status"].as_str().unwrap()).collect()
    }

    /// A step marked `once` began, and its end is not known.
    pub fn is_unknown(&self) -> bool {
        let open = |id: &str| matches!(self.step(id).as_str(), "running" | "cancelled");
        (self.claim["steps"].as_array().into_iter().flatten())
            .any(|step| step["once"] == true && open(step["id"].as_str().unwrap()))
    }

    pub fn finish(&self) -> &Value {
        self.finishes.last().expect("the run has no end")
    }
}

#[derive(Debug, Clone)]
pub enum Fault {
    /// The request never arrives.
    LoseRequest,
    /// It takes effect, and the answer is lost.
    LoseAnswer,
    /// It is refused, without effect.
    Refuse(Code, Value),
}

#[derive(Default)]
pub struct State {
    /// Sizes of what was uploaded.
    pub uploaded: Vec<u64>,
    pub runs: Vec<FakeRun>,
    pub faults: Vec<(&'static str, Fault)>,
    pub offline: bool,
    pub drain: bool,
    /// Claims are answered at once.
    pub serverless: bool,
    pub lease_seconds: u64,
    /// The next end finds the log lost.
    pub forgets_the_log: bool,
    /// So many ends come too late: their runs are queued again, and nothing is said about them.
    pub swept_before_ends: usize,
    /// Two of five claims do not come through.
    pub flaky_claims: bool,
    /// The claim that takes a run is the last call that is heard, and its answer is lost.
    pub offline_after_claim: bool,
    /// Answers to appends are held back while true.
    pub appends_hang: bool,
    pub calls: Vec<(String, Value)>,
    workers: HashMap<String, (i64, Vec<(String, u32)>)>,
}

impl State {
    pub fn run(&self, id: &str) -> &FakeRun {
        self.runs
            .iter()
            .find(|run| run.id == id)
            .expect("no such run")
    }

    pub fn run_mut(&mut self, id: &str) -> &mut FakeRun {
        self.runs
            .iter_mut()
            .find(|run| run.id == id)
            .expect("no such run")
    }

    pub fn count(&self, verb: &str) -> usize {
        self.calls
            .iter()
            .filter(|(called, _)| called == verb)
            .count()
    }
}

pub struct Fake {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

impl Fake {
    pub fn new() -> Arc<Self> {
        Arc::new(Fake {
            state: Mutex::new(State {
                lease_seconds: 15,
                ..State::default()
            }),
            changes: watch::Sender::new(0),
        })
    }

    /// Changes something, and lets whoever waits see it.
    pub fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changes.send_modify(|count| *count += 1);
        result
    }

    pub fn fault(&self, verb: &'static str, fault: Fault) {
        self.with(|state| state.faults.push((verb, fault)));
    }

    /// Queues a run with these steps and answers its id.
    pub fn queue(&self, steps: Value) -> String {
        self.queue_with(steps, json!({}))
    }

    pub fn queue_with(&self, steps: Value, more: Value) -> String {
        let id = super::unique();
        let mut claim = json!({
            "lane": "A", "lease_expires_at": "2026-01-01T00:00:00Z", "timeout_seconds": 3600,
            "title": "test", "steps": steps,
        });
        for (key, value) in more.as_object().unwrap() {
            claim[key] = value.clone();
        }
        self.with(|state| {
            state.runs.push(FakeRun {
                id: id.clone(),
                claim,
                status: "queued".into(),
                attempt: 0,
                holder: None,
                cancel: false,
                lease_seconds: state.lease_seconds,
                events: Vec::new(),
                steps: Vec::new(),
                artifacts: Vec::new(),
                once: Value::Null,
                finishes: Vec::new(),
                beats: 0,
                refused: 0,
                appends: 0,
            });
        });
        id
    }

    /// As a sweep or a hand-back does: somebody may claim the run again.
    pub fn queue_again(&self, id: &str) {
        self.with(|state| {
            let run = state.run_mut(id);
            run.holder = None;
            run.status = "queued".into();
        });
    }

    pub async fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let mut changes = self.changes.subscribe();
        let wait = async {
            loop {
                changes.borrow_and_update();
                if is_so(&self.state()) {
                    return;
                }
                changes.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(super::STUCK, wait).await.is_err() {
            let runs = self.state().runs.clone();
            panic!("never came true: {what}; {runs:#?}");
        }
    }

    /// The run as it is when it has ended.
    pub async fn ended(&self, id: &str) -> FakeRun {
        self.until("the run ends", |state| {
            !matches!(state.run(id).status.as_str(), "queued" | "running")
        })
        .await;
        self.with(|state| state.run(id).clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn take_fault(&self, verb: &str) -> Option<Fault> {
        let mut state = self.state();
        if state.flaky_claims && verb == "runs.claim" {
            match state.count(verb) % 5 {
                1 => return Some(Fault::LoseRequest),
                3 => return Some(Fault::LoseAnswer),
                _ => {}
            }
        }
        let at = state.faults.iter().position(|(of, _)| *of == verb)?;
        Some(state.faults.remove(at).1)
    }

    fn goes_offline(&self, verb: &str, answer: &Result<Value, Problem>) -> bool {
        let mut state = self.state();
        let took = |answer: &Value| answer["runs"].as_array().is_some_and(|r| !r.is_empty());
        let goes =
            state.offline_after_claim && verb == "runs.claim" && answer.as_ref().is_ok_and(took);
        if goes {
            state.offline_after_claim = false;
            state.offline = true;
        }
        drop(state);
        self.changes.send_modify(|count| *count += 1);
        goes
    }

    async fn answer(&self, verb: &str, body: Value) -> Result<Value, Problem> {
        if verb == "runs.claim" {
            return self.claim(body).await;
        }
        if verb == "events.append" {
            let mut changes = self.changes.subscribe();
            while self.state().appends_hang {
                changes.changed().await.unwrap();
            }
        }
        self.with(|state| match verb {
            "runs.heartbeat" => Ok(verbs::heartbeat(state, &body)),
            "runs.finish" => verbs::finish(state, body["worker_id"].as_str().unwrap(), &body),
            "events.append" => verbs::append(state, &body),
            "artifacts.begin" => verbs::begin(state, &body),
            "artifacts.upload" => {
                state.uploaded.push(body.as_u64().unwrap());
                Ok(json!({ "size": body }))
            }
            "artifacts.put" => verbs::put(state, &body),
            other => Err(Problem::new(Code::UnknownVerb, other)),
        })
    }

    async fn claim(&self, body: Value) -> Result<Value, Problem> {
        let wait = Duration::from_secs(body["wait_seconds"].as_u64().unwrap_or(0));
        let finished = self.with(|state| {
            let worker = body["worker_id"].as_str().unwrap();
            let none = Vec::new();
            let ends = body["finish"].as_array().unwrap_or(&none);
            let mut finished = Vec::new();
            let mut named = HashSet::new();
            for end in ends {
                if !named.insert(end["run_id"].clone()) {
                    return Err(Problem::invalid("/finish", "stands twice"));
                }
                if state.swept_before_ends > 0 {
                    state.swept_before_ends -= 1;
                    let run = state.run_mut(end["run_id"].as_str().unwrap());
                    (run.holder, run.status) = (None, "queued".into());
                    continue;
                }
                finished.push(match verbs::finish(state, worker, end) {
                    Ok(answer) => json!({"run_id": end["run_id"], "status": answer["status"]}),
                    Err(problem) => {
                        let last_seq = problem.facts.get("last_seq").cloned();
                        json!({"run_id": end["run_id"], "code": problem.code, "last_seq": last_seq})
                    }
                });
            }
            Ok(finished)
        })?;
        let deadline = tokio::time::Instant::now() + wait;
        let mut changes = self.changes.subscribe();
        loop {
            changes.borrow_and_update();
            {
                let mut state = self.state();
                let runs = verbs::take(&mut state, &body)?;
                let at_once = !runs.is_empty() || !finished.is_empty() || state.serverless;
                let over = deadline <= tokio::time::Instant::now();
                if at_once || over || state.drain {
                    let drain = state.drain;
                    drop(state);
                    self.changes.send_modify(|count| *count += 1);
                    return Ok(json!({
                        "runs": runs, "finished": finished, "waited_ms": 0, "poll_after_ms": 20,
                        "heartbeat_after_ms": self.heartbeat_after(), "drain": drain,
                    }));
                }
            }
            let _ = tokio::time::timeout_at(deadline, changes.changed()).await;
        }
    }

    fn heartbeat_after(&self) -> u64 {
        (self.state().lease_seconds * 1000 / 5).min(3_000)
    }
}

impl Transport for Fake {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(async move {
            let verb = request.url.rsplit('/').next().unwrap().to_string();
            let verb = verb.split('?').next().unwrap().to_string();
            let body = match verb.as_str() {
                "artifacts.upload" => json!(request.body.len()),
                _ => serde_json::from_slice(&request.body).unwrap(),
            };
            let offline = self.with(|state| {
                state.calls.push((verb.clone(), body.clone()));
                state.offline
            });
            if offline {
                // As a connection that is refused: not at once, or a worker would spin.
                tokio::task::yield_now().await;
                return Err(TransportError("offline".into()));
            }
            let fault = self.take_fault(&verb);
            let answer = match &fault {
                Some(Fault::LoseRequest) => return Err(TransportError("lost".into())),
                Some(Fault::Refuse(code, facts)) => {
                    let mut problem = Problem::new(*code, "");
                    problem.facts = facts.as_object().cloned().unwrap_or_default();
                    Err(problem)
                }
                _ => match tokio::time::timeout(request.timeout, self.answer(&verb, body)).await {
                    Ok(answer) => answer,
                    Err(_) => return Err(TransportError("timed out".into())),
                },
            };
            if matches!(fault, Some(Fault::LoseAnswer)) || self.goes_offline(&verb, &answer) {
                return Err(TransportError("the answer was lost".into()));
            }
            let (status, body) = match answer {
                Ok(body) => (200, body),
                Err(problem) => (problem.status, serde_json::to_value(problem).unwrap()),
            };
            Ok(HttpResponse {
                status,
                headers: Vec::new(),
                body: serde_json::to_vec(&body).unwrap(),
            })
        })
    }
}
