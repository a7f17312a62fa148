//! What ends a worker by itself, and when it has to look again.

use super::Pool;
use crate::executor::Executor;
use std::time::Duration;
use tokio::time::Instant;

impl<E: Executor> Pool<E> {
    pub(super) fn check_limits(&mut self) {
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
    pub(super) fn next_wake(&self) -> Option<Instant> {
        let runtime = self.config.max_runtime.map(|limit| self.started + limit);
        let idle = self.config.idle_timeout.filter(|_| self.work.is_empty());
        let idle = idle.map(|limit| self.idle_since + limit);
        let limits = [runtime, idle].into_iter().flatten();
        let limits = limits.filter(|_| self.ending.is_none() && self.claim.is_none());
        limits
            .chain(self.paused_until)
            .chain(self.next_hand_back())
            .min()
    }
}
