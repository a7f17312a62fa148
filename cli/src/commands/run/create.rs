//! `runs.create` that survives a network fault without making two runs.

use crate::connection::Room;
use crate::failure::Failure;
use crate::output;
use ops_client::ClientError;
use ops_core::api::{CreatedRun, NewRun};
use std::time::Duration;

const PAUSES: [Duration; 3] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(3),
];

pub async fn create(room: &Room, mut run: NewRun) -> Result<CreatedRun, Failure> {
    if run.idempotency_key.is_none() {
        run.idempotency_key = Some(random_key()?);
    }
    patiently(room, async || room.client.runs_create(&run).await).await
}

/// Each of them with an idempotency key.
pub async fn create_bulk(room: &Room, runs: &[NewRun]) -> Result<Vec<CreatedRun>, Failure> {
    patiently(room, async || room.client.runs_create_bulk(runs).await).await
}

async fn patiently<T>(
    room: &Room,
    call: impl AsyncFn() -> Result<T, ClientError>,
) -> Result<T, Failure> {
    for pause in PAUSES {
        match call().await {
            Err(error) if error.is_transient() => {
                output::note(format_args!("{error}; trying again"));
                tokio::time::sleep(pause.max(error.retry_after())).await;
            }
            done => return done.map_err(|error| room.failure(error)),
        }
    }
    room.ask(call()).await
}

fn random_key() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::Random)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("cli-{hex}"))
}
