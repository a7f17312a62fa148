//! Which runs this job holds, on disk: what the post step hands back when the main step could not.

use crate::commands::token;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::summary::append;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Held {
    pub url: String,
    pub token: String,
    pub worker_id: String,
    /// Of the main step.
    pub pid: u32,
    /// Run and attempt.
    pub runs: BTreeMap<String, u32>,
}

/// Told by the main step to its own post step, and to nobody else's.
const STATE: &str = "held";

/// Where the main step wrote it.
pub fn path(environment: &Environment) -> Option<PathBuf> {
    environment
        .get(&format!("STATE_{STATE}"))
        .map(PathBuf::from)
}

impl Held {
    pub fn read(environment: &Environment) -> Option<Self> {
        let text = std::fs::read(path(environment)?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn write(&self, path: &PathBuf) -> std::io::Result<()> {
        let beside = path.with_extension("new");
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600);
        let file = file.open(&beside)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        serde_json::to_writer(&file, self)?;
        std::fs::rename(beside, path)
    }
}

/// Kept up to date while the worker works.
pub struct Book {
    held: Mutex<Held>,
    path: PathBuf,
}

impl Book {
    pub fn open(environment: &Environment, held: Held) -> Result<Self, Failure> {
        let word = token().map_err(Failure::Runtime)?;
        // Readable by its user alone, for it has a worker's token; jobs of one machine may share the folder.
        let path = environment
            .temporary()
            .join(format!("ops-action-{word}.json"));
        held.write(&path)
            .map_err(|error| Failure::Io(path.display().to_string(), error))?;
        let told = format!("{STATE}<<{word}\n{}\n{word}\n", path.display());
        append(environment, "GITHUB_STATE", &told)?;
        Ok(Book {
            held: Mutex::new(held),
            path,
        })
    }

    /// A disk that is full costs the post step its knowledge, and the run nothing: its lease runs out.
    pub fn change(&self, change: impl FnOnce(&mut Held)) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut held);
        let _ = held.write(&self.path);
    }

    /// What the worker could not tell any more, such as one that was told to end at once, is left to
    /// the post step.
    pub fn close(&self) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.runs.is_empty() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
