//! What is stored.

use super::Time;
use super::rules::{Bearer, Rules};
use ops_core::RunStatus;
use ops_core::api::{ArtifactKind, NewEvent, StepUpdate, TokenKind};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone)]
pub struct State {
    pub now: Time,
    pub rules: &'static dyn Rules,
    pub tokens: Vec<Token>,
    pub lanes: BTreeMap<String, Lane>,
    pub sessions: Vec<Session>,
    pub templates: BTreeMap<String, Template>,
    /// Versions of deleted templates.
    pub former: BTreeMap<String, Vec<Version>>,
    /// In the order of creation: a run's place is its `seq`.
    pub runs: Vec<Run>,
    pub workers: BTreeMap<String, Worker>,
    /// Runs that whoever only looks for work does not see, for another has locked them.
    pub passed_over: BTreeSet<usize>,
    /// Of the call that is being answered.
    pub wake: Map<String, Value>,
    ids: u64,
}

#[derive(Clone)]
pub struct Token {
    pub id: String,
    pub name: String,
    pub kinds: Vec<TokenKind>,
    pub sha256: String,
    pub lanes: Vec<String>,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    pub revoked_at: Option<Time>,
    pub last_used_at: Option<Time>,
}

#[derive(Clone)]
pub struct Lane {
    pub limit: Option<u64>,
    pub queue_limit: Option<u64>,
    pub queue_full: bool,
    pub paused: bool,
    pub paused_reason: Option<String>,
    pub draining: bool,
}

impl Default for Lane {
    fn default() -> Self {
        Lane {
            limit: None,
            queue_limit: Some(1_000_000),
            queue_full: false,
            paused: false,
            paused_reason: None,
            draining: false,
        }
    }
}

impl Lane {
    fn is_reached(&self, queued: u64) -> bool {
        self.queue_limit.is_some_and(|limit| queued >= limit)
    }
}

#[derive(Clone)]
pub struct Session {
    pub id: String,
    pub name: String,
    pub status: &'static str,
    pub meta: Value,
    /// User and role.
    pub members: BTreeMap<String, String>,
    pub created_by: String,
    pub created_at: Time,
}

#[derive(Clone)]
pub struct Template {
    /// The first, the second, …; never empty. Those of a deleted template of the same slug too: a
    /// number never means two texts.
    pub versions: Vec<Version>,
    /// The first of this template.
    pub since: usize,
}

#[derive(Clone)]
pub struct Version {
    pub source: Value,
    pub runbook: Value,
    pub created_by: String,
    pub created_at: Time,
}

impl Template {
    /// The newest, and its number.
    pub fn newest(&self) -> (u64, &Version) {
        let last = self.versions.last().expect("a template has a version");
        (self.versions.len() as u64, last)
    }
}

#[derive(Clone)]
pub struct Run {
    pub id: String,
    pub seq: i64,
    pub frozen: Arc<Frozen>,
    pub status: RunStatus,
    /// Why a queued run is kept out of claims.
    pub parked: Option<Parked>,
    /// Ids of runs that have to succeed before.
    pub depends_on: Vec<String>,
    pub start_by: Option<Time>,
    pub attempts: Vec<Attempt>,
    /// Of the newest attempt. Where it is none, nobody holds the run.
    pub lease: Option<Lease>,
    pub attempts_used: u32,
    /// Those that were not counted.
    pub handbacks: u32,
    pub claimed_by: Option<String>,
    pub claimed_at: Option<Time>,
    pub started_at: Option<Time>,
    pub cancelled_at: Option<Time>,
    pub finished_at: Option<Time>,
    pub reason: Option<String>,
    pub error: Option<String>,
    pub result: Value,
    pub refused_writes: u32,
    pub log: Vec<Event>,
    /// Number of the last event that each attempt stored.
    pub last_seq: BTreeMap<u32, i64>,
    pub steps: Vec<Step>,
    pub artifacts: Vec<Artifact>,
    pub created_by: String,
    pub created_at: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parked {
    /// Until all that it names have succeeded.
    DependsOn,
    /// Until a sweep sees that it is due.
    NotBefore,
    /// Until its group has a place for it.
    Group,
}

/// What a run was created with and never changes.
#[derive(Clone)]
pub struct Frozen {
    pub title: String,
    pub template: Option<String>,
    pub template_version: Option<u64>,
    pub runbook: Value,
    pub params: Value,
    pub session: Option<String>,
    pub lane: String,
    pub priority: i64,
    pub intent: Option<String>,
    pub env: Option<String>,
    pub repo: Option<String>,
    pub max_attempts: u32,
    pub lease_seconds: i64,
    pub timeout_seconds: i64,
    pub not_before: Option<Time>,
    pub key: Option<String>,
    pub body: Option<String>,
    pub retry_of: Option<String>,
}

#[derive(Clone)]
pub struct Attempt {
    pub worker: String,
    pub token: String,
    pub claimed_at: Time,
    pub ended: Option<Ended>,
    /// What its own finish was told.
    pub answer: Option<RunStatus>,
}

#[derive(Clone)]
pub struct Ended {
    pub at: Time,
    pub how: &'static str,
    pub reason: Option<String>,
}

#[derive(Clone)]
pub struct Lease {
    pub heartbeat_at: Time,
    pub expires_at: Time,
    pub step: Option<String>,
}

#[derive(Clone)]
pub struct Event {
    pub attempt: u32,
    pub at: Time,
    pub own: NewEvent,
}

#[derive(Clone)]
pub struct Step {
    pub attempt: u32,
    pub is: StepUpdate,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
}

#[derive(Clone)]
pub struct Artifact {
    pub id: String,
    pub attempt: u32,
    pub name: String,
    pub kind: ArtifactKind,
    pub mime: Option<String>,
    pub sha256: String,
    pub size: u64,
    /// `None` where they are in the artifact store.
    pub bytes: Option<Vec<u8>>,
    pub url: Option<String>,
    pub at: Time,
}

#[derive(Clone)]
pub struct Worker {
    pub token: String,
    pub name: Option<String>,
    pub version: Option<String>,
    pub lanes: Vec<String>,
    pub session: Option<String>,
    pub first_seen: Time,
    pub last_seen: Time,
    pub swept_at: Option<Time>,
    pub request: Option<i64>,
    /// Runs by place, with their attempts.
    pub got: Vec<(usize, u32)>,
    pub drain: bool,
}

impl State {
    pub fn new(now: Time, rules: &'static dyn Rules) -> Self {
        let lanes = ["A", "B", "C", "D"].map(|name| (name.to_string(), Lane::default()));
        State {
            now,
            rules,
            tokens: Vec::new(),
            lanes: lanes.into(),
            sessions: Vec::new(),
            templates: BTreeMap::new(),
            former: BTreeMap::new(),
            runs: Vec::new(),
            workers: BTreeMap::new(),
            passed_over: BTreeSet::new(),
            wake: Map::new(),
            ids: 0,
        }
    }

    pub fn new_id(&mut self) -> String {
        self.ids += 1;
        format!("0d0d0d0d-0000-4000-8000-{:012x}", self.ids)
    }

    /// Whether whoever looks for work sees the run.
    pub fn is_open(&self, place: usize) -> bool {
        !self.passed_over.contains(&place)
    }

    pub fn find(&self, run_id: &str) -> Option<usize> {
        self.runs.iter().position(|run| run.id == run_id)
    }

    pub fn wake(&mut self, lane: &str) {
        let count = self.wake.get(lane).and_then(Value::as_u64).unwrap_or(0);
        self.wake.insert(lane.into(), (count + 1).into());
    }

    fn queued_in(&self, lane: &str) -> u64 {
        let queued = |run: &&Run| run.status == RunStatus::Queued && run.frozen.lane == lane;
        self.runs.iter().filter(queued).count() as u64
    }

    /// After runs were queued in it. Exact, as the database is with limits of ten and fewer.
    pub fn note_full_lane(&mut self, lane: &str) {
        let queued = self.queued_in(lane);
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.queue_full |= lane.is_reached(queued);
        }
    }

    pub fn open_full_lane(&mut self, lane: &str) {
        let queued = self.queued_in(lane);
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.queue_full &= lane.is_reached(queued);
        }
    }

    /// Runs of a lane that somebody holds: a cancelled one too, until its holder ends.
    pub fn held_in(&self, lane: &str) -> u64 {
        let held = |run: &&Run| run.lease.is_some() && run.frozen.lane == lane;
        self.runs.iter().filter(held).count() as u64
    }
}

impl Worker {
    /// Whether a claim sweeps too.
    pub fn sweeps_at(&self, now: Time) -> bool {
        self.swept_at.is_none_or(|at| at.plus(2) < now)
    }
}

impl Run {
    pub fn attempt(&self) -> u32 {
        self.attempts.len() as u32
    }

    /// Queued and not parked.
    pub fn may_go(&self) -> bool {
        self.status == RunStatus::Queued && self.parked.is_none()
    }

    /// The group that it shares, and how many may have a place in it.
    pub fn group(&self) -> Option<(&str, u64)> {
        let said = self.frozen.runbook.get("concurrency")?;
        Some((said["group"].as_str()?, said["limit"].as_u64().unwrap_or(1)))
    }

    /// Of its group: held, cancelled but not yet ended by its holder, or next.
    pub fn has_a_place(&self) -> bool {
        self.lease.is_some() || self.may_go()
    }

    pub fn is_held_by(&self, by: &Bearer<'_>) -> bool {
        let own = |a: &Attempt| a.worker == by.worker && a.token == by.token;
        self.lease.is_some()
            && self.attempt() == by.attempt
            && self.attempts.last().is_some_and(own)
    }

    /// Start of the attempt + timeout + 30 s; after a cancel at most cancel + 30 s.
    pub fn ends_by(&self) -> Option<Time> {
        let grace = i64::from(ops_core::limits::REPORT_GRACE_SECONDS);
        let of_attempt = self.attempts.last()?.claimed_at;
        let of_attempt = of_attempt.plus(self.frozen.timeout_seconds + grace);
        let of_cancel = self.cancelled_at.map(|at| at.plus(grace));
        Some(of_cancel.map_or(of_attempt, |at| at.min(of_attempt)))
    }

    /// A grant already given is not shortened.
    pub fn renew(&mut self, now: Time) {
        let Some(ends_by) = self.ends_by() else {
            return;
        };
        let until = now.plus(self.frozen.lease_seconds).min(ends_by);
        if let Some(lease) = &mut self.lease {
            lease.heartbeat_at = now;
            lease.expires_at = lease.expires_at.max(until);
        }
    }

    /// An event of the server's own.
    pub fn tell(&mut self, now: Time, message: String) {
        let own = NewEvent {
            level: ops_core::api::Level::Warn,
            message,
            source: Some("control".into()),
            ..NewEvent::default()
        };
        self.log.push(Event {
            attempt: self.attempt(),
            at: now,
            own,
        });
    }
}
