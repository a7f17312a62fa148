//! Pinned npm packages that tests use.

use crate::stage::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Installs what the lock file of `folder` names. Idempotent, and quick when everything is there.
/// Without npm the tests that need it say that they cannot run; where everything is required they
/// fail.
pub fn install(folder: &str) -> Result<(), String> {
    let path = Path::new(root()).join(folder);
    if which("npm").is_none() {
        eprintln!("── no npm: what needs {folder} will not run");
        return Ok(());
    }
    let stamp = path.join("node_modules/.package-lock.json");
    if newer(&stamp, &path.join("package-lock.json")) {
        return Ok(());
    }
    let status = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--silent",
        ])
        .current_dir(&path)
        .status()
        .map_err(|e| format!("npm: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("npm ci failed in {folder}"))
    }
}

fn newer(this: &Path, than: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    matches!((time(this), time(than)), (Some(a), Some(b)) if a >= b)
}

pub fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
