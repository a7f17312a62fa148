//! Steps of the control room, each done once: rooms with one fingerprint have one future, and thousands
//! of states share a room.

use crate::call::{self, Call, Job};
use crate::scene::{PASS, Scene};
use ops_tests::model::{Found, Room};
use serde_json::Value;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub struct Known {
    pub room: Room,
    fingerprint: u64,
}

impl Known {
    pub fn new(room: Room) -> Arc<Self> {
        let fingerprint = room.fingerprint();
        Arc::new(Known { room, fingerprint })
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Hash for Known {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.fingerprint.hash(hasher);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Pass,
    Call(Call),
    /// Halves of an append and of a sweep.
    Look(Job),
    Write(Job),
    Rescue(Vec<Found>),
}

pub struct Stepped {
    pub before: Arc<Known>,
    pub after: Arc<Known>,
    /// Null where nobody asked.
    pub answer: Value,
}

#[derive(Default)]
pub struct Steps(Mutex<HashMap<(u64, Step), Arc<Stepped>>>);

impl Steps {
    pub fn take(&self, scene: &Scene, before: &Arc<Known>, step: Step) -> Arc<Stepped> {
        let key = (before.fingerprint, step);
        let mut known = self.0.lock().expect("nobody panics");
        if let Some(stepped) = known.get(&key) {
            return stepped.clone();
        }
        let mut room = before.room.clone();
        let answer = taken(scene, &mut room, &key.1);
        let stepped = Arc::new(Stepped {
            before: before.clone(),
            after: Known::new(room),
            answer,
        });
        known.insert(key, stepped.clone());
        stepped
    }
}

fn taken(scene: &Scene, room: &mut Room, step: &Step) -> Value {
    match step {
        Step::Pass => room.advance_by(PASS),
        Step::Rescue(found) => room.rescue(found),
        Step::Call(said) => {
            let (function, p) = said.said(room, scene);
            return call::put(room, function, p);
        }
        Step::Look(job) => {
            let (_, p) = Call::Append(*job).said(room, scene);
            return match room.look_to_append(call::signed(p)) {
                Ok(_) => Value::Null,
                Err(refusal) => refusal,
            };
        }
        Step::Write(job) => {
            let (_, p) = Call::Append(*job).said(room, scene);
            return room.write_append(job.run.into(), p);
        }
    }
    Value::Null
}
