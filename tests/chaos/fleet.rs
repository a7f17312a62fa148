//! The workers: real processes, each behind a road of its own, and what is done to them.

use crate::clock::WallClock;
use crate::counts::Counts;
use crate::disk::Disk;
use crate::places::LANES;
use crate::schedule::{Entry, Fault, STEPPED};
use ops_tests::harness::process::{ops, send};
use rustix::process::Signal;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often it is looked who has ended and who may go on.
const LOOK: Duration = Duration::from_millis(50);
/// A worker that is asked to end again and again gets this long to take runs in between.
const BETWEEN: Duration = Duration::from_millis(1_200);
/// Of each worker.
pub const CONCURRENCY: usize = 4;
/// Of the disk for folders of runs: more than the free space below which a worker takes none.
const MIB: u64 = 400;

pub struct Fleet {
    /// Ended without having been asked to, such as at a start without room.
    pub ended_by_themselves: u64,
    workspace: PathBuf,
    token: String,
    scratch: Disk,
    counts: Arc<Counts>,
    workers: Vec<Worker>,
}

struct Worker {
    number: usize,
    url: String,
    clock: Option<WallClock>,
    child: Option<Child>,
    asked_to_end: bool,
    started: Instant,
    frozen_until: Option<Instant>,
    /// How often it is still asked to end after the next start.
    hand_backs_left: u32,
}

impl Fleet {
    /// One worker per address.
    pub fn start(workspace: &Path, token: &str, urls: Vec<String>, counts: Arc<Counts>) -> Self {
        let scratch = Disk::at(workspace.join("scratch"), MIB);
        let worker = |(number, url): (usize, String)| Worker {
            number,
            url,
            clock: (number % STEPPED == 0)
                .then(|| WallClock::make(workspace.join(format!("clock-{number}"))))
                .flatten(),
            child: None,
            asked_to_end: true,
            started: Instant::now(),
            frozen_until: None,
            hand_backs_left: 0,
        };
        let mut fleet = Fleet {
            ended_by_themselves: 0,
            workspace: workspace.into(),
            token: token.into(),
            workers: urls.into_iter().enumerate().map(worker).collect(),
            scratch,
            counts,
        };
        fleet.look();
        fleet
    }

    /// Faults when they are due, and starts of whoever has ended, until the end.
    pub async fn suffer(mut self, entries: Vec<Entry>, begin: Instant, end: Instant) -> Self {
        let mut entries = entries.into_iter().peekable();
        let mut room_at = None;
        while Instant::now() < end {
            let past = begin.elapsed().as_millis() as u64;
            while let Some(entry) = entries.next_if(|entry| entry.at_ms <= past) {
                match entry.fault {
                    Fault::WorkerDiskFull { ms } => room_at = self.fill(entry.fault, ms),
                    fault => self.harm(fault),
                }
            }
            if room_at.is_some_and(|at| at <= Instant::now()) {
                self.scratch.relieve();
                room_at = None;
            }
            self.look();
            tokio::time::sleep(LOOK).await;
        }
        self.scratch.relieve();
        self
    }

    fn fill(&self, fault: Fault, ms: u64) -> Option<Instant> {
        if !self.scratch.fill() {
            let why = "needs the right to mount a tmpfs: files that may not grow would harm the steps instead";
            self.counts.not_tried(fault, why);
            return None;
        }
        self.counts.done(fault);
        Some(Instant::now() + Duration::from_millis(ms))
    }

    fn harm(&mut self, fault: Fault) {
        match fault {
            Fault::Kill { worker } => self.workers[worker].kill(),
            Fault::Freeze { worker, ms } => self.workers[worker].freeze(Duration::from_millis(ms)),
            Fault::HandBack { worker, times } => self.workers[worker].hand_back(times),
            Fault::ClockStep { worker, seconds } => match &self.workers[worker].clock {
                Some(clock) => clock.step(seconds),
                None => return self.counts.not_tried(fault, "needs libfaketime"),
            },
            _ => return,
        }
        self.counts.done(fault);
    }

    /// Thaws whoever is due, and starts another one for each that has ended.
    pub fn look(&mut self) {
        let now = Instant::now();
        for worker in &mut self.workers {
            worker.thaw(now);
            if !worker.is_running() {
                self.ended_by_themselves += u64::from(!worker.asked_to_end);
                worker.start(&self.workspace, &self.token, self.scratch.path());
            } else if worker.hand_backs_left > 0
                && !worker.asked_to_end
                && worker.started + BETWEEN <= now
            {
                worker.hand_back(worker.hand_backs_left);
            }
        }
    }

    /// Nobody is frozen or asked to end any more.
    pub fn leave_in_peace(&mut self) {
        for worker in &mut self.workers {
            worker.hand_backs_left = 0;
            worker.thaw(Instant::now() + Duration::from_secs(3_600));
        }
    }

    /// Asks all to end, and waits for them.
    pub fn stop(&mut self) {
        for worker in &mut self.workers {
            if worker.is_running() {
                worker.signal(Signal::TERM);
            }
        }
        for child in self.workers.iter_mut().filter_map(|w| w.child.as_mut()) {
            let _ = child.wait();
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            worker.kill();
        }
    }
}

impl Worker {
    fn start(&mut self, workspace: &Path, token: &str, scratch: &Path) {
        let log = workspace.join(format!("worker-{}.log", self.number));
        let log = File::options().create(true).append(true).open(log);
        let mut command = ops();
        command
            .args(["worker", "--url", &self.url, "--token", token])
            .args(["--lanes", &LANES.join(","), "--name", "chaos"])
            .args(["--concurrency", &CONCURRENCY.to_string()])
            .current_dir(workspace)
            .env("TMPDIR", scratch)
            .stdout(Stdio::null())
            .stderr(log.expect("a log"));
        if let Some(clock) = &self.clock {
            clock.give_to(&mut command);
        }
        self.child = Some(command.spawn().expect("a worker starts"));
        self.started = Instant::now();
        self.asked_to_end = false;
        self.frozen_until = None;
    }

    fn is_running(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    fn signal(&self, signal: Signal) {
        // Not waited for since, so the number is still its own.
        if let Some(child) = &self.child {
            send(child.id(), signal);
        }
    }

    fn kill(&mut self) {
        self.asked_to_end = true;
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn freeze(&mut self, long: Duration) {
        if self.is_running() {
            self.signal(Signal::STOP);
            self.frozen_until = Some(Instant::now() + long);
        }
    }

    fn thaw(&mut self, now: Instant) {
        if self.frozen_until.is_some_and(|until| until <= now) {
            self.signal(Signal::CONT);
            self.frozen_until = None;
        }
    }

    /// A second time before it has ended means: at once.
    fn hand_back(&mut self, times: u32) {
        if self.is_running() {
            self.signal(Signal::TERM);
            self.asked_to_end = true;
            self.hand_backs_left = times.saturating_sub(1);
        }
    }
}
