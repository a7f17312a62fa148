//! Pages of a run's log, one after the other, over network faults.

use crate::connection::Room;
use crate::failure::Failure;
use crate::output;
use ops_client::{Client, ClientError};
use ops_core::RunStatus;
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long the control room may hold an answer back.
const WAIT_SECONDS: u64 = 20;
/// Beyond that wait.
const PATIENCE: Duration = Duration::from_secs(10);
const LIMIT: &str = "1000";
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Without any answer for that long, nobody follows any more.
const GIVE_UP: Duration = Duration::from_secs(600);

#[derive(Debug, Deserialize)]
pub struct Page {
    /// As they came, for `--json`.
    pub events: Vec<Value>,
    /// Position to ask from next time.
    pub next: i64,
    #[serde(default)]
    pub status: Option<RunStatus>,
    /// Somebody has the run's lease.
    #[serde(default)]
    pub held: bool,
}

pub struct Pages {
    room: Room,
    patient: Client,
    run_id: String,
    after: i64,
    answered: bool,
}

impl Pages {
    pub fn new(room: Room, run_id: &str) -> Self {
        let patient = room
            .client
            .with_timeout(Duration::from_secs(WAIT_SECONDS) + PATIENCE);
        Pages {
            room,
            patient,
            run_id: run_id.into(),
            after: 0,
            answered: false,
        }
    }

    /// What comes after the last position; waits for it where the control room can wait.
    pub async fn next(&mut self) -> Result<Page, Failure> {
        let mut silent_since: Option<Instant> = None;
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.ask(self.wait()).await {
                Ok(page) => {
                    if silent_since.is_some() {
                        output::note("connected again");
                    }
                    return Ok(self.taken(page));
                }
                Err(error) => error,
            };
            let since = *silent_since.get_or_insert_with(|| {
                output::note(format_args!("{error}; trying again"));
                Instant::now()
            });
            if !error.is_transient() || since.elapsed() > GIVE_UP {
                return Err(self.room.failure(error));
            }
            tokio::time::sleep(pause.max(error.retry_after())).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// What is there already, without waiting and without trying again.
    pub async fn now(&mut self) -> Result<Page, Failure> {
        match self.ask(None).await {
            Ok(page) => Ok(self.taken(page)),
            Err(error) => Err(self.room.failure(error)),
        }
    }

    /// The first answer comes at once, so that a wrong address is told at once.
    fn wait(&self) -> Option<u64> {
        self.answered.then_some(WAIT_SECONDS)
    }

    async fn ask(&self, wait_seconds: Option<u64>) -> Result<Page, ClientError> {
        let after = self.after.to_string();
        // An empty value is left out of the query.
        let wait = wait_seconds
            .map(|seconds| seconds.to_string())
            .unwrap_or_default();
        let query = [
            ("run_id", self.run_id.as_str()),
            ("after", after.as_str()),
            ("limit", LIMIT),
            ("wait_seconds", wait.as_str()),
        ];
        self.patient.get("events.list", &query).await
    }

    /// The position moves only when a page has come through whole: nothing is lost or repeated.
    fn taken(&mut self, page: Page) -> Page {
        self.after = self.after.max(page.next);
        self.answered = true;
        page
    }
}
