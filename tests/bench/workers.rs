//! A worker of the real program, as a process of its own.

use crate::setup::{Fallible, Stage};
use ops_tests::harness::process::{Folder, ops, send};
use rustix::process::Signal;
use std::process::{Child, Stdio};

pub struct WorkerProcess {
    child: Child,
    _folder: Folder,
}

impl WorkerProcess {
    /// Of one lane, with native defaults for everything else.
    pub fn start(stage: &Stage, lane: &str, concurrency: usize) -> Fallible<Self> {
        let folder = Folder::new();
        let child = ops()
            .args(["worker", "--url", &stage.url, "--token", &stage.token])
            .args(["--lanes", lane, "--concurrency", &concurrency.to_string()])
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(WorkerProcess {
            child,
            _folder: folder,
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn freeze(&self) {
        send(self.child.id(), Signal::STOP);
    }

    pub fn kill(&mut self) -> Fallible<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for WorkerProcess {
    /// Also when it is frozen, or has ended; its supervisors see that and end their steps.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
