//! What workers do.

use super::Differ;
use super::action::{Claim, End, Pick, Twist};
use super::pair::OTHER;
use super::play::Play;
use crate::story::merged;
use ops_tests::harness::database::TOKEN;
use serde_json::{Value, json};

const STEPS: [&str; 6] = [
    "running",
    "running",
    "succeeded",
    "failed",
    "skipped",
    "cancelled",
];

/// An attempt that a claim was given.
pub struct Given {
    pub worker: usize,
    pub run: String,
    pub attempt: i64,
}

/// Name and token. The last one belongs to another token.
pub fn worker(number: usize) -> (&'static str, &'static str) {
    [("w0", TOKEN), ("w1", TOKEN), ("w2", OTHER)][number]
}

impl Play<'_> {
    pub async fn claim(&mut self, claim: Claim) -> Differ {
        let number = claim.worker;
        let (name, token) = worker(number);
        self.requests[number] += i64::from(claim.request == 1);
        let lanes = [
            json!(["A"]),
            json!(["B"]),
            json!(["A", "B"]),
            json!(["B", "A", "C"]),
        ];
        let mut p = json!({
            "worker_id": name, "lanes": lanes[claim.lanes], "limit": claim.limit, "start": claim.start,
            "request_id": self.requests[number] + claim.request.min(0),
        });
        if claim.session {
            p["session_id"] = self.session.clone();
        }
        if let Some((pick, end)) = &claim.finish
            && let Some((holder, entry)) = self.end(pick, end)
            && holder == number
        {
            p["finish"] = json!([entry]);
        }
        let answer = self.pair.call(token, "runs_claim", p).await?;
        for run in answer["runs"].as_array().into_iter().flatten() {
            let given = Given {
                worker: number,
                run: run["run_id"].as_str().expect("an id").into(),
                attempt: run["attempt"].as_i64().expect("an attempt"),
            };
            self.given.push(given);
        }
        Ok(())
    }

    fn pick(&self, pick: &Pick) -> Option<Given> {
        let count = self.given.len();
        let given = &self.given[count.checked_sub(1 + pick.back.checked_rem(count)?)?];
        let off = |twist: Twist| usize::from(pick.twist == twist);
        Some(Given {
            worker: (given.worker + off(Twist::Worker)) % 3,
            run: given.run.clone(),
            attempt: given.attempt + off(Twist::Attempt) as i64,
        })
    }

    pub async fn as_holder(&mut self, pick: &Pick, function: &'static str, more: Value) -> Differ {
        let Some(given) = self.pick(pick) else {
            return Ok(());
        };
        let (name, token) = worker(given.worker);
        let p = json!({ "run_id": given.run, "attempt": given.attempt, "worker_id": name });
        self.pair.call(token, function, merged(p, more)).await?;
        Ok(())
    }

    pub async fn beat(&mut self, number: usize, picks: Vec<Pick>, step: bool) -> Differ {
        let mut beats: Vec<Value> = Vec::new();
        for given in picks.iter().filter_map(|pick| self.pick(pick)) {
            // Two attempts of one run may stand in one call; the same one twice is not a call that `web` lets through.
            if beats
                .iter()
                .any(|beat| beat["run_id"] == given.run && beat["attempt"] == given.attempt)
            {
                continue;
            }
            let step = step.then(|| format!("step of {}", given.attempt));
            beats.push(json!({ "run_id": given.run, "attempt": given.attempt, "step": step }));
        }
        let (name, token) = worker(number);
        let p = json!({ "worker_id": name, "runs": beats });
        self.pair.call(token, "runs_heartbeat", p).await?;
        Ok(())
    }

    /// An entry of `finish`, and whose it is.
    pub fn end(&self, pick: &Pick, end: &End) -> Option<(usize, Value)> {
        let given = self.pick(pick)?;
        let sent = self.sent.get(&(given.run.clone(), given.attempt));
        let mut entry = json!({
            "run_id": given.run, "attempt": given.attempt, "status": end.status, "reason": end.reason,
            "last_seq": sent.copied().unwrap_or(0) + end.missing,
        });
        if end.status == "succeeded" {
            entry["result"] = json!({ "of": given.attempt });
        }
        Some((given.worker, entry))
    }

    pub async fn append(
        &mut self,
        pick: Pick,
        from: i64,
        events: usize,
        step: Option<(usize, usize)>,
    ) -> Differ {
        let Some(given) = self.pick(&pick) else {
            return Ok(());
        };
        let key = (given.run.clone(), given.attempt);
        let last = self.sent.get(&key).copied().unwrap_or(0);
        let first = (last + 1 + from).max(1);
        let events: Vec<Value> = (first..)
            .take(events)
            .map(|n| json!({ "message": format!("line {n}"), "source": "stdout" }))
            .collect();
        let steps: Vec<Value> = step
            .iter()
            .map(|(step, status)| json!({ "step": format!("s{step}"), "status": STEPS[*status], "exit_code": status }))
            .collect();
        let (name, token) = worker(given.worker);
        let p = json!({
            "run_id": given.run, "attempt": given.attempt, "worker_id": name, "first_seq": first, "events": events,
            "steps": steps,
        });
        let answer = self.pair.call(token, "events_append", p).await?;
        if let Some(last) = answer["last_seq"].as_i64() {
            self.sent.insert(key, last);
        }
        Ok(())
    }
}
