//! Who calls what. Both runs are held by one worker; the lease of the first lives, that of the second has
//! expired and nobody has swept yet. A second worker claims.

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    Claim,
    Append,
    Finish,
    Heartbeat,
    Cancel,
    Sweep,
}

pub const ACTS: [Act; 6] = [
    Act::Claim,
    Act::Append,
    Act::Finish,
    Act::Heartbeat,
    Act::Cancel,
    Act::Sweep,
];

/// Bits say which run append, finish and cancel name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Casting(pub usize);

pub const CASTINGS: usize = 8;

impl Act {
    pub fn function(self) -> &'static str {
        match self {
            Act::Claim => "runs_claim",
            Act::Append => "events_append",
            Act::Finish => "runs_finish",
            Act::Heartbeat => "runs_heartbeat",
            Act::Cancel => "runs_cancel",
            Act::Sweep => "runs_sweep",
        }
    }
}

impl Casting {
    fn run(self, bit: usize, runs: &[String; 2]) -> &str {
        &runs[self.0 >> bit & 1]
    }

    pub fn call(self, act: Act, runs: &[String; 2]) -> Value {
        let held = |run: &str| json!({ "run_id": run, "attempt": 1 });
        match act {
            Act::Claim => {
                json!({ "worker_id": "second", "lanes": ["A"], "request_id": 1, "limit": 2, "start": true })
            }
            Act::Append => {
                let mut p = held(self.run(0, runs));
                p["worker_id"] = "first".into();
                p["first_seq"] = 1.into();
                p["events"] = json!([{ "message": "a line" }]);
                p
            }
            Act::Finish => {
                let mut entry = held(self.run(1, runs));
                entry["status"] = "succeeded".into();
                json!({ "worker_id": "first", "finish": [entry] })
            }
            Act::Heartbeat => {
                let beats: Vec<Value> = runs.iter().map(|run| held(run)).collect();
                json!({ "worker_id": "first", "runs": beats })
            }
            Act::Cancel => json!({ "run_id": self.run(2, runs) }),
            Act::Sweep => json!({}),
        }
    }
}

/// Every order of the six.
pub fn orders() -> Vec<[Act; 6]> {
    let mut orders = Vec::new();
    let mut order = ACTS;
    permute(&mut order, 0, &mut orders);
    orders
}

fn permute(order: &mut [Act; 6], from: usize, orders: &mut Vec<[Act; 6]>) {
    if from == order.len() {
        orders.push(*order);
        return;
    }
    for place in from..order.len() {
        order.swap(from, place);
        permute(order, from + 1, orders);
        order.swap(from, place);
    }
}

/// Seconds of each run's lease, and those that pass after both were claimed.
const LEASES: [u32; 2] = [30, 10];
pub const AFTER: u32 = 20;

pub fn create() -> Value {
    let run = |seconds| {
        json!({
            "runbook": { "title": "a run", "steps": [] }, "body_sha256": "0", "lease_seconds": seconds,
        })
    };
    json!({ "runs": LEASES.map(run) })
}

pub fn claim() -> Value {
    json!({ "worker_id": "first", "lanes": ["A"], "request_id": 1, "limit": 2, "start": true })
}
