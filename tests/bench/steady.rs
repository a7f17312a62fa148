//! Workers that go on until they are told to stop, and what they have done so far.

use crate::setup::{Fallible, Stage};
use ops_core::api::Finish;
use ops_core::port::BoxFuture;
use ops_core::status::RunStatus;
use ops_worker::{
    Executor, Job, Observer, Outcome, Shutdown, Summary, WorkerConfig, WorkerError,
    native_transports, run_with,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// One worker whose runs end as soon as `gate` is open, which for some it is from the start.
pub struct Steady {
    counts: Arc<Counts>,
    shutdown: Shutdown,
    gate: watch::Sender<Gate>,
    running: JoinHandle<Result<Summary, WorkerError>>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Gate {
    Open,
    Shut,
}

/// Runs that were begun, and ends that the control room has taken.
#[derive(Default)]
struct Counts {
    begun: AtomicU64,
    finished: AtomicU64,
}

impl Observer for Counts {
    fn finished(&self, _: &Finish, _: RunStatus) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }
}

struct Waits {
    counts: Arc<Counts>,
    gate: watch::Receiver<Gate>,
}

impl Executor for Waits {
    fn execute(self: Arc<Self>, _: Job) -> BoxFuture<'static, Outcome> {
        Box::pin(async move {
            self.counts.begun.fetch_add(1, Ordering::Relaxed);
            // Without a sender nobody waits for this end any more.
            let _ = self.gate.clone().wait_for(|gate| *gate == Gate::Open).await;
            Outcome::succeeded()
        })
    }
}

impl Steady {
    pub fn start(stage: &Stage, width: usize, gate: Gate) -> Fallible<Self> {
        let lanes = ["A", "B", "C", "D"].map(String::from).into();
        let mut config = WorkerConfig::new(&stage.url, &stage.token, lanes)?;
        config.concurrency = width;
        let (counts, shutdown) = (Arc::new(Counts::default()), Shutdown::new());
        let (gate, seen) = watch::channel(gate);
        let executor = Arc::new(Waits {
            counts: counts.clone(),
            gate: seen,
        });
        let running = run_with(
            config,
            shutdown.clone(),
            counts.clone(),
            executor,
            native_transports(),
        );
        Ok(Steady {
            counts,
            shutdown,
            gate,
            running: tokio::spawn(running),
        })
    }

    pub fn begun(&self) -> u64 {
        self.counts.begun.load(Ordering::Relaxed)
    }

    pub fn finished(&self) -> u64 {
        self.counts.finished.load(Ordering::Relaxed)
    }

    pub async fn stop(self) -> Fallible<()> {
        let _ = self.gate.send(Gate::Open);
        self.shutdown.request();
        self.running.await??;
        Ok(())
    }
}
