//! Tells the control room the end of one run, outside of a claim.

use crate::backoff::Backoff;
use crate::executor::Ended;
use crate::observer::Observer;
use ops_client::{Client, ClientError};
use ops_core::Code;
use ops_core::limits::REPORT_GRACE_SECONDS;
use ops_core::status::RunStatus;
use std::sync::Arc;
use std::time::Duration;

pub struct Settled {
    pub ended: Ended,
    /// What the run is now, or why nobody was told.
    pub result: Result<RunStatus, String>,
}

/// What an answer means for the end that was sent.
pub enum Verdict {
    Taken(RunStatus),
    /// Somebody else holds the run, or it has ended otherwise.
    Lost(String),
    EventsMissing(i64),
    Later(String),
}

pub fn judge(error: &ClientError) -> Verdict {
    match error {
        ClientError::Refused(problem) if problem.code == Code::EventsMissing => {
            let last_seq = problem.facts.get("last_seq").and_then(|seq| seq.as_i64());
            Verdict::EventsMissing(last_seq.unwrap_or(0))
        }
        _ if error.is_transient() => Verdict::Later(error.to_string()),
        _ => Verdict::Lost(error.to_string()),
    }
}

/// Repeats `runs.finish` until it is answered. Given up some time after the lease's end: by then
/// another attempt has begun.
pub async fn settle(
    client: Client,
    worker_id: Arc<str>,
    observer: Arc<dyn Observer>,
    mut ended: Ended,
    missing: Option<i64>,
) -> Settled {
    let mut backoff = Backoff::usual();
    let mut missing = missing;
    loop {
        if let Some(last_seq) = missing.take() {
            send_missing(&mut ended, last_seq).await;
        }
        let verdict = match client.runs_finish(&worker_id, &ended.finish).await {
            Ok(answer) => match answer.status {
                Some(status) => Verdict::Taken(status),
                None => Verdict::Lost("the answer names no status".into()),
            },
            Err(error) => judge(&error),
        };
        let result = match verdict {
            Verdict::Taken(status) => Ok(status),
            Verdict::Lost(why) => Err(why),
            Verdict::EventsMissing(last_seq) => {
                missing = Some(last_seq);
                tokio::time::sleep(backoff.next_wait()).await;
                continue;
            }
            Verdict::Later(why) => {
                observer.retrying("runs.finish", &why);
                let grace = Duration::from_secs(REPORT_GRACE_SECONDS.into());
                if !ended.control.deadline().after(grace).has_passed() {
                    tokio::time::sleep(backoff.next_wait()).await;
                    continue;
                }
                Err(format!("given up after the lease's end: {why}"))
            }
        };
        return Settled { ended, result };
    }
}

async fn send_missing(ended: &mut Ended, last_seq: i64) {
    let now_last = match &ended.log {
        Some(log) => log.resend(last_seq).await,
        None => last_seq,
    };
    // What is not held any more cannot be sent; the end must not wait for it for ever.
    ended.finish.last_seq = Some(now_last).filter(|seq| *seq > 0);
}
