//! A worker without room would take runs only to give them back.

use std::path::Path;

/// Free space below which nothing is claimed, in bytes.
pub const MIN_FREE_BYTES: u64 = 200 * 1000 * 1000;

/// Why nothing should be claimed now. A folder that cannot be asked about is no reason.
pub fn trouble(runs_dir: &Path) -> Option<String> {
    let status = rustix::fs::statvfs(runs_dir).ok()?;
    let free = status.f_bavail.saturating_mul(status.f_frsize);
    (free < MIN_FREE_BYTES).then(|| {
        format!(
            "{} has {} MB free; {} MB are needed to take a run",
            runs_dir.display(),
            free / 1_000_000,
            MIN_FREE_BYTES / 1_000_000
        )
    })
}
