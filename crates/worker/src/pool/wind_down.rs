//! The end of a worker that was asked to end: nothing of it stays behind.

use super::claims::{self, Claimed, InFlight};
use super::{Pool, Summary};
use crate::clock::{Moment, lease_end};
use crate::control::{RunControl, Stop};
use crate::error::WorkerError;
use crate::executor::{Executor, Outcome};
use crate::shutdown::Asked;
use ops_core::api::{ClaimAnswer, ClaimRequest};
use std::sync::Arc;
use std::time::Duration;

/// For each call that a worker on its way out still makes.
const LAST_CALL: Duration = Duration::from_secs(2);

/// Whether a claim may still wait in the control room although nobody waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fence {
    Needed,
    NotNeeded,
}

impl<E: Executor> Pool<E> {
    /// Stops every run, hands it back, and returns; a second request returns at once.
    pub(super) async fn wind_down(mut self) -> Summary {
        self.observer.ending("asked to end");
        self.ending = Some("asked to end");
        self.stop_all(Stop::Shutdown);
        let shutdown = self.shutdown.clone();
        let at_once = tokio::select! {
            biased;
            () = shutdown.reached(Asked::EndNow) => true,
            () = self.end_in_order() => false,
        };
        if at_once {
            self.stop_all(Stop::Now);
        }
        self.summary
    }

    /// The control room refuses this worker: the work stops, and nobody can be told.
    pub(super) async fn fail(mut self, error: WorkerError) -> WorkerError {
        self.observer.ending("refused by the control room");
        self.stop_all(Stop::Shutdown);
        let shutdown = self.shutdown.clone();
        tokio::select! {
            () = shutdown.reached(Asked::EndNow) => {}
            () = async { while self.work.join_next().await.is_some() {} } => {}
        }
        self.stop_all(Stop::Now);
        error
    }

    fn stop_all(&self, why: Stop) {
        for control in self.pulse.held.all() {
            if !control.has_ended() {
                control.stop(why);
            }
        }
    }

    async fn end_in_order(&mut self) {
        let mut fence = Fence::NotNeeded;
        self.give_back_waiting("worker_shutdown");
        if let Some(claim) = self.claim.take() {
            fence = match claim.waits() {
                true => Fence::Needed,
                false => Fence::NotNeeded,
            };
            self.give_up_claim(claim).await;
        }
        while let Some(end) = self.work.join_next_with_id().await {
            self.take_end(end);
        }
        let settling = async {
            while let Some(settled) = self.settling.join_next().await {
                if let Ok(settled) = settled {
                    self.take_settled(settled);
                }
            }
        };
        let _ = tokio::time::timeout(LAST_CALL, settling).await;
        self.settle_rest(fence).await;
    }

    /// The claim in flight may have taken runs already. A repeat of its number shows them, and
    /// with a limit of 0 it takes no new ones.
    async fn give_up_claim(&mut self, claim: InFlight) {
        let InFlight {
            request,
            ended,
            answer,
        } = claim;
        let answer = if request.wait_seconds.is_some() {
            drop(answer);
            let repeat = ClaimRequest {
                limit: Some(0),
                wait_seconds: None,
                ..request
            };
            self.call(repeat).await
        } else {
            match tokio::time::timeout(LAST_CALL, answer).await {
                Ok(Ok(Claimed::Answer { answer, sent })) => Some((answer, sent)),
                _ => None,
            }
        };
        let Some((answer, sent)) = answer else {
            self.ended.extend(ended);
            return;
        };
        self.take_finished(ended, &answer.finished);
        for run in answer.runs {
            let deadline = lease_end(sent, answer.waited_ms, run.lease_seconds);
            let control = Arc::new(RunControl::new(run.run_id, run.attempt, deadline));
            if self.pulse.held.add(control.clone()) {
                self.summary.claimed += 1;
                control.set_ended();
                let outcome = Outcome::released("worker_shutdown");
                self.ended.push_back(outcome.into_end(control));
            }
        }
    }

    /// What has ended is told in one call of a higher number, after which a claim that still
    /// waits somewhere takes nothing.
    async fn settle_rest(&mut self, mut fence: Fence) {
        let mut tries = 3;
        while (!self.ended.is_empty() || fence == Fence::Needed) && tries > 0 {
            let ended = self.next_ends();
            self.request_id += 1;
            let request = ClaimRequest {
                worker_id: self.worker_id.to_string(),
                lanes: self.config.lanes.clone(),
                session_id: self.config.session_id.clone(),
                limit: Some(0),
                request_id: Some(self.request_id),
                start: true,
                finish: ended.iter().map(|ended| ended.finish.clone()).collect(),
                ..ClaimRequest::default()
            };
            match self.call(request).await {
                Some((answer, _)) => {
                    fence = Fence::NotNeeded;
                    // An end that is not answered stays, so the tries are counted here too.
                    tries -= usize::from(answer.finished.len() < ended.len());
                    self.take_finished(ended, &answer.finished);
                }
                None => {
                    self.ended.extend(ended);
                    tries -= 1;
                }
            }
        }
        let missing = async {
            while let Some(settled) = self.settling.join_next().await {
                if let Ok(settled) = settled {
                    self.take_settled(settled);
                }
            }
        };
        let _ = tokio::time::timeout(LAST_CALL, missing).await;
        for ended in std::mem::take(&mut self.ended) {
            self.summary.lost += 1;
            let why = "the control room could not be told before the end";
            self.observer.lost(&ended.finish.run_id, why);
        }
    }

    async fn call(&mut self, request: ClaimRequest) -> Option<(ClaimAnswer, Moment)> {
        let client = self.client.with_timeout(LAST_CALL);
        let call = claims::send(client, request, self.observer.clone(), self.proven);
        match tokio::time::timeout(LAST_CALL, call).await {
            Ok(Ok(Claimed::Answer { answer, sent })) => Some((answer, sent)),
            _ => None,
        }
    }
}
