//! What a claim asks for, and what its answer starts.

use super::claims::{self, Claimed, InFlight, Proven};
use super::{Pool, disk};
use crate::backoff::jittered;
use crate::clock::{Moment, lease_end, wall_micros};
use crate::control::RunControl;
use crate::error::WorkerError;
use crate::executor::{Ended, Executor};
use ops_core::api::{ClaimAnswer, ClaimRequest, ClaimedRun};
use ops_core::limits::CLAIM_RUNS;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long a claim asks to be held back, in seconds; servers allow 25.
const WAIT_SECONDS: u64 = 20;
/// A machine without room looks again after this.
const DISK_PAUSE: Duration = Duration::from_secs(5);
/// Between claims that come back empty at once, whatever the control room says.
const MIN_POLL: Duration = Duration::from_millis(50);
/// An idle worker of a host that answers at once comes at least this often, unless it is told to
/// come even less.
const LONGEST_POLL: Duration = Duration::from_secs(15);

/// A host that asks for less is at hand, and costs nothing to ask.
const PATIENT: Duration = Duration::from_millis(500);

/// The pause before the next claim, after so many answers in a row that had nothing: half as much
/// again each time, so that a night of waiting costs a serverless host little.
fn idle_pause(poll_after_ms: u64, idle_answers: u32) -> Duration {
    let asked = Duration::from_millis(poll_after_ms).max(MIN_POLL);
    if asked < PATIENT {
        return asked;
    }
    let growth = 1.5f64.powi(idle_answers.min(20) as i32);
    asked.mul_f64(growth).min(LONGEST_POLL.max(asked))
}

impl<E: Executor> Pool<E> {
    /// Sends the next claim where none is in flight and there is something to say.
    pub(super) fn next_claim(&mut self) {
        if self.claim.is_some() {
            return;
        }
        let settles = !self.ended.is_empty();
        let mut limit = self.room();
        if limit > 0 || settles {
            limit = self.room_and_ahead();
        }
        if limit > 0
            && let Some(trouble) = disk::trouble(&self.config.runs_dir)
        {
            limit = 0;
            if !settles
                && self
                    .paused_until
                    .is_none_or(|until| until <= Instant::now())
            {
                self.observer.pausing(&trouble);
                self.paused_until = Some(Instant::now() + DISK_PAUSE);
            }
        }
        if self
            .paused_until
            .is_some_and(|until| until <= Instant::now())
        {
            self.paused_until = None;
        }
        if !settles && (limit == 0 || self.paused_until.is_some()) {
            return;
        }
        let ended = self.next_ends();
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

    pub(super) fn send(&mut self, request: ClaimRequest, ended: Vec<Ended>) {
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

    /// Runs that may be taken and begun now.
    pub(super) fn room(&self) -> usize {
        let busy = self.work.len() + self.waiting.len() + self.settling.len();
        self.at_most(self.config.concurrency.saturating_sub(busy))
    }

    /// And those that a call may bring beyond, which is made anyway.
    fn room_and_ahead(&self) -> usize {
        self.at_most(self.room() + self.room_ahead())
    }

    fn at_most(&self, runs: usize) -> usize {
        if self.ending.is_some() {
            return 0;
        }
        let max = self.config.max_runs.unwrap_or(u64::MAX);
        let left = max.saturating_sub(self.summary.claimed);
        runs.min(CLAIM_RUNS)
            .min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Not beyond what ends the worker, so that it ends in time.
    pub(super) fn wait_seconds(&self) -> u32 {
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

    pub(super) fn take_answer(
        &mut self,
        answer: Result<Claimed, WorkerError>,
    ) -> Result<(), WorkerError> {
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
        self.pace_answers(&claim.request, &answer, sent);
        self.take_finished(claim.ended, &answer.finished);
        for run in answer.runs {
            self.start(run, sent, answer.waited_ms);
        }
        Ok(())
    }

    /// Where the control room holds no claim back, an idle worker comes as often as it is told.
    fn pace_answers(&mut self, request: &ClaimRequest, answer: &ClaimAnswer, sent: Moment) {
        let asked = request.limit.unwrap_or(0) as usize;
        self.pace.answered(asked, answer.runs.len());
        if !answer.runs.is_empty() {
            self.idle_answers = 0;
            return;
        }
        if let Some(asked) = request.wait_seconds {
            let took = Duration::from_nanos(Moment::now().0.saturating_sub(sent.0));
            self.answers_at_once = took < Duration::from_secs(asked.into()) / 2;
        }
        if self.answers_at_once {
            let wait = idle_pause(answer.poll_after_ms, self.idle_answers);
            self.idle_answers = self.idle_answers.saturating_add(1);
            self.paused_until = Some(Instant::now() + jittered(wait, 0.2));
        }
    }

    pub(super) fn start(&mut self, run: ClaimedRun, sent: Moment, waited_ms: u64) {
        let deadline = lease_end(sent, waited_ms, run.lease_seconds);
        let control = RunControl::new(run.run_id.clone(), run.attempt, deadline);
        let control = Arc::new(control);
        if !self.pulse.held.add(control.clone()) {
            return;
        }
        self.summary.claimed += 1;
        self.observer.claimed(&run);
        self.take_on(run, control);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_worker_comes_less_and_less_often_within_reason() {
        let ms = |asked, idle| idle_pause(asked, idle).as_millis();
        assert_eq!((ms(1_000, 0), ms(1_000, 2)), (1_000, 2_250));
        assert_eq!(ms(1_000, 1_000), 15_000);
        assert_eq!((ms(0, 0), ms(20, 9)), (50, 50));
        assert_eq!(ms(60_000, 5), 60_000);
    }
}
