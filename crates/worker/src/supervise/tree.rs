//! The processes below the supervisor. As their subreaper it is the parent of every orphan, and
//! nobody else reaps, so the number of a direct child cannot be used by a stranger.

use super::wire::Exit;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, kill_process_group, wait, waitid,
};

pub struct Tree {
    child: Pid,
    exit: Option<Exit>,
    empty: bool,
}

impl Tree {
    /// `child` leads its own process group.
    pub fn new(child: Pid) -> Self {
        Tree {
            child,
            exit: None,
            empty: false,
        }
    }

    /// How the direct child ended.
    pub fn exit(&self) -> Option<Exit> {
        self.exit
    }

    /// Whether no descendant is left.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// Collects whoever ended. The rest of the group is killed before its leader is collected:
    /// until then the group's number belongs to nobody else.
    pub fn reap(&mut self) {
        if self.exit.is_none() && leader_ended(self.child) {
            self.signal_group(Signal::KILL);
        }
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.child => {
                    self.exit = Some(match status.terminating_signal() {
                        Some(signal) => Exit::Signal(signal),
                        None => Exit::Code(status.exit_status().unwrap_or(-1)),
                    });
                }
                Ok(Some(_)) => {}
                Ok(None) => return,
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => {
                    self.empty = true;
                    return;
                }
            }
        }
    }

    pub fn signal_group(&self, signal: Signal) {
        if self.exit.is_none() {
            // Fails only where the group is empty already.
            let _ = kill_process_group(self.child, signal);
        }
    }

    /// SIGKILL to the group and to every direct child outside it. The children of those become
    /// ours when they die, so calling this until [`Tree::is_empty`] ends whole trees.
    pub fn kill(&self) {
        self.signal_group(Signal::KILL);
        for pid in children() {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn leader_ended(child: Pid) -> bool {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    matches!(waitid(WaitId::Pid(child), look), Ok(Some(_)))
}

/// Our direct children, zombies included.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn children() -> Vec<Pid> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return children_by_scan();
    };
    let mut found = Vec::new();
    for task in tasks.flatten() {
        match std::fs::read_to_string(task.path().join("children")) {
            Ok(list) => found.extend(list.split_whitespace().filter_map(parse_pid)),
            // The kernel was built without that file.
            Err(_) => return children_by_scan(),
        }
    }
    found
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn children_by_scan() -> Vec<Pid> {
    let own = rustix::process::getpid().as_raw_nonzero().to_string();
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let parent_is_us = |stat: &str| {
        // The name in parentheses may hold anything; the fields after it are state and parent.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        after_name.split_whitespace().nth(1) == Some(own.as_str())
    };
    processes
        .flatten()
        .filter_map(|entry| {
            let pid = parse_pid(entry.file_name().to_str()?)?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            parent_is_us(&stat).then_some(pid)
        })
        .collect()
}

/// Elsewhere orphans are not ours, and the group is all that can be killed.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn children() -> Vec<Pid> {
    Vec::new()
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn parse_pid(text: &str) -> Option<Pid> {
    text.parse().ok().and_then(Pid::from_raw)
}
