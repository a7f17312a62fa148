//! A disk that can be made full: a small tmpfs where this user may mount one, else a plain folder.

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Disk {
    folder: PathBuf,
    mib: u64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ours to make smaller and larger.
    Tmpfs,
    Folder,
}

/// Written by others while it is made as small as what is used.
const TRIES: usize = 50;

impl Disk {
    /// Made at that place, which does not exist yet, open to be passed through.
    pub fn at(folder: PathBuf, mib: u64) -> Self {
        std::fs::create_dir(&folder).expect("a folder");
        let options = format!("size={mib}m,mode=0711");
        let is_mounted = quietly(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
                .arg(&folder),
        );
        Disk {
            folder,
            mib,
            kind: match is_mounted {
                true => Kind::Tmpfs,
                false => Kind::Folder,
            },
        }
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// No room from now on. False where it is not ours to decide.
    pub fn fill(&self) -> bool {
        self.kind == Kind::Tmpfs
            && (0..TRIES).any(|_| match rustix::fs::statvfs(&self.folder) {
                Ok(status) => {
                    let used = (status.f_blocks - status.f_bfree) * status.f_frsize;
                    self.resize(&used.max(4_096).to_string())
                }
                Err(_) => false,
            })
    }

    pub fn relieve(&self) {
        if self.kind == Kind::Tmpfs {
            assert!(self.resize(&format!("{}m", self.mib)), "room again");
        }
    }

    fn resize(&self, size: &str) -> bool {
        let options = format!("remount,size={size}");
        quietly(
            Command::new("mount")
                .args(["-o", &options])
                .arg(&self.folder),
        )
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.kind == Kind::Tmpfs {
            // Whatever still looks into it keeps it until it ends.
            quietly(Command::new("umount").arg("-l").arg(&self.folder));
        }
    }
}

fn quietly(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Files of these processes may not grow beyond that many bytes: as near to a full disk as a user
/// without rights gets. `None` lifts it.
pub fn bound_files(pids: &BTreeSet<u32>, bytes: Option<u64>) -> bool {
    let limit = || Rlimit {
        current: bytes,
        maximum: None,
    };
    pids.iter().fold(false, |any, pid| {
        let pid = Pid::from_raw(*pid as i32);
        any | pid.is_some_and(|pid| prlimit(Some(pid), Resource::Fsize, limit()).is_ok())
    })
}
