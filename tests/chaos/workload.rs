//! What is run: a few kinds of runs, in turn, so that each promise is in use all the time.

use crate::ledger::MARK;
use crate::places::{GROUP_LIMIT, GROUPS, NARROW};
use ops_core::api::NewRun;
use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A few lines and marks.
    Plain,
    /// The same in a lane that holds few runs.
    Narrow,
    /// The same in one of a few groups that hold fewer.
    Grouped,
    /// A step that must not be begun twice, between two others.
    Once,
    /// Leaves an artifact.
    Artifact,
    /// Asks for more memory than there is.
    Greedy,
    /// Is killed as the kernel kills when memory runs out.
    Slain,
}

/// Short, so that what a dead worker held is soon queued again.
const LEASE_SECONDS: u32 = 5;
/// Lines that a whole attempt logs.
pub const TICKS: usize = 4;
/// Of a second, between two.
const PAUSE: &str = "0.05";
/// Lines of the artifact.
const ARTIFACT_LINES: usize = 20;

impl Kind {
    pub fn of(number: usize) -> Kind {
        match number % 24 {
            0..=9 => Kind::Plain,
            10..=12 => Kind::Narrow,
            13..=15 => Kind::Grouped,
            16..=18 => Kind::Once,
            19..=21 => Kind::Artifact,
            22 => Kind::Greedy,
            _ => Kind::Slain,
        }
    }

    /// The step whose marks say that everything was done.
    pub fn last_mark(self) -> Option<&'static str> {
        match self {
            Kind::Greedy | Kind::Slain => None,
            Kind::Once => Some("after.end"),
            _ => Some("keep.end"),
        }
    }

    /// What the last attempt's steps have printed, line by line.
    pub fn lines(self) -> Vec<String> {
        match self {
            Kind::Greedy | Kind::Slain => Vec::new(),
            _ => (0..TICKS).map(|n| format!("line {n}")).collect(),
        }
    }

    pub fn leaves_artifact(self) -> bool {
        self == Kind::Artifact
    }
}

pub fn run(number: usize) -> NewRun {
    let kind = Kind::of(number);
    let lane = match kind {
        Kind::Narrow => NARROW,
        _ => ["A", "B", "C", "D"][number % 4],
    };
    NewRun {
        runbook: Some(runbook(kind, number)),
        lane: Some(lane.into()),
        lease_seconds: Some(LEASE_SECONDS),
        max_attempts: Some(20),
        // The answer may be lost, and every run is judged.
        idempotency_key: Some(format!("chaos-{number}")),
        ..NewRun::default()
    }
}

fn runbook(kind: Kind, number: usize) -> Value {
    let mut runbook =
        json!({ "version": 1, "slug": "ledger", "title": "Ledger", "steps": steps(kind) });
    if kind == Kind::Grouped {
        let group = GROUPS[number % GROUPS.len()];
        runbook["concurrency"] = json!({ "group": group, "limit": GROUP_LIMIT });
    }
    runbook
}

fn steps(kind: Kind) -> Value {
    let keep = |more: &str| {
        format!(
            "{MARK}mark keep.begin\nn=0\nwhile [ $n -lt {TICKS} ]; do\n  mark keep.tick\n  echo \"line $n\"\n  \
             n=$((n + 1))\n  sleep {PAUSE}\ndone\n{more}mark keep.end\n"
        )
    };
    match kind {
        Kind::Plain | Kind::Narrow | Kind::Grouped => json!([{ "id": "keep", "run": keep("") }]),
        Kind::Artifact => {
            // Without room it waits for room: what it leaves is whole or not there.
            let write = "content() { i=0; while [ $i -lt LINES ]; do echo \"$OPS_RUN_ID $OPS_ATTEMPT $i\" || return 1; i=$((i + 1)); done; }\n\
                         until content > kept.txt; do sleep 0.2; done\n";
            let write = write.replace("LINES", &ARTIFACT_LINES.to_string());
            json!([{ "id": "keep", "run": keep(&write), "artifacts": [{ "name": "kept", "path": "kept.txt" }] }])
        }
        Kind::Once => {
            let part =
                |name: &str| format!("{MARK}mark {name}.begin\nsleep {PAUSE}\nmark {name}.end\n");
            json!([
                { "id": "before", "run": part("before") },
                { "id": "pay", "run": part("pay"), "once": true },
                { "id": "after", "run": keep("").replace("keep.", "after.") },
            ])
        }
        Kind::Greedy => json!([{ "id": "keep", "run": format!(
            "{MARK}mark keep.begin\nulimit -v 30000\ngreedy=$(head -c 100000000 /dev/zero | tr '\\0' x)\nmark keep.end\n"
        ) }]),
        Kind::Slain => {
            json!([{ "id": "keep", "run": format!("{MARK}mark keep.begin\nkill -9 $$\nmark keep.end\n") }])
        }
    }
}

/// The bytes that this attempt leaves.
pub fn artifact(run_id: &str, attempt: u32) -> String {
    (0..ARTIFACT_LINES)
        .map(|i| format!("{run_id} {attempt} {i}\n"))
        .collect()
}
