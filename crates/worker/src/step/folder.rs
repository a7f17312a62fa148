//! A run's own folder: made before its first step, removed after its last.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes `<run_id>-<attempt>` below `runs_dir`, readable by nobody else. What a killed worker
    /// left there is removed.
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
        let folder = RunFolder { path };
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
        self.path.join(".ops")
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // A step may have taken away its own right to enter folders; then something stays.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_lead_out_of_the_folder() {
        let base = std::env::temp_dir().join(format!("ops-folder-{}", std::process::id()));
        let folder = RunFolder::create(&base, "../../etc/x", 3).unwrap();
        assert_eq!(folder.path(), base.canonicalize().unwrap().join("etcx-3"));
        let path = folder.path().to_path_buf();
        drop(folder);
        assert!(!path.exists());
        std::fs::remove_dir_all(base).unwrap();
    }
}
