//! Extensions that tests use, for each PostgreSQL that apt has put here: pg_cron sweeps, plpgsql_check
//! is behind `supabase db lint`, pgTAP behind `supabase test db`.

use crate::npm::which;
use std::path::Path;
use std::process::Command;

/// What apt calls it, and what PostgreSQL does.
const EXTENSIONS: [(&str, &str); 3] = [
    ("cron", "pg_cron"),
    ("plpgsql-check", "plpgsql_check"),
    ("pgtap", "pgtap"),
];

/// Idempotent. Without root, or for a PostgreSQL that came in another way, their tests say that they
/// cannot run; where everything is required that fails.
pub fn install() {
    let majors = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let wanted: Vec<String> = majors
        .filter(|entry| entry.path().join("bin/postgres").is_file())
        .flat_map(|entry| missing(&entry.file_name().to_string_lossy()))
        .collect();
    if wanted.is_empty() || which("apt-get").is_none() {
        return;
    }
    println!("── extensions: apt-get install {}", wanted.join(" "));
    let _ = Command::new("apt-get").args(["update", "-qq"]).status();
    let _ = Command::new("apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(&wanted)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status();
}

fn missing(major: &str) -> Vec<String> {
    let folder = Path::new("/usr/share/postgresql").join(major);
    let is_there = |name: &str| {
        let control = folder.join(format!("extension/{name}.control"));
        control.is_file()
    };
    EXTENSIONS
        .iter()
        .filter(|(_, name)| !is_there(name))
        .map(|(package, _)| format!("postgresql-{major}-{package}"))
        .collect()
}
