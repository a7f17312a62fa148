//! A run's own folder: made before its first step, removed after its last.

use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder is made a moment before it is locked; younger ones are left alone.
const MIN_AGE: Duration = Duration::from_secs(60);

pub struct RunFolder {
    path: PathBuf,
    /// Held as long as the worker lives; a folder that nobody locks is a dead worker's.
    _lock: File,
}

impl RunFolder {
    /// Makes `<run_id>-<attempt>` below `runs_dir`, readable by nobody else.
    pub fn create(runs_dir: &Path, run_id: &str, attempt: u32) -> std::io::Result<Self> {
        // The id comes over the network and must not name another folder.
        let safe: String = run_id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
            .collect();
        std::fs::create_dir_all(runs_dir)?;
        let path = runs_dir.canonicalize()?.join(format!("{safe}-{attempt}"));
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut builder = std::fs::DirBuilder::new();
        builder.mode(0o700);
        builder.create(&path)?;
        let lock = File::open(&path)?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive)?;
        let folder = RunFolder { path, _lock: lock };
        builder.create(folder.own())?;
        Ok(folder)
    }

    /// `OPS_RUN_DIR`.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn script(&self, place: usize) -> PathBuf {
        self.own().join(format!("step-{place}.sh"))
    }

    /// `OPS_OUTPUT` of a step.
    pub fn outputs(&self, place: usize) -> PathBuf {
        self.own().join(format!("outputs-{place}"))
    }

    fn own(&self) -> PathBuf {
        self.path.join(MARK)
    }
}

/// What makes a folder one of ours.
const MARK: &str = ".ops";

impl Drop for RunFolder {
    fn drop(&mut self) {
        // A step may have taken away its own right to enter folders; then something stays.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes what killed workers left below `runs_dir`. Nothing here is worth failing for.
pub fn remove_left_behind(runs_dir: &Path) {
    remove_older_than(runs_dir, MIN_AGE);
}

fn remove_older_than(runs_dir: &Path, age: Duration) {
    for entry in std::fs::read_dir(runs_dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_old = entry
            .metadata()
            .and_then(|metadata| metadata.modified())
            .is_ok_and(|made| made.elapsed().is_ok_and(|since| since >= age));
        if !is_old || !path.join(MARK).is_dir() {
            continue;
        }
        let Ok(folder) = File::open(&path) else {
            continue;
        };
        if flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("ops-folder-{name}-{}", std::process::id()))
    }

    #[test]
    fn an_id_cannot_lead_out_of_the_folder() {
        let base = base("id");
        let folder = RunFolder::create(&base, "../../etc/x", 3).unwrap();
        assert_eq!(folder.path(), base.canonicalize().unwrap().join("etcx-3"));
        let path = folder.path().to_path_buf();
        drop(folder);
        assert!(!path.exists());
        std::fs::remove_dir_all(base).unwrap();
    }

    #[test]
    fn only_what_a_dead_worker_left_is_removed() {
        let base = base("left");
        let alive = RunFolder::create(&base, "alive", 1).unwrap();
        std::fs::create_dir_all(base.join("dead-1/.ops")).unwrap();
        std::fs::create_dir_all(base.join("not-ours/src")).unwrap();
        remove_left_behind(&base);
        assert!(base.join("dead-1").exists(), "too young to be judged");
        remove_older_than(&base, Duration::ZERO);
        assert!(!base.join("dead-1").exists());
        assert!(alive.path().exists() && base.join("not-ours").exists());
        drop(alive);
        std::fs::remove_dir_all(base).unwrap();
    }
}
