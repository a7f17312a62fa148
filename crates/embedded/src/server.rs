//! The postmaster as our child.

use crate::{EmbeddedError, binaries::Binaries, files, logs, place::Place};
use rustix::process::{Pid, Signal};
use std::{
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tokio::process::Child;

/// A shutdown writes all dirty pages; on a slow disk that takes its time.
const FAST: Duration = Duration::from_secs(30);
/// An immediate one writes nothing: the next start recovers. PostgreSQL itself kills stragglers after 5 s.
const IMMEDIATE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    child: Child,
    data: PathBuf,
    start_log: PathBuf,
}

impl Server {
    pub(crate) fn spawn(
        place: &Place,
        binaries: &Binaries,
        arguments: &[String],
    ) -> Result<Server, EmbeddedError> {
        // What the server says until its own log collector runs.
        let start_log = place.home.join("postgres-start.log");
        let log = files::open_own(&start_log)?;
        log.set_len(0)
            .map_err(EmbeddedError::io("empty", &start_log))?;
        let program = binaries.postgres();
        let copy = log
            .try_clone()
            .map_err(EmbeddedError::io("open", &start_log))?;
        let child = place
            .run_as
            .command(&program)
            .args(arguments)
            .stdout(Stdio::from(copy))
            .stderr(Stdio::from(log))
            .spawn()
            .map_err(EmbeddedError::io("run", &program))?;
        Ok(Server {
            child,
            data: place.data(),
            start_log,
        })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// The last lines of its logs.
    pub(crate) fn log(&self) -> String {
        logs::tail(&self.start_log, &self.data)
    }

    /// How it ended, when it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>, EmbeddedError> {
        self.child
            .try_wait()
            .map_err(EmbeddedError::io("watch", &self.data))
    }

    /// Until it ends. Dropping the future changes nothing.
    pub(crate) async fn wait(&mut self) -> Result<ExitStatus, EmbeddedError> {
        self.child
            .wait()
            .await
            .map_err(EmbeddedError::io("watch", &self.data))
    }

    pub(crate) fn died(&self, status: ExitStatus) -> EmbeddedError {
        let status = status.to_string();
        EmbeddedError::from_log(&self.data, self.log(), |log| EmbeddedError::Died {
            status,
            log,
        })
    }

    /// Ends it in good order; where it does not end, less and less so.
    pub(crate) async fn stop(mut self) -> Result<(), EmbeddedError> {
        if let Some(status) = self.ended()? {
            return Err(self.died(status));
        }
        let stages = [(Signal::INT, FAST), (Signal::QUIT, IMMEDIATE)];
        for (signal, patience) in stages {
            self.signal(signal);
            if let Ok(status) = tokio::time::timeout(patience, self.wait()).await {
                return status.map(|_| ());
            }
        }
        self.signal(Signal::KILL);
        self.wait().await.map(|_| ())
    }

    fn signal(&self, signal: Signal) {
        // Not yet waited for, so the number is still its own.
        let pid = self
            .child
            .id()
            .and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }

    /// Whether it ended within that time, without an async runtime.
    fn ends_within(&mut self, patience: Duration) -> io::Result<bool> {
        let deadline = Instant::now() + patience;
        while self.child.try_wait()?.is_none() {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(true)
    }
}

impl Drop for Server {
    /// Nobody called `stop`: an immediate shutdown loses nothing that was acknowledged, and leaves no
    /// process behind.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        self.signal(Signal::QUIT);
        if !matches!(self.ends_within(IMMEDIATE), Ok(true)) {
            self.signal(Signal::KILL);
            let _ = self.ends_within(IMMEDIATE);
        }
    }
}
