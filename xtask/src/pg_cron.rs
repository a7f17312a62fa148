//! pg_cron for each PostgreSQL that apt has put here; tests sweep by it.

use crate::npm::which;
use std::process::Command;

/// Idempotent. Without root, or for a PostgreSQL that came in another way, the test of it says that it
/// cannot run; where everything is required that fails.
pub fn install() {
    let majors = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let wanted: Vec<String> = majors
        .filter(|entry| entry.path().join("bin/postgres").is_file())
        .filter(|entry| !entry.path().join("lib/pg_cron.so").is_file())
        .map(|entry| format!("postgresql-{}-cron", entry.file_name().to_string_lossy()))
        .collect();
    if wanted.is_empty() || which("apt-get").is_none() {
        return;
    }
    println!("── pg_cron: apt-get install {}", wanted.join(" "));
    let _ = Command::new("apt-get").args(["update", "-qq"]).status();
    let _ = Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(&wanted)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status();
}
