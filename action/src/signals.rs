//! A cancelled job gets SIGINT, after 7.5 s SIGTERM, and is killed 2.5 s later.

use crate::commands::{Level, annotate};
use crate::failure::Failure;
use ops_worker::Shutdown;
use tokio::signal::unix::{SignalKind, signal};

/// The first asks for an end in good order: steps are stopped and runs handed back. The second, which
/// comes when that took too long, ends at once.
pub fn watch(shutdown: Shutdown, words: &'static str) -> Result<(), Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupt.recv() => {}
                Some(()) = terminate.recv() => {}
                else => return,
            }
            annotate(Level::Notice, None, words);
            shutdown.signalled();
        }
    });
    Ok(())
}
