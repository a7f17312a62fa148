//! What the control room said, as seen on the roads, whether or not anybody heard it: whatever it
//! acknowledged has to be in the database, and whatever it allowed has to have been right.

use serde_json::Value;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub struct Artifact {
    pub id: String,
    pub run_id: String,
    pub sha256: String,
}

#[derive(Default)]
pub struct Seen {
    /// Per run: each attempt's holder and when it was first told so.
    holders: HashMap<String, BTreeMap<u32, (String, Instant)>>,
    /// Two workers held one attempt, or an older attempt was believed beside a newer one.
    pub two_holders: Vec<String>,
    /// Per run and attempt: the hash of each acknowledged message, by number from 1 on.
    pub events: HashMap<(String, u32), BTreeMap<u64, u64>>,
    pub artifacts: Vec<Artifact>,
    /// Per run: attempts whose end was accepted, and what the run became by it.
    pub ends: HashMap<String, BTreeMap<u32, String>>,
    /// Runs whose cancellation was acknowledged.
    pub cancelled: Vec<String>,
    /// Answers by status.
    pub answers: BTreeMap<u16, u64>,
    /// What the control room could not put a name to, by verb. It says no more than that to callers.
    pub internal_errors: BTreeMap<String, u64>,
}

#[derive(Default)]
pub struct Witness(Mutex<Seen>);

impl Witness {
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request that was sent at that time, and its answer, read just now.
    pub fn saw(&self, verb: &str, request: &Value, status: u16, answer: &Value, sent: Instant) {
        let mut seen = self.seen();
        *seen.answers.entry(status).or_default() += 1;
        if status == 500 {
            *seen.internal_errors.entry(verb.into()).or_default() += 1;
        }
        if !(200..300).contains(&status) {
            return;
        }
        match verb {
            "runs.claim" => seen.claim(request, answer),
            "runs.finish" => seen.end(request, answer),
            "runs.heartbeat" => seen.heartbeat(request, answer, sent),
            "events.append" => seen.append(request, answer, sent),
            "artifacts.put" => seen.artifact(request, answer, sent),
            "runs.cancel" => seen.cancelled.extend(text(answer, "run_id")),
            _ => {}
        }
    }
}

impl Seen {
    fn claim(&mut self, request: &Value, answer: &Value) {
        let worker = text(request, "worker_id").unwrap_or_default();
        for finish in list(request, "finish") {
            if let Some(finished) = of_same_run(finish, list(answer, "finished")) {
                self.end(finish, finished);
            }
        }
        for run in list(answer, "runs") {
            let Some((run_id, attempt)) = attempt_of(run) else {
                continue;
            };
            let holders = self.holders.entry(run_id.clone()).or_default();
            let (holder, _) = holders
                .entry(attempt)
                .or_insert_with(|| (worker.clone(), Instant::now()));
            if *holder != worker {
                self.two_holders.push(format!(
                    "{run_id}: attempt {attempt} was given to {holder} and to {worker}"
                ));
            }
        }
    }

    /// The end of one attempt, of a batch or alone. A repeat gets the same answer and counts once.
    fn end(&mut self, finish: &Value, finished: &Value) {
        let (Some((run_id, attempt)), Some(status)) =
            (attempt_of(finish), text(finished, "status"))
        else {
            return;
        };
        let refused = !finished["code"].is_null();
        if !refused && finish["status"] != "released" {
            let ends = self.ends.entry(run_id).or_default();
            ends.entry(attempt).or_insert(status);
        }
    }

    fn heartbeat(&mut self, request: &Value, answer: &Value, sent: Instant) {
        for beat in list(request, "runs") {
            let answered = of_same_run(beat, list(answer, "runs"));
            if answered.is_some_and(|answered| answered["code"].is_null()) {
                self.believed("heartbeat", beat, sent);
            }
        }
    }

    fn append(&mut self, request: &Value, answer: &Value, sent: Instant) {
        let (Some((run_id, attempt)), Some(first), Some(last)) = (
            attempt_of(request),
            request["first_seq"].as_u64(),
            answer["last_seq"].as_u64(),
        ) else {
            return;
        };
        self.believed("append", request, sent);
        let stored = self.events.entry((run_id, attempt)).or_default();
        for (event, seq) in list(request, "events").iter().zip(first..=last) {
            stored
                .entry(seq)
                .or_insert_with(|| hash(event["message"].as_str().unwrap_or_default()));
        }
    }

    fn artifact(&mut self, request: &Value, answer: &Value, sent: Instant) {
        self.believed("artifact", request, sent);
        if let (Some(id), Some(run_id), Some(sha256)) = (
            text(answer, "artifact_id"),
            text(request, "run_id"),
            text(answer, "sha256"),
        ) {
            self.artifacts.push(Artifact { id, run_id, sha256 });
        }
    }

    /// A write of this attempt was taken. It was sent after the answer that gave the run to a newer
    /// one: then both held it.
    fn believed(&mut self, what: &str, write: &Value, sent: Instant) {
        let Some((run_id, attempt)) = attempt_of(write) else {
            return;
        };
        let newer = self.holders.get(&run_id).and_then(|holders| {
            let mut newer = holders.range(attempt + 1..);
            newer.find(|(_, (_, since))| *since < sent)
        });
        if let Some((newer, _)) = newer {
            self.two_holders.push(format!(
                "{run_id}: {what} of attempt {attempt} was taken while attempt {newer} held it"
            ));
        }
    }
}

pub fn hash(message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.hash(&mut hasher);
    hasher.finish()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_string)
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn of_same_run<'v>(entry: &Value, answers: &'v [Value]) -> Option<&'v Value> {
    answers
        .iter()
        .find(|answer| answer["run_id"] == entry["run_id"])
}

fn attempt_of(value: &Value) -> Option<(String, u32)> {
    let attempt = u32::try_from(value["attempt"].as_u64()?).ok()?;
    Some((text(value, "run_id")?, attempt))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claim(witness: &Witness, worker: &str, attempt: u32) {
        let answer = json!({ "runs": [{ "run_id": "r", "attempt": attempt }] });
        witness.saw(
            "runs.claim",
            &json!({ "worker_id": worker }),
            200,
            &answer,
            Instant::now(),
        );
    }

    fn append(witness: &Witness, attempt: u32, sent: Instant) {
        let request = json!({ "run_id": "r", "attempt": attempt, "first_seq": 1, "events": [{ "message": "a" }, { "message": "b" }] });
        witness.saw(
            "events.append",
            &request,
            200,
            &json!({ "last_seq": 1 }),
            sent,
        );
    }

    #[test]
    fn one_attempt_given_to_two_is_seen_and_a_repeated_claim_is_none() {
        let witness = Witness::default();
        claim(&witness, "v", 1);
        claim(&witness, "v", 1);
        assert!(witness.seen().two_holders.is_empty());
        claim(&witness, "w", 1);
        assert_eq!(witness.seen().two_holders.len(), 1);
    }

    #[test]
    fn an_older_attempt_that_is_believed_beside_a_newer_one_is_seen() {
        let witness = Witness::default();
        claim(&witness, "v", 1);
        let before = Instant::now();
        append(&witness, 1, before);
        claim(&witness, "w", 2);
        // On its way when the other one got the run: it may have been first.
        append(&witness, 1, before);
        append(&witness, 2, Instant::now());
        assert!(witness.seen().two_holders.is_empty());
        append(&witness, 1, Instant::now());
        assert_eq!(witness.seen().two_holders.len(), 1);
    }

    #[test]
    fn only_what_was_acknowledged_counts() {
        let witness = Witness::default();
        append(&witness, 1, Instant::now());
        let seen = witness.seen();
        let stored = &seen.events[&("r".to_string(), 1)];
        assert_eq!(stored.iter().collect::<Vec<_>>(), [(&1, &hash("a"))]);
    }

    #[test]
    fn ends_of_two_attempts_are_two_and_a_repeat_or_a_hand_back_is_none() {
        let witness = Witness::default();
        let finish = |attempt: u32, status: &str| {
            let request = json!({ "run_id": "r", "attempt": attempt, "status": status });
            witness.saw(
                "runs.finish",
                &request,
                200,
                &json!({ "status": "succeeded" }),
                Instant::now(),
            );
        };
        finish(1, "released");
        finish(2, "succeeded");
        finish(2, "succeeded");
        assert_eq!(witness.seen().ends["r"].len(), 1);
        finish(3, "succeeded");
        assert_eq!(witness.seen().ends["r"].len(), 2);
    }
}
