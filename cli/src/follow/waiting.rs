//! Says why a queued run does not begin.

use crate::output::{self, text::plain};
use ops_client::Client;
use ops_core::RunStatus;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A run that begins within this needs no explanation.
const FIRST: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_secs(3);

pub struct Watcher {
    status: watch::Sender<Option<RunStatus>>,
    task: JoinHandle<()>,
}

impl Watcher {
    pub fn start(client: Client, run_id: &str) -> Self {
        let (status, seen) = watch::channel(None);
        let task = tokio::spawn(explain(client, run_id.to_string(), seen));
        Watcher { status, task }
    }

    /// The run's state as the log's last page told it.
    pub fn saw(&self, status: Option<RunStatus>) {
        self.status.send_replace(status);
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn explain(client: Client, run_id: String, mut seen: watch::Receiver<Option<RunStatus>>) {
    let mut told = String::new();
    loop {
        tokio::time::sleep(if told.is_empty() { FIRST } else { AGAIN }).await;
        if seen
            .wait_for(|status| *status == Some(RunStatus::Queued))
            .await
            .is_err()
        {
            return;
        }
        // A fault of the network is told by whoever reads the log.
        let Ok(run) = client.runs_get(&run_id).await else {
            continue;
        };
        let Some(waiting) = run.waiting else { continue };
        if waiting.detail != told {
            output::note(format_args!("waiting: {}", plain(&waiting.detail)));
            told = waiting.detail;
        }
    }
}
