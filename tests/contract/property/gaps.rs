//! Where the SQL does not keep PROTOCOL yet, or PROTOCOL leaves room: such calls are not made. Each
//! is to go as soon as the SQL follows; what is promised stands beside it. Beside these, an append
//! never names a step twice: of `succeeded` and then `running` in one call the SQL keeps `running`.

use serde_json::Value;
use std::collections::HashSet;

#[derive(Default)]
pub struct Gaps {
    limited: HashSet<String>,
    paused: HashSet<String>,
    draining: HashSet<String>,
    pub archived: bool,
}

impl Gaps {
    /// "Every worker-side call carries (run_id, worker_id, attempt). No such row: lease_lost" (4): two
    /// attempts of one run in one heartbeat get one answer, which may be of the wrong attempt.
    pub fn beats_twice(&self, beats: &[Value], run: &str) -> bool {
        beats.iter().any(|beat| beat["run_id"] == run)
    }

    pub fn lane(&mut self, lane: &Value) {
        let name = lane["name"].as_str().expect("a name");
        let note = |set: &mut HashSet<String>, is: bool| {
            if is {
                set.insert(name.into());
            } else {
                set.remove(name);
            }
        };
        note(&mut self.limited, !lane["concurrency_limit"].is_null());
        note(&mut self.paused, lane["paused"] == true);
        note(&mut self.draining, lane["draining"] == true);
    }

    /// "Drain is told to workers in the next answer" (6): a repeated claim of a lane that is paused as
    /// well is not told for up to two seconds.
    pub fn pauses_and_drains(&self, lane: &Value) -> bool {
        let name = lane["name"].as_str().expect("a name");
        let will = |set: &HashSet<String>, field: &str| {
            lane[field].as_bool().unwrap_or(set.contains(name))
        };
        will(&self.paused, "paused") && will(&self.draining, "draining")
    }

    /// "Then every *limited* lane it may use; then it settles, sweeps, and claims" (6): a limited
    /// lane that has nothing to give before a claim settles and sweeps is not looked at after.
    pub fn settles_before_it_claims(&self) -> bool {
        !self.limited.is_empty()
    }

    /// "An archived session takes no new runs" (`sessions.archive`): a retry makes one in it.
    pub fn retries_in_an_archive(&self) -> bool {
        self.archived
    }
}
