//! One step of kind `run`: a shell under a supervisor, from its start until its tree is gone.

use super::output::Pump;
use super::process::{ProcessEnd, StepProcess};
use crate::clock::Moment;
use crate::control::{RunControl, Stop};
use crate::log::Log;
use crate::mask::Masker;
use crate::supervise::wire::{Exit, Order, Word};
use ops_core::limits::KILL_GRACE_SECONDS;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

const KILL_GRACE: Duration = Duration::from_secs(KILL_GRACE_SECONDS);
/// SIGKILL is immediate except for a process deep in the kernel.
const GONE_WAIT: Duration = Duration::from_secs(2);
/// Which cannot be killed by anybody; after this the run goes on without it.
const STUBBORN_WAIT: Duration = Duration::from_secs(30);

pub struct ShellStep {
    pub id: String,
    pub script: PathBuf,
    pub workdir: PathBuf,
    pub env: Vec<(String, String)>,
    pub timeout: Option<Duration>,
}

/// How a shell ended.
#[derive(Debug)]
pub enum ShellEnd {
    Exited(Exit),
    TimedOut,
    Stopped(Stop),
    NotStarted(String),
    /// This machine cannot start anything now.
    Trouble(std::io::Error),
    SupervisorLost,
}

pub struct ShellReport {
    pub end: ShellEnd,
    /// Things that the log should say.
    pub notes: Vec<&'static str>,
}

/// What a shell needs of its run.
pub struct Surroundings<'a> {
    pub supervisor: &'a [OsString],
    pub control: &'a Arc<RunControl>,
    pub log: &'a Log,
    pub masker: &'a Masker,
}

/// `bash` where there is one in the step's own PATH, else `sh`.
pub fn shell(path: &str, script: &std::path::Path) -> Vec<String> {
    let has_bash = std::env::split_paths(path).any(|folder| folder.join("bash").is_file());
    let script = script.to_string_lossy().into_owned();
    match has_bash {
        true => vec!["bash".into(), "-euo".into(), "pipefail".into(), script],
        false => vec!["sh".into(), "-eu".into(), script],
    }
}

pub async fn run(step: ShellStep, around: &Surroundings<'_>) -> ShellReport {
    let control = around.control;
    let path = step.env.iter().find(|(name, _)| name == "PATH");
    let path = path.map_or("/usr/bin:/bin", |(_, path)| path.as_str());
    let order = Order {
        argv: shell(path, &step.script),
        env: step.env,
        cwd: step.workdir,
        deadline_ns: control.deadline().0,
    };
    let (mut process, stdout, stderr) = match StepProcess::start(around.supervisor, &order).await {
        Ok(started) => started,
        Err(error) => {
            return ShellReport {
                end: ShellEnd::Trouble(error),
                notes: Vec::new(),
            };
        }
    };
    control.attach(process.line());

    let (ended, ended_seen) = watch::channel(false);
    let pump = |source| Pump {
        source,
        step: step.id.clone(),
        masker: around.masker.clone(),
        log: around.log.clone(),
        ended: ended_seen.clone(),
    };
    let mut pumps = JoinSet::new();
    pumps.spawn(pump("stdout").run(stdout));
    pumps.spawn(pump("stderr").run(stderr));

    let end = until_end(&mut process, control, step.timeout).await;
    if let ShellEnd::Stopped(stop) = end {
        // The supervisor's clock may have been the first to say so.
        control.stop(stop);
    }
    if matches!(end, ShellEnd::SupervisorLost) {
        process.kill_from_here(&control.run_id, control.attempt);
    }
    let killed_at_once = process.gone(GONE_WAIT).await;
    if !killed_at_once {
        // The run must not be handed on beside what is left of it.
        process.gone(STUBBORN_WAIT).await;
    }
    control.detach();
    ended.send_replace(true);
    let mut notes = Vec::new();
    if !finish_output(&mut pumps, control).await {
        notes.push("a background process kept the output open; what it wrote later is not here");
    }
    if !killed_at_once {
        notes.push("a process of this step could not be killed at once");
    }
    ShellReport { end, notes }
}

/// Waits for the child; a reason to stop or the step's timeout means SIGTERM, five seconds, and
/// SIGKILL.
async fn until_end(
    process: &mut StepProcess,
    control: &RunControl,
    timeout: Option<Duration>,
) -> ShellEnd {
    let deadline = timeout.map(|timeout| Moment::now().after(timeout));
    let line = process.line();
    let stopped_as = tokio::select! {
        end = process.end() => return exited(end),
        stop = control.when_stopped() => ShellEnd::Stopped(stop),
        () = reached(deadline) => ShellEnd::TimedOut,
    };
    if !matches!(stopped_as, ShellEnd::Stopped(stop) if stop.is_hard()) {
        line.say(Word::Term);
        tokio::select! {
            end = process.end() => return stopped(end, stopped_as),
            () = tokio::time::sleep(KILL_GRACE) => {}
            // Such as a lease that runs out during the grace.
            _ = control.when_hard() => {}
        }
    }
    line.say(Word::Kill);
    match tokio::time::timeout(GONE_WAIT, process.end()).await {
        Ok(end) => stopped(end, stopped_as),
        // The supervisor does not do its work, whatever the reason.
        Err(_) => stopped(ProcessEnd::SupervisorLost, stopped_as),
    }
}

fn exited(end: ProcessEnd) -> ShellEnd {
    match end {
        ProcessEnd::Exited(exit) => ShellEnd::Exited(exit),
        ProcessEnd::Refused(why) => ShellEnd::NotStarted(why),
        ProcessEnd::Expired => ShellEnd::Stopped(Stop::LeaseOver),
        ProcessEnd::SupervisorLost => ShellEnd::SupervisorLost,
    }
}

/// The reason to stop is what counts, however the process took it.
fn stopped(end: ProcessEnd, stopped_as: ShellEnd) -> ShellEnd {
    match end {
        ProcessEnd::SupervisorLost => ShellEnd::SupervisorLost,
        ProcessEnd::Expired => ShellEnd::Stopped(Stop::LeaseOver),
        ProcessEnd::Exited(_) | ProcessEnd::Refused(_) => stopped_as,
    }
}

async fn reached(deadline: Option<Moment>) {
    match deadline {
        Some(deadline) => deadline.reached().await,
        None => std::future::pending().await,
    }
}

/// All writers are dead, so the pipes end by themselves, once the log has room for what is in
/// them; a log that takes nothing does not hold up a worker that has to end.
async fn finish_output(pumps: &mut JoinSet<bool>, control: &RunControl) -> bool {
    let all = async {
        let mut closed = true;
        while let Some(done) = pumps.join_next().await {
            closed &= done.unwrap_or(false);
        }
        closed
    };
    tokio::select! {
        closed = all => closed,
        () = async {
            control.when_stopped().await;
            tokio::time::sleep(GONE_WAIT).await;
        } => false,
    }
}
