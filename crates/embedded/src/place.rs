//! Where the cluster lives: in the data folder, or, where root may not take PostgreSQL's account
//! in there, in a folder of its own that the data folder remembers.

use crate::{EmbeddedError, Report, files, identity::RunAs};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Where clusters go that root starts for a folder that PostgreSQL's account cannot reach.
const SYSTEM_HOME: &str = "/var/lib/ops-control-room";
const RECORD: &str = "postgres.json";

/// What the data folder remembers about places outside of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) home: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) socket_dir: Option<PathBuf>,
}

pub(crate) struct Place {
    /// The caller's folder, absolute.
    pub(crate) data_dir: PathBuf,
    /// The folder that holds the cluster, its lock, its socket and provisioned binaries.
    pub(crate) home: PathBuf,
    pub(crate) run_as: RunAs,
    pub(crate) record: Record,
}

impl Place {
    pub(crate) async fn resolve(data_dir: &Path, report: &Report) -> Result<Place, EmbeddedError> {
        let data_dir = ensure(data_dir)?;
        let record = read_record(&data_dir)?;
        let home = record.home.clone().unwrap_or_else(|| data_dir.clone());
        let mut place = Place {
            data_dir,
            home,
            run_as: RunAs::Ourselves,
            record,
        };
        if place.has_cluster() {
            place.run_as = RunAs::owner_of(&place.data())?;
            return Ok(place);
        }
        place.run_as = RunAs::for_new_cluster()?;
        if place.run_as != RunAs::Ourselves && !place.run_as.reaches(&place.home).await {
            place.move_to_system_home(report)?;
        }
        Ok(place)
    }

    /// PostgreSQL's own data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.join("postgres")
    }

    pub(crate) fn has_cluster(&self) -> bool {
        self.data().join("PG_VERSION").exists()
    }

    /// The major version that made the cluster, where there is one.
    pub(crate) fn major(&self) -> Result<Option<u32>, EmbeddedError> {
        let file = self.data().join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(text) => text.trim().parse().map(Some).map_err(|_| {
                let source = io::Error::new(io::ErrorKind::InvalidData, "not a version number");
                EmbeddedError::io("read", &file)(source)
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EmbeddedError::io("read", &file)(error)),
        }
    }

    /// Writes down what [`Record`] says, where it says anything.
    pub(crate) fn remember(&self) -> Result<(), EmbeddedError> {
        let path = self.data_dir.join(RECORD);
        if self.record.home.is_none() && self.record.socket_dir.is_none() && !path.exists() {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&self.record)
            .map_err(|error| EmbeddedError::io("write", &path)(error.into()))?;
        files::replace(&path, &format!("{text}\n"), 0o600)
    }

    fn move_to_system_home(&mut self, report: &Report) -> Result<(), EmbeddedError> {
        let base = Path::new(SYSTEM_HOME);
        let digest = Sha256::digest(self.data_dir.as_os_str().as_encoded_bytes());
        let id: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.home = base.join(id);
        for folder in [base, &self.home] {
            files::ensure_dir(folder, 0o711).map_err(EmbeddedError::io("make", folder))?;
            let owner = fs::metadata(folder).map_err(EmbeddedError::io("look at", folder))?;
            if owner.uid() != 0 {
                let data = folder.to_owned();
                let owner = owner.uid();
                return Err(EmbeddedError::ForeignCluster { data, owner });
            }
        }
        report(&format!(
            "the account that runs PostgreSQL cannot enter {}: the cluster lives in {}",
            self.data_dir.display(),
            self.home.display()
        ));
        self.record.home = Some(self.home.clone());
        // Written before the cluster is made: data must never be without a way to it.
        self.remember()?;
        if self.has_cluster() {
            self.run_as = RunAs::owner_of(&self.data())?;
        }
        Ok(())
    }
}

/// The data folder, made if need be. As root it may be passed through (not listed), or PostgreSQL's account
/// would be locked out of its own cluster; a folder that is there keeps its rights, as do all parents.
fn ensure(data_dir: &Path) -> Result<PathBuf, EmbeddedError> {
    let usable = |path: &Path| {
        path.to_str()
            .is_some_and(|text| !text.is_empty() && !text.chars().any(char::is_control))
    };
    if !usable(data_dir) {
        return Err(EmbeddedError::UnusablePath(data_dir.to_owned()));
    }
    if !data_dir.exists() {
        if let Some(parent) = data_dir.parent() {
            fs::create_dir_all(parent).map_err(EmbeddedError::io("make", parent))?;
        }
        let mode = if rustix::process::geteuid().is_root() {
            0o711
        } else {
            0o700
        };
        files::ensure_dir(data_dir, mode).map_err(EmbeddedError::io("make", data_dir))?;
    }
    let absolute = data_dir
        .canonicalize()
        .map_err(EmbeddedError::io("enter", data_dir))?;
    if usable(&absolute) {
        Ok(absolute)
    } else {
        Err(EmbeddedError::UnusablePath(absolute))
    }
}

fn read_record(data_dir: &Path) -> Result<Record, EmbeddedError> {
    let path = data_dir.join(RECORD);
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .map_err(|error| EmbeddedError::io("understand", &path)(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Record::default()),
        Err(error) => Err(EmbeddedError::io("read", &path)(error)),
    }
}
