//! The worker as a whole: one claim in flight, many runs at work, one heartbeat for all.

mod claims;
mod disk;
mod heartbeat;
mod settle;
mod wind_down;

use crate::backoff::{jittered, random_word};
use crate::clock::{Moment, lease_end, wall_micros};
use crate::config::{Transports, WorkerConfig, native_transports};
use crate::control::{RunControl, Stop};
use crate::error::WorkerError;
use crate::executor::{Ended, Executor, Job, Outcome};
use crate::observer::Observer;
use crate::shutdown::{Asked, Shutdown};
use crate::step::StepExecutor;
use claims::{Claimed, InFlight, Proven};
use heartbeat::Pulse;
use ops_client::Client;
use ops_core::Code;
use ops_core::api::{ClaimAnswer, ClaimRequest, ClaimedRun, Finished};
use ops_core::limits::CLAIM_RUNS;
use ops_core::status::RunStatus;
use settle::Settled;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

/// How long a claim asks to be held back, in seconds; servers allow 25.
const WAIT_SECONDS: u64 = 20;
/// A machine without room looks again after this.
const DISK_PAUSE: Duration = Duration::from_secs(5);
/// Between claims that come back empty at once, whatever the control room says.
const MIN_POLL: Duration = Duration::from_millis(50);

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
        controls: HashMap::new(),
        ended: VecDeque::new(),
        settling: JoinSet::new(),
        ending: None,
        paused_until: None,
        answers_at_once: false,
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
    controls: HashMap<Id, Arc<RunControl>>,
    /// To be settled by the next claim.
    ended: VecDeque<Ended>,
    settling: JoinSet<Settled>,
    /// Why no more runs are taken.
    ending: Option<&'static str>,
    paused_until: Option<Instant>,
    /// The control room does not hold claims back.
    answers_at_once: bool,
    started: Instant,
    idle_since: Instant,
}

impl<E: Executor> Pool<E> {
    async fn run(mut self) -> Result<Summary, WorkerError> {
        loop {
            self.check_limits();
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
                    // Others end in the same blink; one claim settles them all.
                    tokio::task::yield_now().await;
                    while let Some(end) = self.work.try_join_next_with_id() {
                        self.take_end(end);
                    }
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
            && self.ended.is_empty()
            && self.settling.is_empty()
    }

    fn check_limits(&mut self) {
        if self.ending.is_some() {
            return;
        }
        let over = |limit: Option<Duration>, since: Instant| {
            limit.is_some_and(|limit| since.elapsed() >= limit)
        };
        let idle = self.work.is_empty() && self.claim.is_none();
        self.ending = if self.pulse.is_draining() {
            Some("drained by the control room")
        } else if over(self.config.max_runtime, self.started) {
            Some("the longest time of this worker is over")
        } else if idle && over(self.config.idle_timeout, self.idle_since) {
            Some("no run came for long enough")
        } else if self
            .config
            .max_runs
            .is_some_and(|max| self.summary.claimed >= max)
        {
            Some("as many runs as this worker may take")
        } else {
            None
        };
        if let Some(why) = self.ending {
            self.observer.ending(why);
        }
    }

    /// When something is due without anybody's word.
    fn next_wake(&self) -> Option<Instant> {
        let runtime = self.config.max_runtime.map(|limit| self.started + limit);
        let idle = self.config.idle_timeout.filter(|_| self.work.is_empty());
        let idle = idle.map(|limit| self.idle_since + limit);
        let limits = [runtime, idle].into_iter().flatten();
        let limits = limits.filter(|_| self.ending.is_none() && self.claim.is_none());
        limits.chain(self.paused_until).min()
    }

    /// Sends the next claim where none is in flight and there is something to say.
    fn next_claim(&mut self) {
        if self.claim.is_some() {
            return;
        }
        let mut limit = self.room();
        if limit > 0
            && let Some(trouble) = disk::trouble(&self.config.runs_dir)
        {
            limit = 0;
            if self.ended.is_empty()
                && self
                    .paused_until
                    .is_none_or(|until| until <= Instant::now())
            {
                self.observer.pausing(&trouble);
                self.paused_until = Some(Instant::now() + DISK_PAUSE);
            }
        }
        let settles = !self.ended.is_empty();
        if self
            .paused_until
            .is_some_and(|until| until <= Instant::now())
        {
            self.paused_until = None;
        }
        if !settles && (limit == 0 || self.paused_until.is_some()) {
            return;
        }
        let count = self.ended.len().min(CLAIM_RUNS);
        let ended: Vec<Ended> = self.ended.drain(..count).collect();
        self.request_id += 1;
        let request = ClaimRequest {
            worker_id: self.worker_id.to_string(),
            lanes: self.config.lanes.clone(),
            session_id: self.config.session_id.clone(),
            limit: Some(limit as u32),
            wait_seconds: (!settles).then(|| self.wait_seconds()),
            request_id: Some(self.request_id),
            start: true,
            finish: ended.iter().map(|ended| ended.finish.clone()).collect(),
            name: self.config.name.clone(),
            version: Some(env!("CARGO_PKG_VERSION").to_string()),
        };
        self.send(request, ended);
    }

    fn send(&mut self, request: ClaimRequest, ended: Vec<Ended>) {
        let answer = claims::send(
            self.client.clone(),
            request.clone(),
            self.observer.clone(),
            self.proven,
        );
        self.claim = Some(InFlight {
            request,
            ended,
            answer,
        });
    }

    /// Runs that may be taken now.
    fn room(&self) -> usize {
        if self.ending.is_some() {
            return 0;
        }
        let busy = self.work.len() + self.settling.len();
        let free = self.config.concurrency.saturating_sub(busy);
        let left = self
            .config
            .max_runs
            .map_or(u64::MAX, |max| max.saturating_sub(self.summary.claimed));
        free.min(CLAIM_RUNS)
            .min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Not beyond what ends the worker, so that it ends in time.
    fn wait_seconds(&self) -> u32 {
        let left = |limit: Option<Duration>, since: Instant| {
            limit.map_or(WAIT_SECONDS, |limit| {
                limit.saturating_sub(since.elapsed()).as_secs().max(1)
            })
        };
        let idle = self.config.idle_timeout.filter(|_| self.work.is_empty());
        let wait = WAIT_SECONDS
            .min(left(self.config.max_runtime, self.started))
            .min(left(idle, self.idle_since));
        wait as u32
    }

    fn take_answer(&mut self, answer: Result<Claimed, WorkerError>) -> Result<(), WorkerError> {
        let Some(claim) = self.claim.take() else {
            return Ok(());
        };
        let (answer, sent) = match answer? {
            Claimed::Answer { answer, sent } => (answer, sent),
            Claimed::Stale => {
                self.request_id = self.request_id.max(wall_micros());
                self.ended.extend(claim.ended);
                return Ok(());
            }
        };
        self.proven = Proven::Yes;
        self.pulse.beat_within(answer.heartbeat_after_ms);
        if answer.drain && self.ending.is_none() {
            self.ending = Some("drained by the control room");
            self.observer.ending("drained by the control room");
        }
        self.pace(&claim.request, &answer, sent);
        self.take_finished(claim.ended, &answer.finished);
        for run in answer.runs {
            self.start(run, sent, answer.waited_ms);
        }
        Ok(())
    }

    /// Where the control room holds no claim back, an idle worker comes as often as it is told.
    fn pace(&mut self, request: &ClaimRequest, answer: &ClaimAnswer, sent: Moment) {
        if !answer.runs.is_empty() {
            return;
        }
        if let Some(asked) = request.wait_seconds {
            let took = Duration::from_nanos(Moment::now().0.saturating_sub(sent.0));
            self.answers_at_once = took < Duration::from_secs(asked.into()) / 2;
        }
        if self.answers_at_once {
            let wait = Duration::from_millis(answer.poll_after_ms).max(MIN_POLL);
            self.paused_until = Some(Instant::now() + jittered(wait, 0.2));
        }
    }

    fn take_finished(&mut self, ended: Vec<Ended>, finished: &[Finished]) {
        for ended in ended {
            let told = finished.iter().find(|f| f.run_id == ended.finish.run_id);
            match told {
                // Nothing was said about it: it is said again.
                None => self.ended.push_back(ended),
                Some(Finished {
                    status: Some(status),
                    code: None,
                    ..
                }) => {
                    let result = Ok(*status);
                    self.take_settled(Settled { ended, result });
                }
                Some(Finished {
                    code: Some(Code::EventsMissing),
                    last_seq,
                    ..
                }) => self.settle(ended, Some(last_seq.unwrap_or(0))),
                Some(Finished { code, .. }) => {
                    let why = code.map_or("no status was given".to_string(), |c| c.to_string());
                    let result = Err(why);
                    self.take_settled(Settled { ended, result });
                }
            }
        }
    }

    fn start(&mut self, run: ClaimedRun, sent: Moment, waited_ms: u64) {
        let deadline = lease_end(sent, waited_ms, run.lease_seconds);
        let control = RunControl::new(run.run_id.clone(), run.attempt, deadline);
        let control = Arc::new(control);
        if !self.pulse.held.add(control.clone()) {
            return;
        }
        self.summary.claimed += 1;
        self.observer.claimed(&run);
        let job = Job {
            run,
            control: control.clone(),
            client: self.client.clone(),
            worker_id: self.worker_id.clone(),
            observer: self.observer.clone(),
        };
        let task = self.work.spawn(self.executor.clone().execute(job));
        self.controls.insert(task.id(), control);
    }

    fn take_end(&mut self, end: Result<(Id, Outcome), JoinError>) {
        let (id, outcome) = match end {
            Ok(end) => end,
            // A bug of ours; another worker may do better.
            Err(error) => (
                error.id(),
                Outcome::released("worker_trouble").with_error("the worker's task ended by itself"),
            ),
        };
        let Some(control) = self.controls.remove(&id) else {
            return;
        };
        if self.work.is_empty() {
            self.idle_since = Instant::now();
        }
        if control.stopped() == Some(Stop::LeaseLost) {
            self.pulse.held.remove(&control.run_id, control.attempt);
            self.summary.lost += 1;
            self.observer.lost(&control.run_id, "the lease was lost");
            return;
        }
        control.set_ended();
        let ended = outcome.into_end(control);
        let finish = &ended.finish;
        self.observer.ended(
            &finish.run_id,
            finish.status,
            finish.reason.as_deref(),
            finish.error.as_deref(),
        );
        self.ended.push_back(ended);
    }

    /// A claim that is held back cannot carry an end, so it goes on its own.
    fn settle_beside_a_wait(&mut self) {
        if self.claim.as_ref().is_some_and(InFlight::waits) {
            for ended in std::mem::take(&mut self.ended) {
                self.settle(ended, None);
            }
        }
    }

    fn settle(&mut self, ended: Ended, missing: Option<i64>) {
        self.settling.spawn(settle::settle(
            self.client.clone(),
            self.worker_id.clone(),
            self.observer.clone(),
            ended,
            missing,
        ));
    }

    fn take_settled(&mut self, settled: Settled) {
        let finish = &settled.ended.finish;
        self.pulse.held.remove(&finish.run_id, finish.attempt);
        let summary = &mut self.summary;
        match &settled.result {
            Ok(status) => {
                *match status {
                    RunStatus::Succeeded => &mut summary.succeeded,
                    RunStatus::Failed => &mut summary.failed,
                    RunStatus::Cancelled => &mut summary.cancelled,
                    RunStatus::TimedOut => &mut summary.timed_out,
                    RunStatus::Queued | RunStatus::Claimed | RunStatus::Running => {
                        &mut summary.released
                    }
                } += 1;
                self.observer.finished(finish, *status);
            }
            Err(why) => {
                summary.lost += 1;
                self.observer.lost(&finish.run_id, why);
            }
        }
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
