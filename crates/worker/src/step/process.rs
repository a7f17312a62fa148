//! The worker's end of a supervisor: starts it, talks to it, and kills the tree itself where the
//! supervisor is gone or does not answer.

use crate::supervise::wire::{Exit, Order, Report, Word};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::ffi::OsString;
use std::io::Write;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdStream;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// A supervisor is asked this often whether it is there.
const PING: Duration = Duration::from_secs(1);
/// One that is stopped or dead and silent for that long is given up.
const SILENCE: Duration = Duration::from_secs(2);
/// One that is merely starved of CPU is given up after this.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// Rounds of looking for processes that fled; one may be unkillable for the moment.
const STRAY_ROUNDS: usize = 20;

/// The line to a supervisor. Anybody may speak, nobody ever waits: a line that does not fit is
/// dropped, because a supervisor that reads nothing is about to be given up.
pub struct ControlLine(Mutex<StdStream>);

impl ControlLine {
    pub fn say(&self, word: Word) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stream.write_all(format!("{word}\n").as_bytes());
    }

    fn hang_up(&self) {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// How a step's process ended.
#[derive(Debug)]
pub enum ProcessEnd {
    Exited(Exit),
    /// It was never started.
    Refused(String),
    /// The supervisor heard of no renewal in time and kills the tree.
    Expired,
    /// The supervisor ended or does not answer; the tree has been killed from here.
    SupervisorLost,
}

pub struct StepProcess {
    supervisor: Child,
    supervisor_pid: Option<Pid>,
    reports: UnixStream,
    heard: Vec<u8>,
    line: Arc<ControlLine>,
    ping: Interval,
    /// The first question that has no answer yet.
    asked: Option<Instant>,
    group: Option<Pid>,
}

impl StepProcess {
    /// Starts a supervisor and gives it the order.
    pub async fn start(
        supervisor: &[OsString],
        order: &Order,
    ) -> std::io::Result<(StepProcess, ChildStdout, ChildStderr)> {
        let (ours, theirs) = StdStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut child = spawn(supervisor, theirs.into())?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(std::io::Error::other("the supervisor has no pipes"));
        };
        let line = ControlLine(Mutex::new(ours.try_clone()?));
        let mut ping = tokio::time::interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut process = StepProcess {
            supervisor_pid: child
                .id()
                .and_then(|id| i32::try_from(id).ok())
                .and_then(Pid::from_raw),
            supervisor: child,
            reports: UnixStream::from_std(ours)?,
            heard: Vec::new(),
            line: Arc::new(line),
            ping,
            asked: None,
            group: None,
        };
        let mut text = serde_json::to_vec(order)?;
        text.push(b'\n');
        process.reports.write_all(&text).await?;
        Ok((process, stdout, stderr))
    }

    pub fn line(&self) -> Arc<ControlLine> {
        self.line.clone()
    }

    /// Waits for the end of the step's direct child. May be dropped and called again.
    pub async fn end(&mut self) -> ProcessEnd {
        loop {
            match self.next_report().await {
                Some(Report::Started(group)) => self.group = Pid::from_raw(group),
                Some(Report::Exited(exit)) => return ProcessEnd::Exited(exit),
                Some(Report::Refused(why)) => return ProcessEnd::Refused(why),
                Some(Report::Expired) => return ProcessEnd::Expired,
                Some(Report::Ack | Report::Gone) => {}
                None => return ProcessEnd::SupervisorLost,
            }
        }
    }

    /// Waits until no process of the tree is left, at most `patience`. False where one may be.
    pub async fn gone(&mut self, patience: Duration) -> bool {
        let gone = async {
            // The end of the stream is as good: the supervisor leaves last.
            while let Some(report) = self.next_report().await {
                if report == Report::Gone {
                    return;
                }
            }
        };
        tokio::time::timeout(patience, gone).await.is_ok()
    }

    /// Kills what can be reached from here. The supervisor has not been waited for, so its number
    /// is still its own.
    pub fn kill_from_here(&self, run_id: &str, attempt: u32) {
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        if let Some(pid) = self.supervisor_pid {
            let _ = kill_process(pid, Signal::KILL);
        }
        // More than once: a process may have been forking while the first list was read.
        for _ in 0..STRAY_ROUNDS {
            if super::strays::kill(run_id, attempt) == 0 {
                break;
            }
            std::thread::yield_now();
        }
    }

    /// The next line of the supervisor; nothing where it is gone or given up.
    async fn next_report(&mut self) -> Option<Report> {
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.heard.drain(..=end).collect();
                self.asked = None;
                let line = std::str::from_utf8(&line[..end]).ok();
                match line.and_then(Report::parse) {
                    Some(report) => return Some(report),
                    None => continue,
                }
            }
            tokio::select! {
                read = self.reports.read_buf(&mut self.heard) => match read {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                },
                _ = self.ping.tick() => {
                    if self.is_given_up() {
                        return None;
                    }
                    self.asked.get_or_insert_with(Instant::now);
                    self.line.say(Word::Ping);
                }
            }
        }
    }

    fn is_given_up(&self) -> bool {
        let silence = self.asked.map(|asked| asked.elapsed()).unwrap_or_default();
        silence >= LONG_SILENCE || silence >= SILENCE && self.is_stopped()
    }

    /// Whether somebody froze the supervisor; a machine that is merely busy shows otherwise.
    fn is_stopped(&self) -> bool {
        let Some(pid) = self.supervisor.id() else {
            return true;
        };
        match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(stat) => stat
                .rsplit_once(')')
                .and_then(|(_, rest)| rest.split_whitespace().next())
                .is_none_or(|state| matches!(state, "T" | "t" | "Z" | "X")),
            // No such folder on this system: silence is all there is to go by.
            Err(_) => true,
        }
    }
}

impl Drop for StepProcess {
    /// Others may still hold the line; the supervisor has to see the end all the same.
    fn drop(&mut self) {
        self.line.hang_up();
    }
}

fn spawn(supervisor: &[OsString], control: OwnedFd) -> std::io::Result<Child> {
    let [program, arguments @ ..] = supervisor else {
        return Err(std::io::Error::other("no supervisor is configured"));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        // A step can read its supervisor's environment, so no token may be there.
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .stdin(Stdio::from(control))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Dropped at the end, and with it our copy of the supervisor's end of the line.
    command.spawn()
}
