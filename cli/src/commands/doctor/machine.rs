//! The machine itself: a shell for the steps, room for the data.

use super::report::Report;
use crate::output::text::size;
use rustix::fs::{Access, access, statvfs};
use std::path::{Path, PathBuf};

/// Below this, PostgreSQL and the logs of runs have little room.
const LOW: u64 = 1024 * 1024 * 1024;

/// The program of that name on the search path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file() && access(program, Access::EXEC_OK).is_ok())
}

pub fn shell(report: &mut Report) {
    match (find_program("bash"), find_program("sh")) {
        (Some(bash), _) => report.ok("shell", format!("steps run in {}", bash.display())),
        (None, Some(sh)) => report.note(
            "shell",
            format!(
                "no bash; steps run in {} -eu, without pipefail",
                sh.display()
            ),
            "install bash where runbooks use it",
        ),
        (None, None) => report.problem("shell", "neither bash nor sh is on PATH", "install bash"),
    }
}

pub fn data_folder(report: &mut Report, data: &Path) {
    let name = "data folder";
    // Where it is not there yet, its nearest parent decides.
    let Some(nearest) = data.ancestors().map(existing).find(|path| path.exists()) else {
        report.problem(
            name,
            format!("{} cannot be made", data.display()),
            "choose another one with --data",
        );
        return;
    };
    let there = if data.exists() {
        ""
    } else {
        " (not there yet)"
    };
    if !nearest.is_dir() || access(&nearest, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        report.problem(
            name,
            format!("{}{there} cannot be written", data.display()),
            format!(
                "give yourself the right to write {}, or choose another folder with --data",
                nearest.display()
            ),
        );
        return;
    }
    match statvfs(&nearest).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)) {
        Ok(free) => space(report, &format!("{}{there}", data.display()), free),
        Err(error) => report.note(name, format!("{}{there}: {error}", data.display()), ""),
    }
}

fn space(report: &mut Report, told: &str, free: u64) {
    let free_space = size(free);
    match free < LOW {
        true => report.problem(
            "data folder",
            format!("{told} has {free_space} free"),
            "free some space: a full disk stops the database",
        ),
        false => report.ok("data folder", format!("{told}, {free_space} free")),
    }
}

/// The last parent of a relative path is empty and means the current folder.
fn existing(path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_full_or_nearly_so_is_a_problem() {
        for (free, is_fine) in [(0, false), (LOW - 1, false), (LOW, true)] {
            let mut report = Report::default();
            space(&mut report, "/data", free);
            assert_eq!(report.is_fine(), is_fine, "{free}");
        }
    }
}
