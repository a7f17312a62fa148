//! As whom PostgreSQL runs: initdb and postgres refuse to run as root.

use crate::EmbeddedError;
use rustix::fs::{Gid, Uid};
use std::{fs, io, os::unix::fs::MetadataExt, path::Path, process::Stdio};
use tokio::process::Command;

/// What the programs of PostgreSQL may see of our environment: `PG…` variables, the locale or the
/// time zone of whoever starts us must not change the cluster.
const KEPT_VARIABLES: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunAs {
    Ourselves,
    /// We are root, they are not.
    Account {
        uid: u32,
        gid: u32,
    },
}

impl RunAs {
    /// An existing cluster is run by its owner, so that `sudo ops up` finds the data of `ops up`.
    pub(crate) fn owner_of(data: &Path) -> Result<RunAs, EmbeddedError> {
        let owner = fs::metadata(data).map_err(EmbeddedError::io("look at", data))?;
        let us = rustix::process::geteuid();
        let data = data.to_owned();
        match (us.is_root(), owner.uid()) {
            (true, 0) => Err(EmbeddedError::RootsCluster { data }),
            (true, uid) => Ok(RunAs::Account {
                uid,
                gid: owner.gid(),
            }),
            (false, uid) if uid == us.as_raw() => Ok(RunAs::Ourselves),
            (false, owner) => Err(EmbeddedError::ForeignCluster { data, owner }),
        }
    }

    /// Who runs a new cluster.
    pub(crate) fn for_new_cluster() -> Result<RunAs, EmbeddedError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(RunAs::Ourselves);
        }
        let passwd = Path::new("/etc/passwd");
        let text = fs::read_to_string(passwd).map_err(EmbeddedError::io("read", passwd))?;
        ["postgres", "_postgres", "nobody"]
            .iter()
            .find_map(|name| account(&text, name))
            .ok_or(EmbeddedError::NoAccount)
    }

    /// A program run as them: no input, a known environment, and a process group of its own, so
    /// that a terminal's Ctrl-C reaches us and not the database under us.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(
                KEPT_VARIABLES
                    .iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .process_group(0);
        if let RunAs::Account { uid, gid } = self {
            // Setting the uid as root also drops root's supplementary groups (`CommandExt::uid`).
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Makes them the owner of a file or folder, not of what a link points to.
    pub(crate) fn give(self, path: &Path) -> io::Result<()> {
        match self {
            RunAs::Ourselves => Ok(()),
            RunAs::Account { uid, gid } => Ok(rustix::fs::chownat(
                rustix::fs::CWD,
                path,
                Some(Uid::from_raw(uid)),
                Some(Gid::from_raw(gid)),
                rustix::fs::AtFlags::SYMLINK_NOFOLLOW,
            )?),
        }
    }

    pub(crate) fn uid(self) -> u32 {
        match self {
            RunAs::Ourselves => rustix::process::geteuid().as_raw(),
            RunAs::Account { uid, .. } => uid,
        }
    }

    /// Whether they can enter the folder. It is tried, not computed: access lists, security modules and
    /// every parent have their say.
    pub(crate) async fn reaches(self, folder: &Path) -> bool {
        let mut shell = self.command(Path::new("/bin/sh"));
        shell.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder);
        shell.stdout(Stdio::null()).stderr(Stdio::null());
        matches!(shell.status().await, Ok(status) if status.success())
    }
}

fn account(passwd: &str, name: &str) -> Option<RunAs> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let uid = id(fields.nth(1)?)?;
        let gid = id(fields.next()?)?;
        (uid != 0).then_some(RunAs::Account { uid, gid })
    })
}

/// macOS writes nobody's id as `-2`.
fn id(text: &str) -> Option<u32> {
    text.parse::<i64>().ok().and_then(|id| {
        u32::try_from(id)
            .ok()
            .or_else(|| i32::try_from(id).ok().map(i32::cast_unsigned))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_and_a_root_alias_is_not_taken() {
        let text = "root:x:0:0::/root:/bin/sh\npostgres:x:101:104:,,,:/var/lib:/bin/sh\nnobody:*:-2:-2::/:/bin/false\n_postgres:x:0:0::/:/bin/sh\n";
        assert_eq!(
            account(text, "postgres"),
            Some(RunAs::Account { uid: 101, gid: 104 })
        );
        assert_eq!(
            account(text, "nobody"),
            Some(RunAs::Account {
                uid: 4294967294,
                gid: 4294967294
            })
        );
        assert_eq!(account(text, "_postgres"), None);
        assert_eq!(account(text, "post"), None);
    }
}
