//! What becomes of runs whose work has ended.

use super::Pool;
use super::claims::InFlight;
use super::settle::{self, Settled};
use crate::control::{RunControl, Stop};
use crate::executor::{Ended, Executor, Outcome};
use ops_core::Code;
use ops_core::api::Finished;
use ops_core::limits::CLAIM_RUNS;
use ops_core::status::RunStatus;
use std::collections::{HashSet, VecDeque};
use tokio::task::{Id, JoinError};
use tokio::time::Instant;

/// Turns given to other tasks in which none of them ends; microseconds each.
const GATHER_ROUNDS: usize = 4;

/// Takes what one call may carry: at most `most`, and each run once. What stays keeps its order.
fn take_of_each_run<T>(
    queue: &mut VecDeque<T>,
    most: usize,
    run_id: impl Fn(&T) -> &str,
) -> Vec<T> {
    let mut named = HashSet::new();
    let (mut taken, mut left) = (Vec::new(), VecDeque::new());
    for end in std::mem::take(queue) {
        if taken.len() < most && named.insert(run_id(&end).to_string()) {
            taken.push(end);
        } else {
            left.push_back(end);
        }
    }
    *queue = left;
    taken
}

impl<E: Executor> Pool<E> {
    /// Two attempts of one run may both wait to be told, where the second came late and over: the
    /// control room refuses a call that names a run twice.
    pub(super) fn next_ends(&mut self) -> Vec<Ended> {
        take_of_each_run(&mut self.ended, CLAIM_RUNS, |ended| &ended.finish.run_id)
    }

    pub(super) fn take_finished(&mut self, ended: Vec<Ended>, finished: &[Finished]) {
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

    pub(super) fn take_end(&mut self, end: Result<(Id, Outcome), JoinError>) {
        let (id, outcome) = match end {
            Ok(end) => end,
            // A bug of ours; another worker may do better.
            Err(error) => (
                error.id(),
                Outcome::released("worker_trouble").with_error("the worker's task ended by itself"),
            ),
        };
        let Some((control, began)) = self.begun.remove(&id) else {
            return;
        };
        self.pace.ran(began.elapsed());
        self.begin_waiting();
        if self.work.is_empty() {
            self.idle_since = Instant::now();
        }
        if control.stopped() == Some(Stop::LeaseLost) {
            self.drop_lost(&control);
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

    pub(super) fn drop_lost(&mut self, control: &RunControl) {
        self.pulse.held.remove(&control.run_id, control.attempt);
        self.summary.lost += 1;
        self.observer.lost(&control.run_id, "the lease was lost");
    }

    /// Others end in the same blink, above all where runs are short; one claim settles them all.
    pub(super) async fn gather_ends(&mut self) {
        let mut idle = 0;
        while !self.work.is_empty() && idle < GATHER_ROUNDS {
            tokio::task::yield_now().await;
            idle += 1;
            while let Some(end) = self.work.try_join_next_with_id() {
                self.take_end(end);
                idle = 0;
            }
        }
    }

    /// A claim that is held back cannot carry an end, so it goes on its own.
    pub(super) fn settle_beside_a_wait(&mut self) {
        if self.claim.as_ref().is_some_and(InFlight::waits) {
            for ended in std::mem::take(&mut self.ended) {
                self.settle(ended, None);
            }
        }
    }

    pub(super) fn settle(&mut self, ended: Ended, missing: Option<i64>) {
        self.settling.spawn(settle::settle(
            self.client.clone(),
            self.worker_id.clone(),
            self.observer.clone(),
            ended,
            missing,
        ));
    }

    pub(super) fn take_settled(&mut self, settled: Settled) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_names_each_run_once_and_loses_none() {
        let mut queue = VecDeque::from([("a", 1), ("b", 1), ("a", 2), ("c", 1)]);
        let first = take_of_each_run(&mut queue, 2, |(run, _)| run);
        assert_eq!(first, [("a", 1), ("b", 1)]);
        let second = take_of_each_run(&mut queue, 2, |(run, _)| run);
        assert_eq!(second, [("a", 2), ("c", 1)]);
        assert!(queue.is_empty());
    }
}
