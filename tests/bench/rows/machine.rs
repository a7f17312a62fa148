//! What the machine's disk does, and what the programs weigh.

use crate::pass::Pass;
use crate::report::Row;
use crate::setup::Fallible;
use std::path::{Path, PathBuf};
use std::process::Command;

const FSYNCS: &str = "fdatasync of 8 kB on the disk of PostgreSQL (pg_test_fsync)";

/// Before anything else: how many commits one connection could have.
pub fn fsyncs(pass: &mut Pass) -> Fallible<()> {
    let Some(program) = pg_test_fsync() else {
        eprintln!("NOT RUN: pg_test_fsync is not there");
        return Ok(());
    };
    let file = pass.stage.folder().join("fsync");
    let seconds = pass.of("1", "3");
    let output = Command::new(program)
        .args(["-s", seconds, "-f"])
        .arg(&file)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    // The first of several tables is of one write of 8 kB.
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("fdatasync"));
    let rate = line.and_then(|rest| rest.split_whitespace().next());
    let rate = rate.ok_or_else(|| format!("pg_test_fsync: {text}"))?;
    pass.add(Row::per_second(FSYNCS, 1), rate.parse()?);
    Ok(())
}

fn pg_test_fsync() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let of_version = versions.into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    of_version
        .map(|version| version.path().join("bin"))
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join("pg_test_fsync"))
        .find(|file| file.exists())
}

/// Of the release alone: others are as large as their compiler likes.
pub fn sizes(pass: &mut Pass) -> Fallible<()> {
    if cfg!(debug_assertions) {
        return Ok(());
    }
    for name in ["ops", "ops-action"] {
        let file: &Path = &std::env::current_exe()?.with_file_name(name);
        let what = format!("size of `{name}`, stripped");
        if pass.wants(&what) && file.exists() {
            pass.add(Row::new(what, 1, "MB"), file.metadata()?.len() as f64 / 1e6);
        }
    }
    Ok(())
}
