//! Looking at processes that are not our children.

use rustix::process::{Pid, Signal};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// What a process number from a `postmaster.pid` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A PostgreSQL process at work in the data folder.
    OfCluster,
    /// Visible, and nothing of ours: the number was given to another program, or the dead
    /// process was not yet reaped.
    Unrelated,
    Gone,
}

#[cfg(target_os = "linux")]
pub(crate) fn inspect(pid: Pid, data: &Path) -> Seen {
    let of = |name: &str| format!("/proc/{}/{name}", pid.as_raw_pid());
    let Ok(stat) = fs::read_to_string(of("stat")) else {
        return Seen::Gone;
    };
    // `pid (name) state …`; the name may itself hold parentheses.
    let Some((name, rest)) = stat.rsplit_once(')') else {
        return Seen::Gone;
    };
    if rest.trim_start().starts_with(['Z', 'X']) || !name.contains("postgres") {
        return Seen::Unrelated;
    }
    // Every process of a cluster works in its data folder. Root in a container may be denied that
    // look at another user's process; the command line then still names the folder.
    let at_work = match fs::read_link(of("cwd")) {
        Ok(cwd) => cwd == data,
        Err(_) => fs::read(of("cmdline")).is_ok_and(|line| {
            line.split(|byte| *byte == 0)
                .any(|word| word == data.as_os_str().as_encoded_bytes())
        }),
    };
    if at_work {
        Seen::OfCluster
    } else {
        Seen::Unrelated
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn inspect(pid: Pid, data: &Path) -> Seen {
    let output = std::process::Command::new("ps")
        .args(["-ww", "-o", "stat=,command=", "-p"])
        .arg(pid.as_raw_pid().to_string())
        .output();
    let text = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(_) => return Seen::Unrelated,
    };
    if text.is_empty() {
        Seen::Gone
    } else if !text.starts_with('Z')
        && text.contains("postgres")
        && data.to_str().is_some_and(|data| text.contains(data))
    {
        Seen::OfCluster
    } else {
        Seen::Unrelated
    }
}

/// Processes at work in the data folder, where the system lets us list them (Linux).
pub(crate) fn of_cluster(data: &Path) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .filter(|pid| inspect(*pid, data) == Seen::OfCluster)
        .collect()
}

/// Signals them one stage after the other until none is left in the data folder. False when some outlive
/// the last stage.
pub(crate) async fn end(pids: &[Pid], data: &Path, stages: &[(Signal, Duration)]) -> bool {
    let alive = || {
        pids.iter()
            .copied()
            .filter(|pid| inspect(*pid, data) == Seen::OfCluster)
            .collect::<Vec<_>>()
    };
    for (signal, patience) in stages {
        for pid in alive() {
            // It may have ended since we looked.
            let _ = rustix::process::kill_process(pid, *signal);
            // One that was frozen has to wake up to take it.
            let _ = rustix::process::kill_process(pid, Signal::CONT);
        }
        let deadline = Instant::now() + *patience;
        loop {
            if alive().is_empty() {
                return true;
            }
            if Instant::now() >= deadline {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    false
}
