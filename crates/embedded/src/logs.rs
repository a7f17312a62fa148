//! The server's log files: the end of them for people, and a bound on what they take.

use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};

/// 8 MB each (`log_rotation_size`).
const KEPT: usize = 5;
const LINES: usize = 15;
const CLEARED_EVERY: Duration = Duration::from_secs(600);

/// The last lines that PostgreSQL wrote: first to its standard error, then by its own collector.
pub(crate) fn tail(start_log: &Path, data: &Path) -> String {
    let mut text = read_end(start_log);
    if let Some(newest) = files(data).last() {
        text.push('\n');
        text.push_str(&read_end(newest));
    }
    // What the collector says about itself helps nobody.
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.contains("logging collector process"))
        .filter(|line| !line.contains("Future log output will appear"))
        .collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Removes old files now and then, for as long as it runs.
pub(crate) async fn keep_bounded(data: PathBuf) {
    let mut tick = tokio::time::interval(CLEARED_EVERY);
    loop {
        tick.tick().await;
        let mut old = files(&data);
        old.truncate(old.len().saturating_sub(KEPT));
        for file in old {
            // The next round tries again.
            let _ = fs::remove_file(file);
        }
    }
}

/// The collector's files, oldest first: their names carry the time.
fn files(data: &Path) -> Vec<PathBuf> {
    let folder = data.join("log");
    let is_log = |name: &str| name.starts_with("postgres-") && name.ends_with(".log");
    let real = fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir());
    let Some(entries) = real.then(|| fs::read_dir(&folder).ok()).flatten() else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| is_log(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

fn read_end(path: &Path) -> String {
    let read = || {
        let mut file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(16 * 1024)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        std::io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_ends_with_what_was_said_last() {
        let home = tempfile::tempdir().unwrap();
        let log = home.path().join("log");
        fs::create_dir(&log).unwrap();
        fs::write(log.join("postgres-2026-01-01_000000.log"), "old\n").unwrap();
        fs::write(log.join("postgres-2026-01-02_000000.log"), "new\n").unwrap();
        let start_log = home.path().join("start.log");
        fs::write(
            &start_log,
            "LOG:  redirecting log output to logging collector process\nFATAL: x\n",
        )
        .unwrap();
        assert_eq!(tail(&start_log, home.path()), "FATAL: x\nnew");
    }
}
