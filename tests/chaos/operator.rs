//! Who queues the runs, and cancels some, over a road that is no better than the workers'.

use crate::counts::Counts;
use crate::room::insist;
use crate::schedule::{Entry, Fault};
use crate::workload;
use ops_client::Client;
use ops_core::Code;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Queued ahead of the workers, so that they never idle.
const BACKLOG: usize = 120;
/// Between two looks at the queue.
const LOOK: Duration = Duration::from_millis(250);

pub struct Operator {
    /// In the order of their numbers.
    pub runs: Vec<String>,
    /// To be cancelled; whether it was heard is another question.
    pub asked: HashSet<String>,
}

impl Operator {
    pub async fn work(
        client: Client,
        cancels: Vec<Entry>,
        begin: Instant,
        end: Instant,
        counts: Arc<Counts>,
    ) -> Self {
        let mut operator = Operator {
            runs: Vec::new(),
            asked: HashSet::new(),
        };
        let mut cancels = cancels.into_iter().peekable();
        while Instant::now() < end {
            operator.top_up(&client).await;
            let past = begin.elapsed().as_millis() as u64;
            while let Some(entry) = cancels.next_if(|entry| entry.at_ms <= past) {
                operator.cancel(&client, entry.fault).await;
                counts.done(entry.fault);
            }
            tokio::time::sleep(LOOK).await;
        }
        // Due, and late because nobody answered.
        for entry in cancels {
            operator.cancel(&client, entry.fault).await;
            counts.done(entry.fault);
        }
        operator
    }

    /// Keeps the queue filled.
    async fn top_up(&mut self, client: &Client) {
        let lanes = insist(Client::lanes_list, client).await;
        let queued: u64 = lanes.iter().map(|lane| lane.queued).sum();
        let missing = BACKLOG.saturating_sub(queued as usize);
        if missing < BACKLOG / 4 {
            return;
        }
        let next = self.runs.len();
        let new: Vec<_> = (next..next + missing).map(workload::run).collect();
        let made = insist(
            async |client: &Client| client.runs_create_bulk(&new).await,
            client,
        )
        .await;
        self.runs.extend(made.into_iter().map(|run| run.run_id));
    }

    async fn cancel(&mut self, client: &Client, fault: Fault) {
        let Fault::Cancel { back } = fault else {
            return;
        };
        let Some(id) = self
            .runs
            .iter()
            .rev()
            .nth(back)
            .or(self.runs.last())
            .cloned()
        else {
            return;
        };
        self.asked.insert(id.clone());
        let asking = async |client: &Client| match client.runs_cancel(&id, Some("chaos")).await {
            Err(error) if error.code() == Some(Code::AlreadyFinished) => Ok(()),
            other => other.map(drop),
        };
        insist(asking, client).await;
    }
}
