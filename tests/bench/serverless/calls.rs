//! The calls that are measured, as a host takes them and as PostgREST does.

use super::sides::Side;
use crate::functions::runs;
use crate::setup::Fallible;
use ops_core::BASE_PATH;
use ops_tests::harness::database::{TOKEN, auth};
use ops_tests::harness::gateway::SECRET_KEY;
use serde_json::{Value, json};

pub const CALLS: [&str; 3] = ["runs.claim", "runs.create", "events.append"];

pub struct Caller {
    pub name: &'static str,
    url: String,
    bare: bool,
    http: reqwest::Client,
    number: u64,
    run: Value,
}

impl Caller {
    pub fn new(side: &Side) -> Self {
        Caller {
            name: side.name,
            url: side.url.clone(),
            bare: side.is_bare(),
            http: reqwest::Client::new(),
            number: 0,
            run: Value::Null,
        }
    }

    fn worker(&self) -> String {
        format!("bench {}", self.name)
    }

    /// An append needs a run that is held, long enough for all of them.
    pub async fn prepare(&mut self, call: &str) -> Fallible<()> {
        if call != "events.append" {
            return Ok(());
        }
        self.number += 1;
        let claim = json!({ "worker_id": self.worker(), "lanes": ["A"], "request_id": self.number, "start": true, "limit": 1 });
        let answer = self.send("runs.claim", claim).await?;
        self.run = answer["runs"][0]["run_id"].clone();
        self.number = 0;
        match self.run.is_string() {
            true => Ok(()),
            false => Err(format!("{}: nothing to claim: {answer}", self.name).into()),
        }
    }

    pub async fn once(&mut self, call: &str) -> Fallible<()> {
        self.number += 1;
        let body = match call {
            // A lane that is always empty.
            "runs.claim" => {
                json!({ "worker_id": self.worker(), "lanes": ["D"], "request_id": self.number, "start": true })
            }
            "runs.create" => self.run_to_create(),
            _ => self.events(),
        };
        self.send(call, body).await.map(drop)
    }

    fn run_to_create(&self) -> Value {
        let mut run = runs(1).remove(0);
        run["lease_seconds"] = 3_600.into();
        if !self.bare {
            // The runbook has it.
            if let Some(fields) = run.as_object_mut() {
                fields.remove("title");
            }
            run["runbook"]["version"] = 1.into();
            run["runbook"]["slug"] = "no-op".into();
            return run;
        }
        run["body_sha256"] = "0".into();
        json!({ "runs": [run] })
    }

    fn events(&self) -> Value {
        let events: Vec<Value> = (0..100)
            .map(|n| json!({ "message": format!("line {n} of what a step says"), "source": "stdout" }))
            .collect();
        json!({ "run_id": self.run, "worker_id": self.worker(), "attempt": 1, "first_seq": (self.number - 1) * 100 + 1, "events": events })
    }

    async fn send(&self, call: &str, mut body: Value) -> Fallible<Value> {
        let request = if self.bare {
            body["auth"] = auth();
            let url = format!("{}/rest/v1/rpc/{}", self.url, call.replace('.', "_"));
            let headers = self.http.post(url).header("apikey", SECRET_KEY);
            headers
                .header("user-agent", "bench")
                .json(&json!({ "p": body }))
        } else {
            let url = format!("{}{BASE_PATH}/{call}", self.url);
            self.http.post(url).bearer_auth(TOKEN).json(&body)
        };
        let answer = request.send().await?;
        let status = answer.status();
        let answer: Value = answer.json().await?;
        // PostgREST answers a refusal with 200 too.
        match status.is_success() && answer.get("code").is_none() {
            true => Ok(answer),
            false => Err(format!("{} {call}: {status} {answer}", self.name).into()),
        }
    }
}
