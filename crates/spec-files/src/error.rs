use ops_spec_kit::config::{BaselineError, ConfigError};
use ops_spec_kit::generate::Refusal;
use ops_spec_kit::model::RequestError;
use ops_spec_kit::report::Exit;
use ops_spec_kit::text::SourceError;
use std::io;
use std::path::PathBuf;

/// Why there is no report, or no bundle.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("{}: there is no such file or folder", .0.display())]
    Missing(PathBuf),
    #[error("{}: neither a file nor a folder", .0.display())]
    Strange(PathBuf),
    #[error("{}: a folder; a file is expected", .0.display())]
    Folder(PathBuf),
    #[error("{}: no bundle and no document of one is in there", .0.display())]
    NoBundle(PathBuf),
    #[error("{}: {name} is not there; a bundle of all four documents can be exported", path.display())]
    Incomplete { path: PathBuf, name: &'static str },
    #[error(
        "{} is no export of this bundle, or was changed by hand since", files.join(", ")
    )]
    Foreign { files: Vec<String> },
    #[error("{}: is there already and says something else", .0.display())]
    Taken(PathBuf),
    #[error("{}: {count} bundles are in there, {folders}; name one of them", path.display())]
    ManyBundles {
        path: PathBuf,
        count: usize,
        folders: String,
    },
    #[error("{}: more than {most} are in there; name the folders of the bundles", path.display())]
    TooMuch { path: PathBuf, most: &'static str },
    #[error(
        "{0} and {1} say different things; check their bundles one after another, or with one configuration for all"
    )]
    ManyConfigs(String, String),
    #[error("{}: lies outside of the working folder, so there is no earlier state of it", .0.display())]
    Outside(PathBuf),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    #[error(transparent)]
    Text(#[from] SourceError),
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("cannot read {}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {error}; the bundle is as it was", path.display())]
    Kept { path: PathBuf, error: io::Error },
    #[error(
        "cannot write {}: {error}; the files before it could not be put back: generate again",
        path.display()
    )]
    Torn { path: PathBuf, error: io::Error },
}

impl FilesError {
    /// As the exit status of a check. What the disk refuses says nothing about the documents.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Refused(Refusal::Slug { .. } | Refusal::Date { .. }) => Exit::Usage,
            Self::Refused(_)
            | Self::Text(_)
            | Self::Request(_)
            | Self::Foreign { .. }
            | Self::Taken(_) => Exit::Findings,
            Self::Missing(_)
            | Self::Strange(_)
            | Self::Folder(_)
            | Self::NoBundle(_)
            | Self::Incomplete { .. }
            | Self::ManyBundles { .. }
            | Self::TooMuch { .. }
            | Self::ManyConfigs(..)
            | Self::Outside(_)
            | Self::Config(_)
            | Self::Baseline(_) => Exit::Usage,
            Self::Read { .. } | Self::Write { .. } | Self::Kept { .. } | Self::Torn { .. } => {
                Exit::Internal
            }
        }
    }
}
