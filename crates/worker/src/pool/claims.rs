//! One claim, repeated until it is answered.

use crate::backoff::Backoff;
use crate::clock::Moment;
use crate::error::WorkerError;
use crate::executor::Ended;
use crate::observer::Observer;
use ops_client::{Client, ClientError};
use ops_core::Code;
use ops_core::api::{ClaimAnswer, ClaimRequest};
use ops_core::port::BoxFuture;
use std::sync::Arc;

/// A claim on its way.
pub struct InFlight {
    pub request: ClaimRequest,
    /// What it settles.
    pub ended: Vec<Ended>,
    pub answer: BoxFuture<'static, Result<Claimed, WorkerError>>,
}

impl InFlight {
    /// Whether the control room may hold it back until a run comes.
    pub fn waits(&self) -> bool {
        self.request.wait_seconds.is_some()
    }
}

pub enum Claimed {
    Answer {
        answer: ClaimAnswer,
        /// Before the request that was answered left.
        sent: Moment,
    },
    /// Another process under the same worker id is ahead in numbers.
    Stale,
}

/// The same request, number included, until there is an answer: what a lost answer granted is
/// granted again. `proven` says that this control room has answered a claim before, so that
/// strange answers come from something in between and pass.
pub fn send(
    client: Client,
    request: ClaimRequest,
    observer: Arc<dyn Observer>,
    proven: Proven,
) -> BoxFuture<'static, Result<Claimed, WorkerError>> {
    Box::pin(async move {
        let mut backoff = Backoff::usual();
        loop {
            let sent = Moment::now();
            let error = match client.runs_claim(&request).await {
                Ok(answer) => return Ok(Claimed::Answer { answer, sent }),
                Err(error) => error,
            };
            if error.code() == Some(Code::StaleRequest) {
                return Ok(Claimed::Stale);
            }
            let in_between = matches!(error, ClientError::Foreign { .. }) && proven == Proven::Yes;
            let passes = error.is_transient() || in_between;
            if !passes {
                return Err(WorkerError::Refused(error));
            }
            observer.retrying("runs.claim", &error.to_string());
            tokio::time::sleep(backoff.next_wait().max(error.retry_after())).await;
        }
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    Yes,
    NotYet,
}
