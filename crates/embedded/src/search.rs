//! The folders where systems put PostgreSQL's binaries.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};
use tokio::process::Command;

/// Folders that hold both programs, in the order of preference, each once.
pub(crate) async fn usual_places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    places.extend(pg_config().await);
    places.extend(newest_first("/usr/lib/postgresql", "", "bin"));
    places.extend(newest_first("/usr", "pgsql-", "bin"));
    for prefix in ["/opt/homebrew/opt", "/usr/local/opt"] {
        places.extend(newest_first(prefix, "postgresql@", "bin"));
        places.push(Path::new(prefix).join("postgresql/bin"));
    }
    places.extend(newest_first(
        "/Applications/Postgres.app/Contents/Versions",
        "",
        "bin",
    ));
    // Systems that keep them among all other programs.
    let path = std::env::var_os("PATH").unwrap_or_default();
    places.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));

    let mut kept: Vec<PathBuf> = Vec::new();
    for place in places {
        // A client-only installation has a `pg_config` and no server.
        let holds = ["postgres", "initdb"]
            .iter()
            .all(|name| place.join(name).is_file());
        if holds && !kept.contains(&place) {
            kept.push(place);
        }
    }
    kept
}

async fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (!text.trim().is_empty()).then(|| PathBuf::from(text.trim()))
}

/// `<base>/<prefix><version>/<inside>`, the highest version first.
fn newest_first(base: &str, prefix: &str, inside: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(base) else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?;
            let major = version.split('.').next()?.parse().ok()?;
            Some((major, entry.path().join(inside)))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort_as_numbers_and_other_folders_are_passed_over() {
        let base = tempfile::tempdir().unwrap();
        for name in ["pg@9.6", "pg@16", "pg@15", "pg@latest", "other"] {
            fs::create_dir(base.path().join(name)).unwrap();
        }
        let found = newest_first(base.path().to_str().unwrap(), "pg@", "bin");
        let expected = ["pg@16", "pg@15", "pg@9.6"].map(|name| base.path().join(name).join("bin"));
        assert_eq!(found, expected);
    }
}
