//! Wakes those who wait in this process, after the commit. Another process polls every 500 ms.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// Claims of a lane: of any session, or of one.
    Lane(String, Option<String>),
    /// Followers of a run's log.
    Log(String),
}

/// Whether those who follow changes should go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stream {
    #[default]
    Open,
    /// The host is going down.
    Closed,
}

#[derive(Default)]
pub struct Wake {
    waiting: Arc<Mutex<HashMap<Key, Arc<Notify>>>>,
    /// Says that something changed, not what, nor how often: who looks later sees it once.
    changed: watch::Sender<Stream>,
}

impl Wake {
    pub fn changed(&self) {
        self.changed.send_modify(|_| {});
    }

    pub fn close(&self) {
        self.changed.send_replace(Stream::Closed);
    }

    /// From now on.
    pub fn changes(&self) -> watch::Receiver<Stream> {
        self.changed.subscribe()
    }

    /// `runs` became claimable in `lane`: wakes that many waiters, not all of them.
    pub fn lane(&self, lane: &str, runs: u64) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, notify) in waiting.iter() {
            if matches!(key, Key::Lane(name, _) if name == lane) {
                (0..runs.min(64)).for_each(|_| notify.notify_one());
            }
        }
    }

    /// The log or the state of a run changed: wakes every follower.
    pub fn log(&self, run_id: &str) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = waiting.get(&Key::Log(run_id.into())) {
            notify.notify_waiters();
        }
    }

    pub fn wait_for_lanes(&self, lanes: &[String], session_id: Option<&str>) -> Waiter {
        self.waiter(
            lanes
                .iter()
                .map(|lane| Key::Lane(lane.clone(), session_id.map(str::to_string))),
        )
    }

    pub fn wait_for_log(&self, run_id: &str) -> Waiter {
        self.waiter(std::iter::once(Key::Log(run_id.into())))
    }

    fn waiter(&self, keys: impl Iterator<Item = Key>) -> Waiter {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let notifies = keys
            .map(|key| (key.clone(), waiting.entry(key).or_default().clone()))
            .collect();
        Waiter {
            waiting: self.waiting.clone(),
            notifies,
        }
    }
}

/// Registered from its making on; whoever made it last takes its keys away.
pub struct Waiter {
    waiting: Arc<Mutex<HashMap<Key, Arc<Notify>>>>,
    notifies: Vec<(Key, Arc<Notify>)>,
}

impl Waiter {
    /// Makes `call`, and when it has nothing to give, waits until woken or until `at_most` has passed.
    /// Answers whether it was woken: then the call is worth another try, however late it is.
    /// A wake-up that comes while the call is under way is not lost. A waiter that goes away (its
    /// client hung up) passes its wake-up on: `Notify` does that.
    pub async fn call_then_wait<T, F: Future<Output = T>>(
        &self,
        call: F,
        is_empty: impl FnOnce(&T) -> bool,
        at_most: Duration,
    ) -> (T, bool) {
        let mut woken: Vec<_> = self
            .notifies
            .iter()
            .map(|(_, notify)| Box::pin(notify.notified()))
            .collect();
        for notified in &mut woken {
            notified.as_mut().enable();
        }
        let answer = call.await;
        if !is_empty(&answer) || at_most.is_zero() {
            return (answer, false);
        }
        let any = futures_util::future::select_all(woken);
        let woken = tokio::time::timeout(at_most, any).await.is_ok();
        (answer, woken)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, notify) in self.notifies.drain(..) {
            // The map's own and ours: nobody else waits.
            if Arc::strong_count(&notify) <= 2 {
                waiting.remove(&key);
            }
        }
    }
}
