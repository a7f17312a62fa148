//! The workers, and what is done to them. The same seed harms the same workers in the same order
//! with the same pauses; when each signal lands in a run's life is up to the machine.

use ops_tests::harness::process::{Up, ops, send};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

pub struct Fleet {
    pub kills: u64,
    pub freezes: u64,
    url: String,
    token: String,
    workspace: PathBuf,
    workers: Vec<Worker>,
    random: u64,
}

struct Worker {
    child: Child,
    frozen_until: Option<Instant>,
}

impl Fleet {
    pub fn new(up: &Up, workspace: &Path, count: usize, seed: u64) -> Self {
        let mut fleet = Fleet {
            kills: 0,
            freezes: 0,
            url: up.url.clone(),
            token: up.token.clone(),
            workspace: workspace.into(),
            workers: Vec::new(),
            // Not zero, on which xorshift would stay.
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        };
        fleet.workers = (0..count).map(|_| fleet.start()).collect();
        fleet
    }

    fn start(&self) -> Worker {
        let child = ops()
            .args([
                "worker",
                "--url",
                &self.url,
                "--token",
                &self.token,
                "--lanes",
                "A,B,C,D",
                "--concurrency",
                "4",
                "--name",
                "chaos",
            ])
            .current_dir(&self.workspace)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a worker starts");
        Worker {
            child,
            frozen_until: None,
        }
    }

    /// xorshift64.
    fn roll(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    pub fn pause(&mut self) -> Duration {
        Duration::from_millis(100 + self.roll(500))
    }

    /// Kills one worker and starts another, or freezes one for 1 to 9 s, around a lease of 5.
    pub fn harm_one(&mut self) {
        self.thaw(Instant::now());
        let chosen = self.roll(self.workers.len() as u64) as usize;
        let (freeze, seconds) = (self.roll(2) == 0, 1 + self.roll(9));
        if self.workers[chosen].frozen_until.is_some() {
            return;
        }
        let pid = self.workers[chosen].child.id();
        if freeze {
            send(pid, Signal::STOP);
            self.workers[chosen].frozen_until = Some(Instant::now() + Duration::from_secs(seconds));
            self.freezes += 1;
        } else {
            send(pid, Signal::KILL);
            let _ = self.workers[chosen].child.wait();
            self.workers[chosen] = self.start();
            self.kills += 1;
        }
    }

    /// About every tenth time.
    pub fn may_harm_the_store(&mut self) -> bool {
        self.roll(10) == 0
    }

    fn thaw(&mut self, now: Instant) {
        for worker in &mut self.workers {
            if worker.frozen_until.is_some_and(|until| until <= now) {
                send(worker.child.id(), Signal::CONT);
                worker.frozen_until = None;
            }
        }
    }

    pub fn leave_in_peace(&mut self) {
        self.thaw(Instant::now() + Duration::from_secs(3_600));
    }

    pub fn stop(&mut self) {
        for worker in &self.workers {
            send(worker.child.id(), Signal::TERM);
        }
        for worker in &mut self.workers {
            let _ = worker.child.wait();
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
    }
}
