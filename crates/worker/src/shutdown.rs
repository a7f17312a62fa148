//! How a worker is asked to end.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    Nothing,
    /// Claim no more, stop the steps, hand the runs back.
    End,
    /// Kill everything and return.
    EndNow,
}

/// Asks a worker to end, first in good order, then at once. Cheap to clone.
#[derive(Clone)]
pub struct Shutdown(watch::Sender<Asked>);

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    pub fn new() -> Self {
        Shutdown(watch::Sender::new(Asked::Nothing))
    }

    /// Stops claiming, stops the steps within five seconds and hands the runs back.
    pub fn request(&self) {
        self.raise(Asked::End);
    }

    /// Kills every step and ends without another word to the control room.
    pub fn request_now(&self) {
        self.raise(Asked::EndNow);
    }

    /// Once per signal: the first SIGINT or SIGTERM asks, the second ends at once.
    pub fn signalled(&self) {
        self.0.send_modify(|asked| {
            *asked = match asked {
                Asked::Nothing => Asked::End,
                _ => Asked::EndNow,
            }
        });
    }

    pub fn is_requested(&self) -> bool {
        *self.0.borrow() != Asked::Nothing
    }

    /// A handle that the process's SIGINT and SIGTERM raise. Needs a running tokio runtime.
    pub fn on_signals() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let shutdown = Shutdown::new();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let raised = shutdown.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(()) = interrupt.recv() => {}
                    Some(()) = terminate.recv() => {}
                    else => return,
                }
                raised.signalled();
            }
        });
        Ok(shutdown)
    }

    /// Returns when an end is asked for.
    pub async fn requested(&self) {
        self.reached(Asked::End).await;
    }

    /// Returns when an end at once is asked for.
    pub async fn requested_now(&self) {
        self.reached(Asked::EndNow).await;
    }

    fn raise(&self, to: Asked) {
        self.0.send_modify(|asked| *asked = (*asked).max(to));
    }

    /// Returns when at least that much is asked.
    pub(crate) async fn reached(&self, at_least: Asked) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self
            .0
            .subscribe()
            .wait_for(|asked| *asked >= at_least)
            .await;
    }
}
