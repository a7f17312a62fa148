//! Everything that can go wrong, each with what to do about it.

use crate::{ProvisionError, SUPPORTED_MAJORS};
use std::{
    io,
    path::{Path, PathBuf},
};

#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    #[error(
        "the data folder {0:?} cannot be used: PostgreSQL needs a path of plain UTF-8 without control characters; choose another folder"
    )]
    UnusablePath(PathBuf),

    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },

    #[error(
        "not permitted to {doing} {}: give this user the right to it, or choose another data folder{}", path.display(), said(log)
    )]
    Permission {
        doing: &'static str,
        path: PathBuf,
        log: String,
    },

    #[error(
        "the disk that holds {} is full: free some space and start again (nothing that was acknowledged is lost){}", path.display(), said(log)
    )]
    DiskFull { path: PathBuf, log: String },

    #[error(
        "the data folder {} is in use by {}: stop it first, or choose another data folder", data_dir.display(), process(*holder)
    )]
    InUse {
        data_dir: PathBuf,
        /// The process that holds the folder, where it could be read.
        holder: Option<u32>,
    },

    #[error(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as: create one (`useradd --system postgres`), or start as another user"
    )]
    NoAccount,

    #[error(
        "the cluster in {} belongs to user id {owner}, not to this user: start as that user or as root, or choose another data folder", data.display()
    )]
    ForeignCluster { data: PathBuf, owner: u32 },

    #[error(
        "the cluster in {} belongs to root, and PostgreSQL does not run as root: `chown -R` it to the account that shall run it", data.display()
    )]
    RootsCluster { data: PathBuf },

    #[error(
        "{} holds no PostgreSQL that can be used ({why}): point OPS_PG_BIN at a bin folder with `postgres` and `initdb`, or unset it", folder.display()
    )]
    UnusableFolder { folder: PathBuf, why: String },

    #[error(
        "no PostgreSQL found: install one (`apt-get install postgresql`, `brew install postgresql@17`) or set OPS_PG_BIN to its bin folder{}",
        because(reasons)
    )]
    NoBinaries {
        /// What was found but not usable, and why nothing could be provisioned.
        reasons: Vec<String>,
    },

    #[error(
        "the data in {} was made by PostgreSQL {needs}, and only {found} was found: install PostgreSQL {needs} (`apt-get install postgresql-{needs}`, `brew install postgresql@{needs}`) or set OPS_PG_BIN to its bin folder; to start with empty data instead, choose another data folder", data.display()
    )]
    WrongMajor {
        data: PathBuf,
        needs: u32,
        found: String,
    },

    #[error(
        "the data in {} was made by PostgreSQL {needs}, and {} to {} are supported: move it over with `pg_dump` of PostgreSQL {needs}, or choose another data folder", data.display(), SUPPORTED_MAJORS.start(), SUPPORTED_MAJORS.end()
    )]
    UnsupportedMajor { data: PathBuf, needs: u32 },

    #[error(transparent)]
    Provision(#[from] ProvisionError),

    #[error("PostgreSQL could not make its cluster (initdb failed){}", said(log))]
    Initdb { log: String },

    #[error("PostgreSQL did not start ({status}){}", said(log))]
    StartFailed { status: String, log: String },

    #[error(
        "PostgreSQL was not ready after {seconds} s: the machine may be too busy, start again{}",
        said(log)
    )]
    StartTimeout { seconds: u64, log: String },

    #[error(
        "process {pid}, which an earlier run left behind in {}, does not end: end it by hand (`kill -9 {pid}`) and start again", data.display()
    )]
    Leftover { pid: i32, data: PathBuf },

    #[error("could not {doing}: {source}")]
    Database {
        doing: &'static str,
        source: tokio_postgres::Error,
    },

    #[error(
        "PostgreSQL ended by itself ({status}): start again, what was acknowledged is recovered{}",
        said(log)
    )]
    Died { status: String, log: String },
}

impl EmbeddedError {
    /// Gives an I/O error its place and, where its kind is known, its advice.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => EmbeddedError::DiskFull {
                path,
                log: String::new(),
            },
            io::ErrorKind::PermissionDenied => EmbeddedError::Permission {
                doing,
                path,
                log: String::new(),
            },
            _ => EmbeddedError::Io {
                doing,
                path,
                source,
            },
        }
    }

    /// The plain cause where PostgreSQL's own words name one; else `other`.
    pub(crate) fn from_log(
        data: &Path,
        log: String,
        other: impl FnOnce(String) -> EmbeddedError,
    ) -> EmbeddedError {
        let path = data.to_owned();
        if log.contains("No space left on device") || log.contains("Disk quota exceeded") {
            EmbeddedError::DiskFull { path, log }
        } else if log.contains("Permission denied") || log.contains("Operation not permitted") {
            EmbeddedError::Permission {
                doing: "use",
                path,
                log,
            }
        } else {
            other(log)
        }
    }
}

fn said(log: &str) -> String {
    match log.trim() {
        "" => String::new(),
        log => format!("\nPostgreSQL said:\n{log}"),
    }
}

fn because(reasons: &[String]) -> String {
    match reasons {
        [] => String::new(),
        reasons => format!(" ({})", reasons.join("; ")),
    }
}

fn process(holder: Option<u32>) -> String {
    match holder {
        Some(pid) => format!("process {pid}"),
        None => "another process".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_the_log_of_postgresql() {
        let log = "FATAL:  could not write lock file \"postmaster.pid\": No space left on device";
        let error = EmbeddedError::from_log(Path::new("/d"), log.into(), |log| {
            EmbeddedError::Initdb { log }
        });
        let text = error.to_string();
        assert!(matches!(error, EmbeddedError::DiskFull { .. }), "{text}");
        assert!(text.contains("free some space") && text.contains("postmaster.pid"));
    }

    #[test]
    fn io_errors_name_the_place_and_the_way_out() {
        let denied = EmbeddedError::io("make", Path::new("/d"))(io::Error::from(
            io::ErrorKind::PermissionDenied,
        ));
        assert_eq!(
            denied.to_string(),
            "not permitted to make /d: give this user the right to it, or choose another data folder"
        );
        let full =
            EmbeddedError::io("make", Path::new("/d"))(io::Error::from(io::ErrorKind::StorageFull));
        assert!(matches!(full, EmbeddedError::DiskFull { .. }));
    }
}
