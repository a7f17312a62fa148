//! Calls as they travel, how they are put to the control room, and what its answers say.

use crate::scene::{LEASE, Scene};
use ops_tests::harness::database::{TOKEN, sha256_hex};
use ops_tests::model::Room;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// An attempt that a worker was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Job {
    pub worker: u8,
    /// In the order of creation.
    pub run: u8,
    pub attempt: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    Succeeded,
    Released,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Settled {
    pub job: Job,
    pub end: End,
    /// How many events the attempt has sent.
    pub events: u8,
}

/// A call under way. `sent` counts passes since the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    Create,
    Cancel {
        run: u8,
    },
    Claim {
        worker: u8,
        request: u8,
        settles: Option<Settled>,
        sent: u8,
    },
    Append(Job),
    Beat {
        job: Job,
        sent: u8,
    },
    Finish(Settled),
}

/// What the asker makes of an answer. Of claims: runs, attempts, seconds of the lease.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    Claimed {
        worker: u8,
        request: u8,
        sent: u8,
        given: Vec<(u8, u8, u8)>,
    },
    Beaten {
        job: Job,
        sent: u8,
        seconds: Option<u8>,
    },
}

pub fn worker_name(number: u8) -> &'static str {
    ["w0", "w1", "w2"][usize::from(number)]
}

static AUTH: LazyLock<Value> = LazyLock::new(|| json!({ "token_sha256": sha256_hex(TOKEN) }));

/// With the token of every test.
pub fn signed(mut p: Value) -> Value {
    p["auth"] = AUTH.clone();
    p
}

pub fn put(room: &mut Room, function: &str, p: Value) -> Value {
    let answer = room.call(function, signed(p));
    answer.unwrap_or_else(|e| panic!("{function}: {e}"))
}

/// The token of every test, as the first call of all.
pub fn let_in(room: &mut Room) {
    let p = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
    let answer = room.call("ops_first_token", p);
    answer.unwrap_or_else(|e| panic!("the token: {e}"));
}

fn holder(room: &Room, job: Job) -> Value {
    json!({
        "run_id": room.runs()[usize::from(job.run)].id, "attempt": job.attempt, "worker_id": worker_name(job.worker),
    })
}

impl Settled {
    fn entry(&self, room: &Room) -> Value {
        let status = match self.end {
            End::Succeeded => "succeeded",
            End::Released => "released",
        };
        json!({
            "run_id": room.runs()[usize::from(self.job.run)].id, "attempt": self.job.attempt, "status": status,
            "last_seq": self.events,
        })
    }
}

impl Call {
    /// The verb and what it is told.
    pub fn said(&self, room: &Room, scene: &Scene) -> (&'static str, Value) {
        match self {
            Call::Create => ("runs_create", create(scene)),
            Call::Cancel { run } => {
                let id = &room.runs()[usize::from(*run)].id;
                ("runs_cancel", json!({ "run_id": id }))
            }
            Call::Claim {
                worker,
                request,
                settles,
                ..
            } => {
                let finish: Vec<Value> = settles.iter().map(|one| one.entry(room)).collect();
                let p = json!({
                    "worker_id": worker_name(*worker), "lanes": ["A"], "request_id": request, "start": true,
                    "finish": finish,
                });
                ("runs_claim", p)
            }
            Call::Append(job) => {
                let mut p = holder(room, *job);
                p["first_seq"] = 1.into();
                p["events"] = json!([{ "message": "a line" }]);
                ("events_append", p)
            }
            Call::Beat { job, .. } => {
                let run = holder(room, *job);
                let worker = run["worker_id"].clone();
                (
                    "runs_heartbeat",
                    json!({ "worker_id": worker, "runs": [run] }),
                )
            }
            Call::Finish(settled) => {
                let worker = worker_name(settled.job.worker);
                let p = json!({ "worker_id": worker, "finish": [settled.entry(room)] });
                ("runs_finish", p)
            }
        }
    }

    /// What travels back. Whoever creates, cancels, appends or finishes learns nothing that it has to act on.
    pub fn answered(&self, answer: &Value, room: &Room) -> Option<Answer> {
        match *self {
            Call::Claim {
                worker,
                request,
                sent,
                ..
            } => {
                let given = given(answer, room)?;
                Some(Answer::Claimed {
                    worker,
                    request,
                    sent,
                    given,
                })
            }
            Call::Beat { job, sent } => {
                let beat = &answer["runs"][0];
                // The tree of a cancelled run is killed.
                let goes_on = beat["code"].is_null() && beat["cancel"] == false;
                let seconds = goes_on.then(|| small(&beat["lease_seconds"]));
                Some(Answer::Beaten { job, sent, seconds })
            }
            Call::Create | Call::Cancel { .. } | Call::Append(_) | Call::Finish(_) => None,
        }
    }
}

pub fn create(scene: &Scene) -> Value {
    let run = |number: u8| {
        json!({
            "runbook": { "title": "a run", "steps": [] }, "body_sha256": "0", "lease_seconds": LEASE,
            "max_attempts": scene.max_attempts, "idempotency_key": format!("key {number}"),
        })
    };
    json!({ "runs": (0..scene.runs).map(run).collect::<Vec<_>>() })
}

/// Runs that a claim was given, with attempt and seconds; none where the claim itself is refused.
pub fn given(answer: &Value, room: &Room) -> Option<Vec<(u8, u8, u8)>> {
    let runs = answer["runs"].as_array()?;
    let one = |given: &Value| {
        let place = room.runs().iter().position(|run| given["run_id"] == run.id);
        let place = place.and_then(|place| u8::try_from(place).ok());
        (
            place.expect("a run of ours"),
            small(&given["attempt"]),
            small(&given["lease_seconds"]),
        )
    };
    Some(runs.iter().map(one).collect())
}

fn small(value: &Value) -> u8 {
    let number = value.as_u64().and_then(|number| u8::try_from(number).ok());
    number.unwrap_or_else(|| panic!("{value} is no small number"))
}
