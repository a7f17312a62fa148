//! What the browser tests need: Chromium, and the pinned npm packages that drive it.

use crate::stage::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Idempotent, and quick when everything is there. Without npm, or without Chromium and the right to
/// install it, the browser tests say that they cannot run; where everything is required that fails.
pub fn set_up() -> Result<(), String> {
    let folder = Path::new(root()).join("tests/browser");
    if which("npm").is_none() {
        println!("── no npm: the browser tests will not run");
        return Ok(());
    }
    if which("chromium").is_none() && which("apt-get").is_some() {
        println!("── Chromium: apt-get install chromium");
        // Without root this fails, and the tests say what is missing.
        let _ = Command::new("apt-get").args(["update", "-qq"]).status();
        let _ = Command::new("apt-get")
            .args(["install", "-y", "-qq", "chromium", "fonts-liberation"])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
    }
    let stamp = folder.join("node_modules/.package-lock.json");
    if newer(&stamp, &folder.join("package-lock.json")) {
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
        .current_dir(&folder)
        .status()
        .map_err(|e| format!("npm: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("npm ci failed in tests/browser".into())
    }
}

fn newer(this: &Path, than: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    matches!((time(this), time(than)), (Some(a), Some(b)) if a >= b)
}

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
