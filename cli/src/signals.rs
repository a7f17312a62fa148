//! Ctrl-C and SIGTERM: the first asks for an end in good order, the second ends at once.

use crate::failure::Failure;
use ops_worker::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// How often somebody asked for the end.
#[derive(Clone, Default)]
pub struct Asked(Arc<AtomicUsize>);

impl Asked {
    /// The second signal came before everything had ended.
    pub fn at_once(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}

/// Passes signals on to `shutdown`, and tells `say` of each (1, 2, …).
pub fn watch(shutdown: Shutdown, say: impl Fn(usize) + Send + 'static) -> Result<Asked, Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let asked = Asked::default();
    let count = asked.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupt.recv() => {}
                Some(()) = terminate.recv() => {}
                else => return,
            }
            say(count.0.fetch_add(1, Ordering::Relaxed) + 1);
            shutdown.signalled();
        }
    });
    Ok(asked)
}
