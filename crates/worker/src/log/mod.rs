//! The log of one attempt on its way to the control room: numbered, batched, repeated until it
//! is acknowledged, and bounded: who writes faster than the control room takes has to wait.

mod flush;
mod lines;

pub use lines::{Lines, Piece};

use crate::control::RunControl;
use crate::observer::Observer;
use ops_client::Client;
use ops_core::api::{NewEvent, StepUpdate};
use ops_core::limits::UNSENT_LOG_BYTES;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};

/// How long an event of a run that has to stop waits for room.
const STOPPED_WAIT: Duration = Duration::from_secs(2);
/// What an event costs in memory beside its message, in bytes.
const EVENT_OVERHEAD: usize = 256;
/// Acknowledged messages that are kept for a control room that lost them, in bytes.
const KEPT_BYTES: usize = 256 * 1024;

/// Writes to the log of one attempt. Cheap to clone; sending starts with the first entry.
#[derive(Clone)]
pub struct Log(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    flusher: OnceLock<tokio::task::AbortHandle>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(flusher) = self.flusher.get() {
            flusher.abort();
        }
    }
}

struct Shared {
    client: Client,
    worker_id: Arc<str>,
    control: Arc<RunControl>,
    observer: Arc<dyn Observer>,
    state: Mutex<State>,
    /// Room for unsent messages, in bytes.
    room: Semaphore,
    /// Something was added, or somebody waits for the end.
    wake: Notify,
    /// Counts what was acknowledged.
    progress: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Entry>,
    waiting_bytes: usize,
    waiting_events: usize,
    /// Number of the last event that is in a batch or acknowledged.
    batched: i64,
    acknowledged: i64,
    in_flight: bool,
    /// Acknowledged events; the last one has the number `acknowledged`.
    kept: VecDeque<NewEvent>,
    kept_bytes: usize,
    /// Somebody waits until everything is acknowledged.
    urgent: bool,
    /// Nothing is sent any more; why, where the control room refused.
    broken: Option<Option<String>>,
}

enum Entry {
    Event(NewEvent),
    Step(StepUpdate),
}

impl State {
    fn is_drained(&self) -> bool {
        self.waiting.is_empty() && !self.in_flight
    }
}

impl Log {
    pub fn new(
        client: Client,
        worker_id: Arc<str>,
        control: Arc<RunControl>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let shared = Shared {
            client,
            worker_id,
            control,
            observer,
            state: Mutex::default(),
            room: Semaphore::new(UNSENT_LOG_BYTES),
            wake: Notify::new(),
            progress: watch::Sender::new(0),
        };
        Log(Arc::new(Handle {
            shared: Arc::new(shared),
            flusher: OnceLock::new(),
        }))
    }

    /// Adds an event whose texts are masked already. Waits while 4 MiB are unsent. What comes
    /// after the attempt has lost its run goes nowhere.
    pub async fn push(&self, event: NewEvent) {
        let shared = &self.0.shared;
        let step = event.step.as_deref();
        shared
            .observer
            .line(&shared.control.run_id, step, &event.message);
        let cost = cost(&event);
        if let Ok(room) = shared.room.try_acquire_many(cost) {
            room.forget();
        } else {
            tokio::select! {
                room = shared.room.acquire_many(cost) => match room {
                    Ok(room) => room.forget(),
                    Err(_) => return,
                },
                () = self.is_let_go() => return,
            }
        }
        self.add(Entry::Event(event));
    }

    /// A run that has to stop does not wait for a control room that takes nothing.
    async fn is_let_go(&self) {
        let control = &self.0.shared.control;
        tokio::select! {
            _ = control.when_hard() => {}
            () = async {
                control.when_stopped().await;
                tokio::time::sleep(STOPPED_WAIT).await;
            } => {}
        }
    }

    /// Adds the state of a step; it travels with the events before it.
    pub fn step(&self, update: StepUpdate) {
        let shared = &self.0.shared;
        shared
            .observer
            .step(&shared.control.run_id, &update.step, update.status);
        self.add(Entry::Step(update));
    }

    fn add(&self, entry: Entry) {
        let shared = &self.0.shared;
        {
            let mut state = shared.state();
            if state.broken.is_some() {
                return;
            }
            if let Entry::Event(event) = &entry {
                state.waiting_bytes += event.message.len();
                state.waiting_events += 1;
            }
            state.waiting.push_back(entry);
        }
        shared.wake.notify_one();
        self.0
            .flusher
            .get_or_init(|| tokio::spawn(flush::flush(shared.clone())).abort_handle());
    }

    /// Waits until everything is acknowledged, at most `patience`. False where it is not.
    pub async fn drain(&self, patience: Duration) -> bool {
        let shared = &self.0.shared;
        let mut progress = shared.progress.subscribe();
        let drained = async {
            loop {
                {
                    let mut state = shared.state();
                    if state.broken.is_some() || state.is_drained() {
                        return state.broken.is_none();
                    }
                    state.urgent = true;
                }
                shared.wake.notify_one();
                if progress.changed().await.is_err() {
                    return false;
                }
            }
        };
        tokio::time::timeout(patience, drained)
            .await
            .unwrap_or(false)
    }

    /// Number of the last acknowledged event; 0 where there is none.
    pub fn last_seq(&self) -> i64 {
        self.0.shared.state().acknowledged
    }

    /// Why the control room does not take this log.
    pub fn refusal(&self) -> Option<String> {
        self.0.shared.state().broken.clone().flatten()
    }

    /// The control room misses what follows `last_seq` although it had acknowledged it. Sends it
    /// again where it is still held; answers the number that the log now really ends with.
    pub async fn resend(&self, last_seq: i64) -> i64 {
        flush::resend(&self.0.shared, last_seq).await
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cost(event: &NewEvent) -> u32 {
    u32::try_from(event.message.len() + EVENT_OVERHEAD)
        .unwrap_or(u32::MAX)
        .min(UNSENT_LOG_BYTES as u32)
}
