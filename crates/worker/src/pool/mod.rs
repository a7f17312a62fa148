//! The worker as a whole: one claim in flight, many runs at work, one heartbeat for all.

mod ahead;
mod claiming;
mod claims;
mod disk;
mod ends;
mod heartbeat;
mod limits;
mod settle;
mod wind_down;

use crate::backoff::random_word;
use crate::clock::wall_micros;
use crate::config::{Transports, WorkerConfig, native_transports};
use crate::control::RunControl;
use crate::error::WorkerError;
use crate::executor::{Ended, Executor, Outcome};
use crate::observer::Observer;
use crate::shutdown::{Asked, Shutdown};
use crate::step::StepExecutor;
use ahead::{Pace, Waiting};
use claims::{Claimed, InFlight, Proven};
use heartbeat::Pulse;
use ops_client::Client;
use settle::Settled;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

/// What a worker did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub worker_id: String,
    pub claimed: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub timed_out: u64,
    /// Handed back: queued again, or failed where no attempt was left.
    pub released: u64,
    /// Ended as somebody else's, or nobody could be told.
    pub lost: u64,
}

/// Claims and executes runs until asked to end, drained, or at one of the configured limits.
pub async fn run(
    config: WorkerConfig,
    shutdown: Shutdown,
    observer: Arc<dyn Observer>,
) -> Result<Summary, WorkerError> {
    let executor = Arc::new(StepExecutor::new(&config));
    run_with(config, shutdown, observer, executor, native_transports()).await
}

/// The same with another executor and other transports.
pub async fn run_with<E: Executor>(
    config: WorkerConfig,
    shutdown: Shutdown,
    observer: Arc<dyn Observer>,
    executor: Arc<E>,
    transports: Transports,
) -> Result<Summary, WorkerError> {
    if config.concurrency == 0 || config.lanes.is_empty() {
        return Err(WorkerError::NothingToDo);
    }
    std::fs::create_dir_all(&config.runs_dir)
        .map_err(|error| WorkerError::io(config.runs_dir.display().to_string(), error))?;
    let worker_id: Arc<str> = worker_id(&config)?.into();
    let pulse = Arc::new(Pulse::new());
    let _heartbeat = heartbeat::start(
        pulse.clone(),
        transports.clone(),
        config.url.clone(),
        config.token.clone(),
        worker_id.clone(),
        observer.clone(),
    )
    .await?;
    let client = Client::new(transports()?, &config.url, &config.token);
    observer.ready(&worker_id);
    let now = Instant::now();
    let pace = Pace::unknown(config.claim_ahead_below);
    let pool = Pool {
        summary: Summary {
            worker_id: worker_id.to_string(),
            ..Summary::default()
        },
        config,
        client,
        worker_id,
        executor,
        observer,
        shutdown,
        pulse,
        // Above every number that an earlier process under the same id may have used.
        request_id: wall_micros(),
        claim: None,
        proven: Proven::NotYet,
        work: JoinSet::new(),
        begun: HashMap::new(),
        waiting: VecDeque::new(),
        pace,
        ended: VecDeque::new(),
        settling: JoinSet::new(),
        ending: None,
        paused_until: None,
        answers_at_once: false,
        idle_answers: 0,
        started: now,
        idle_since: now,
    };
    pool.run().await
}

fn worker_id(config: &WorkerConfig) -> Result<String, WorkerError> {
    if let Some(fixed) = &config.worker_id {
        return Ok(fixed.clone());
    }
    let name = config.name.as_deref().unwrap_or("worker");
    let suffix = random_word(8).map_err(WorkerError::Random)?;
    Ok(format!("{name}-{suffix}"))
}

struct Pool<E> {
    config: WorkerConfig,
    client: Client,
    worker_id: Arc<str>,
    executor: Arc<E>,
    observer: Arc<dyn Observer>,
    shutdown: Shutdown,
    pulse: Arc<Pulse>,
    summary: Summary,
    request_id: i64,
    claim: Option<InFlight>,
    proven: Proven,
    work: JoinSet<Outcome>,
    begun: HashMap<Id, (Arc<RunControl>, Instant)>,
    /// Claimed ahead of their turn.
    waiting: VecDeque<Waiting>,
    pace: Pace,
    /// To be settled by the next claim.
    ended: VecDeque<Ended>,
    settling: JoinSet<Settled>,
    /// Why no more runs are taken.
    ending: Option<&'static str>,
    paused_until: Option<Instant>,
    /// The control room does not hold claims back.
    answers_at_once: bool,
    /// Claims in a row that got nothing at once.
    idle_answers: u32,
    started: Instant,
    idle_since: Instant,
}

impl<E: Executor> Pool<E> {
    async fn run(mut self) -> Result<Summary, WorkerError> {
        loop {
            self.check_limits();
            self.give_back_late();
            self.next_claim();
            if self.is_done() {
                return Ok(self.summary);
            }
            let wake = self.next_wake();
            tokio::select! {
                biased;
                () = self.shutdown.reached(Asked::End) => return Ok(self.wind_down().await),
                answer = answer_of(&mut self.claim) => {
                    if let Err(error) = self.take_answer(answer) {
                        return Err(self.fail(error).await);
                    }
                }
                Some(end) = self.work.join_next_with_id() => {
                    self.take_end(end);
                    self.gather_ends().await;
                    self.settle_beside_a_wait();
                }
                Some(settled) = self.settling.join_next() => {
                    if let Ok(settled) = settled {
                        self.take_settled(settled);
                    }
                }
                () = self.pulse.drained.notified() => {}
                () = until(wake) => {}
            }
        }
    }

    fn is_done(&self) -> bool {
        self.ending.is_some()
            && self.claim.is_none()
            && self.work.is_empty()
            && self.waiting.is_empty()
            && self.ended.is_empty()
            && self.settling.is_empty()
    }
}

async fn answer_of(claim: &mut Option<InFlight>) -> Result<Claimed, WorkerError> {
    match claim {
        Some(claim) => (&mut claim.answer).await,
        None => std::future::pending().await,
    }
}

async fn until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}
