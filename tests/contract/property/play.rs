//! Plays a sequence of actions through both stores.

use super::Differ;
use super::action::{Action, Look, Shape};
use super::pair::{OTHER, Pair};
use super::work::{Given, worker};
use crate::postgres::Postgres;
use crate::story::{merged, shaped};
use ops_tests::harness::database::{TOKEN, sha256_hex};
use serde_json::{Value, json};
use std::collections::HashMap;

const LANES: [&str; 2] = ["A", "B"];

pub struct Play<'a> {
    pub pair: Pair<'a>,
    pub session: Value,
    /// By their names, in the order in which they appeared.
    runs: Vec<String>,
    pub given: Vec<Given>,
    pub requests: [i64; 3],
    /// Events that each attempt has stored.
    pub sent: HashMap<(String, i64), i64>,
}

pub async fn play(postgres: &Postgres, actions: Vec<Action>) -> Differ {
    let mut pair = Pair::new(postgres).await;
    let token = json!({ "name": "other", "kinds": ["worker"], "token_sha256": sha256_hex(OTHER) });
    pair.call(TOKEN, "tokens_create", token).await?;
    let session = pair
        .call(TOKEN, "sessions_create", json!({ "name": "s" }))
        .await?;
    let session = session["session"]["id"].clone();
    let mut play = Play {
        pair,
        session,
        runs: Vec::new(),
        given: Vec::new(),
        requests: [5; 3],
        sent: HashMap::new(),
    };
    for action in actions {
        play.one(action).await?;
    }
    play.look_at_all().await
}

impl Play<'_> {
    async fn one(&mut self, action: Action) -> Differ {
        match action {
            Action::Create(shapes) => self.create(shapes).await?,
            Action::Claim(claim) => self.claim(claim).await?,
            Action::Start(pick) => self.as_holder(&pick, "runs_start", json!({})).await?,
            Action::Beat {
                worker,
                picks,
                step,
            } => self.beat(worker, picks, step).await?,
            Action::Finish(pick, end) => {
                let Some((number, entry)) = self.end(&pick, &end) else {
                    return Ok(());
                };
                let (name, token) = worker(number);
                let p = json!({ "worker_id": name, "finish": [entry] });
                self.pair.call(token, "runs_finish", p).await?;
            }
            Action::Append {
                pick,
                from,
                events,
                step,
            } => self.append(pick, from, events, step).await?,
            Action::Put {
                pick,
                name,
                content,
            } => {
                let (name, content) = (["log", "report"][name], ["one", "two"][content]);
                let file = json!({ "name": name, "kind": "file", "mime": "text/plain", "content": content });
                self.as_holder(&pick, "artifacts_put", file).await?;
            }
            Action::Cancel(run) => self.as_operator(run, "runs_cancel", json!({})).await?,
            Action::Retry { run, key } => {
                let key = key.map(|key| format!("key {key}"));
                self.as_operator(run, "runs_retry", json!({ "idempotency_key": key }))
                    .await?;
            }
            Action::Lane {
                lane,
                limit,
                paused,
                draining,
            } => {
                let mut p = json!({ "name": LANES[lane] });
                if let Some(limit) = limit {
                    p["concurrency_limit"] = limit.into();
                }
                if let Some(paused) = paused {
                    p["paused"] = paused.into();
                }
                if let Some(draining) = draining {
                    p["draining"] = draining.into();
                }
                self.pair.call(TOKEN, "lanes_update", p).await?;
            }
            Action::Drain {
                worker: number,
                drain,
            } => {
                let p = json!({ "worker_id": worker(number).0, "drain": drain });
                self.pair.call(TOKEN, "workers_drain", p).await?;
            }
            Action::Archive(archived) => {
                let p = json!({ "session_id": self.session, "archived": archived });
                self.pair.call(TOKEN, "sessions_archive", p).await?;
            }
            Action::Sweep => {
                self.pair.call(TOKEN, "runs_sweep", json!({})).await?;
            }
            Action::Pass { tens } => self.pair.pass(tens * 10).await,
            Action::Look(look) => self.look(look).await?,
        }
        Ok(())
    }

    async fn create(&mut self, shapes: Vec<Shape>) -> Differ {
        let runs: Vec<Value> = shapes.iter().map(|shape| self.shape(shape)).collect();
        let answer = self
            .pair
            .call(TOKEN, "runs_create", json!({ "runs": runs }))
            .await?;
        self.remember(&answer);
        Ok(())
    }

    fn shape(&self, shape: &Shape) -> Value {
        let mut run = json!({
            "max_attempts": shape.max_attempts, "lease_seconds": shape.lease, "timeout_seconds": shape.timeout,
            "start_within_seconds": shape.start_within, "runbook": book(shape.book),
        });
        let count = self.runs.len();
        let named = shape.depends_on.iter().filter(|back| **back < count);
        let named: Vec<&String> = named.map(|back| &self.runs[count - 1 - back]).collect();
        if !named.is_empty() {
            run["depends_on"] = json!(named);
        }
        if let Some(lane) = shape.lane {
            run["lane"] = LANES[lane].into();
        }
        if let Some(priority) = shape.priority {
            run["priority"] = priority.into();
        }
        if shape.session {
            run["session_id"] = self.session.clone();
        }
        if let Some(seconds) = shape.due_in {
            run["not_before"] = format!("now {seconds}").into();
        }
        if let Some((key, body)) = shape.key {
            run["idempotency_key"] = format!("key {key}").into();
            run["body_sha256"] = body.to_string().into();
        }
        shaped(run)
    }

    fn remember(&mut self, answer: &Value) {
        for run in answer["runs"].as_array().into_iter().flatten() {
            let run = run["run_id"].as_str().expect("an id").to_string();
            if !self.runs.contains(&run) {
                self.runs.push(run);
            }
        }
    }

    async fn as_operator(&mut self, run: usize, function: &'static str, mut p: Value) -> Differ {
        if self.runs.is_empty() {
            return Ok(());
        }
        let run = self.runs[run % self.runs.len()].clone();
        p["run_id"] = run.into();
        let answer = self.pair.call(TOKEN, function, p).await?;
        self.remember(&answer);
        Ok(())
    }

    async fn look(&mut self, look: Look) -> Differ {
        let run = |run: usize| self.runs.get(run % self.runs.len().max(1)).cloned();
        let (function, p) = match look {
            Look::Run(n) => ("runs_get", json!({ "run_id": run(n) })),
            Look::Runs { status, lane } => (
                "runs_list",
                json!({ "status": status, "lane": lane.map(|lane| LANES[lane]) }),
            ),
            Look::Events {
                run: n,
                after,
                limit,
            } => (
                "events_list",
                json!({ "run_id": run(n), "after": after, "limit": limit }),
            ),
            Look::Artifacts { run: n, attempt } => (
                "artifacts_list",
                json!({ "run_id": run(n), "attempt": attempt }),
            ),
            Look::Lanes => ("lanes_list", json!({})),
            Look::Workers => ("workers_list", json!({})),
            Look::Session => ("sessions_get", json!({ "session_id": self.session })),
        };
        self.pair.call(TOKEN, function, p).await?;
        Ok(())
    }

    async fn look_at_all(&mut self) -> Differ {
        for n in 0..self.runs.len() {
            self.look(Look::Run(n)).await?;
            let (after, limit) = (0, 500);
            self.look(Look::Events {
                run: n,
                after,
                limit,
            })
            .await?;
            self.look(Look::Artifacts {
                run: n,
                attempt: None,
            })
            .await?;
        }
        let (status, lane) = (None, None);
        for look in [
            Look::Runs { status, lane },
            Look::Lanes,
            Look::Workers,
            Look::Session,
        ] {
            self.look(look).await?;
        }
        Ok(())
    }
}

/// Steps as `append` names them, some of them marked `once`; groups that several of them share.
fn book(number: usize) -> Value {
    let steps = json!([{ "id": "s0", "run": "x", "once": true }, { "id": "s1", "run": "x" }]);
    let more = match number {
        1 => json!({ "steps": steps }),
        2 => json!({ "on_interrupt": "fail" }),
        3 => json!({ "concurrency": { "group": "g", "limit": 1 } }),
        4 => json!({ "concurrency": { "group": "g", "limit": 2 }, "steps": steps }),
        5 => json!({ "concurrency": { "group": "h" }, "on_interrupt": "fail", "steps": steps }),
        _ => json!({}),
    };
    merged(json!({ "title": "a run", "steps": [] }), more)
}
