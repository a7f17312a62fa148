//! Keeps the leases: one call for all runs, on a thread, a runtime and connections of its own,
//! so that nothing that the runs do can delay it. Watches the leases' ends as well.

use crate::backoff::jittered;
use crate::clock::{Moment, lease_end};
use crate::config::Transports;
use crate::control::{Held, RunControl, Stop};
use crate::error::WorkerError;
use crate::observer::Observer;
use ops_client::{Bearer, Client, ClientError};
use ops_core::api::{Beat, BeatAnswer, HeartbeatAnswer};
use ops_core::port::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// Runs in one call.
const BEAT_RUNS: usize = ops_core::limits::HEARTBEAT_RUNS;
/// Ends of leases are looked at this often; timers stand still in suspend.
const LOOK: Duration = Duration::from_millis(250);

/// What the claim loop and the heartbeat share.
pub struct Pulse {
    pub held: Held,
    after_ms: AtomicU64,
    drain: AtomicBool,
    pub drained: Notify,
    stop: watch::Sender<bool>,
}

impl Pulse {
    pub fn new() -> Self {
        Pulse {
            held: Held::default(),
            after_ms: AtomicU64::new(3_000),
            drain: AtomicBool::new(false),
            drained: Notify::new(),
            stop: watch::Sender::new(false),
        }
    }

    /// A claim tells of its own runs only, so it can but shorten the pause.
    pub fn beat_within(&self, after_ms: u64) {
        self.after_ms.fetch_min(after_ms.max(100), Ordering::SeqCst);
    }

    fn beat_after(&self, after_ms: u64) {
        self.after_ms.store(after_ms.max(100), Ordering::SeqCst);
    }

    fn after(&self) -> Duration {
        Duration::from_millis(self.after_ms.load(Ordering::SeqCst))
    }

    pub fn is_draining(&self) -> bool {
        self.drain.load(Ordering::SeqCst)
    }
}

/// Stops the thread when dropped.
pub struct Heartbeat(Arc<Pulse>);

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.stop.send_replace(true);
    }
}

/// Starts the thread. A transport that cannot be made is an error here, not a silent worker.
pub async fn start(
    pulse: Arc<Pulse>,
    transports: Transports,
    url: String,
    token: Bearer,
    worker_id: Arc<str>,
    observer: Arc<dyn Observer>,
) -> Result<Heartbeat, WorkerError> {
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    let guard = Heartbeat(pulse.clone());
    std::thread::Builder::new()
        .name("ops-heartbeat".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => {
                    let _ = ready.send(Err(WorkerError::io("the heartbeat's runtime", error)));
                    return;
                }
            };
            runtime.block_on(async move {
                let transport = match transports() {
                    Ok(transport) => transport,
                    Err(error) => {
                        let _ = ready.send(Err(error.into()));
                        return;
                    }
                };
                let _ = ready.send(Ok(()));
                let beater = Beater {
                    client: Client::new(transport, &url, &token),
                    pulse,
                    worker_id,
                    observer,
                };
                beater.run().await;
            });
        })
        .map_err(|error| WorkerError::io("the heartbeat's thread", error))?;
    match is_ready.await {
        Ok(result) => result.map(|()| guard),
        Err(_) => Err(WorkerError::io(
            "the heartbeat's thread",
            std::io::Error::other("it ended at once"),
        )),
    }
}

struct Beater {
    client: Client,
    pulse: Arc<Pulse>,
    worker_id: Arc<str>,
    observer: Arc<dyn Observer>,
}

struct Sent {
    at: Moment,
    runs: Vec<Arc<RunControl>>,
    answer: Result<HeartbeatAnswer, ClientError>,
}

impl Beater {
    async fn run(self) {
        let mut stop = self.pulse.stop.subscribe();
        let mut last = Instant::now();
        let mut retry: Option<Instant> = None;
        let mut in_flight: Option<BoxFuture<'static, Vec<Sent>>> = None;
        loop {
            let runs = self.pulse.held.all();
            end_what_is_over(&runs);
            if runs.is_empty() && in_flight.is_none() {
                tokio::select! {
                    () = self.pulse.held.added.notified() => last = Instant::now(),
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                continue;
            }
            let due = retry.unwrap_or(last + self.pulse.after());
            if in_flight.is_none() && due <= Instant::now() {
                last = Instant::now();
                retry = None;
                in_flight = Some(self.send(runs));
            }
            let look = Instant::now() + LOOK;
            let look = if in_flight.is_none() {
                look.min(due)
            } else {
                look
            };
            tokio::select! {
                sent = answer_of(&mut in_flight) => {
                    in_flight = None;
                    if !sent.into_iter().all(|sent| self.apply(sent)) {
                        retry = Some(Instant::now() + jittered(self.pulse.after() / 4, 0.5));
                    }
                }
                () = tokio::time::sleep_until(look) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    fn send(&self, runs: Vec<Arc<RunControl>>) -> BoxFuture<'static, Vec<Sent>> {
        // A pause is at most a fifth of the lease, so this is at most a third: a call that hangs
        // is repeated in time.
        let timeout =
            (self.pulse.after() * 5 / 3).clamp(Duration::from_millis(500), Duration::from_secs(10));
        let client = self.client.with_timeout(timeout);
        let worker_id = self.worker_id.clone();
        Box::pin(async move {
            let mut sent = Vec::new();
            for chunk in runs.chunks(BEAT_RUNS) {
                let beats: Vec<Beat> = chunk.iter().map(|run| run.beat()).collect();
                let at = Moment::now();
                let answer = client.runs_heartbeat(&worker_id, &beats).await;
                sent.push(Sent {
                    at,
                    runs: chunk.to_vec(),
                    answer,
                });
            }
            sent
        })
    }

    /// False where the call has to be repeated.
    fn apply(&self, sent: Sent) -> bool {
        let answer = match sent.answer {
            Ok(answer) => answer,
            Err(error) => {
                self.observer.retrying("runs.heartbeat", &error.to_string());
                return false;
            }
        };
        self.pulse.beat_after(answer.heartbeat_after_ms);
        if answer.drain && !self.pulse.drain.swap(true, Ordering::SeqCst) {
            self.pulse.drained.notify_one();
        }
        for told in answer.runs {
            if let Some(run) = sent.runs.iter().find(|run| run.run_id == told.run_id) {
                obey(run, &told, sent.at);
            }
        }
        true
    }
}

async fn answer_of(in_flight: &mut Option<BoxFuture<'static, Vec<Sent>>>) -> Vec<Sent> {
    match in_flight {
        Some(sent) => sent.await,
        None => std::future::pending().await,
    }
}

fn obey(run: &RunControl, told: &BeatAnswer, sent: Moment) {
    if told.code.is_some() {
        // Of an ended run the answer to its end decides, which may be on its way.
        if !run.has_ended() {
            run.stop(Stop::LeaseLost);
        }
        return;
    }
    if told.lease_seconds > 0 {
        run.renew(lease_end(sent, 0, told.lease_seconds));
    }
    if told.cancel && !run.has_ended() {
        run.stop(Stop::Cancelled);
    }
}

fn end_what_is_over(runs: &[Arc<RunControl>]) {
    for run in runs {
        if !run.has_ended() && run.deadline().has_passed() {
            run.stop(Stop::LeaseOver);
        }
    }
}
