//! What an earlier run left behind when it was killed: a postmaster that still runs, or only its lock
//! file. Called with our lock held, so whoever started them is dead.

use crate::{
    EmbeddedError, Report,
    processes::{self, Seen},
};
use rustix::process::{Pid, Signal};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

/// Fast shutdown (a checkpoint, then the end), immediate shutdown, and the end of a frozen one.
const POSTMASTER: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(20)),
    (Signal::QUIT, Duration::from_secs(10)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// Backends without a postmaster end by themselves, but a busy one only notices late.
const ORPHANS: [(Signal, Duration); 2] = [
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

pub(crate) async fn clear(data: &Path, report: &Report) -> Result<(), EmbeddedError> {
    let lock_file = data.join("postmaster.pid");
    let Some(pid) = read_pid(&lock_file)? else {
        return Ok(());
    };
    if processes::inspect(pid, data) == Seen::OfCluster {
        report(&format!(
            "stopping the PostgreSQL that an earlier run left behind (process {})",
            pid.as_raw_pid()
        ));
        end(&[pid], data, &POSTMASTER).await?;
    }
    end(&processes::of_cluster(data), data, &ORPHANS).await?;
    if processes::inspect(pid, data) == Seen::Unrelated {
        disown(&lock_file)?;
    }
    Ok(())
}

async fn end(
    pids: &[Pid],
    data: &Path,
    stages: &[(Signal, Duration)],
) -> Result<(), EmbeddedError> {
    if processes::end(pids, data, stages).await {
        return Ok(());
    }
    let pid = pids.first().map_or(0, |pid| pid.as_raw_pid());
    let data = data.to_owned();
    Err(EmbeddedError::Leftover { pid, data })
}

fn read_pid(lock_file: &Path) -> Result<Option<Pid>, EmbeddedError> {
    match fs::read_to_string(lock_file) {
        Ok(text) => Ok(text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .filter(|pid| *pid > 0)
            .and_then(Pid::from_raw)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EmbeddedError::io("read", lock_file)(error)),
    }
}

/// PostgreSQL refuses to start while the number in its lock file belongs to any live process, though it
/// is another program's by now. The file must not simply be removed: its further lines name the shared memory by which
/// PostgreSQL notices backends that still run. Our own number in the first line does it: PostgreSQL
/// knows that its parent is not a postmaster, and still looks at the shared memory.
fn disown(lock_file: &Path) -> Result<(), EmbeddedError> {
    let rewritten = (|| {
        let text = match fs::read_to_string(lock_file) {
            // A postmaster that was stopped in good order took its file along.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other?,
        };
        let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
        let mut file = OpenOptions::new()
            .write(true)
            .truncate(true)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
            .open(lock_file)?;
        write!(file, "{}\n{rest}", std::process::id())
    })();
    rewritten.map_err(EmbeddedError::io("rewrite", lock_file))
}
