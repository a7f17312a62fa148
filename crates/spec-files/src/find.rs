//! Files of a tree, with limits: a check of a whole repository must end.

use crate::FilesError;
use crate::names::{child, slashed};
use ops_spec_kit::text::MAX_BYTES;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// By the name that findings give them.
pub type Files = BTreeMap<String, Vec<u8>>;

const MAX_FILES: usize = 10_000;
const MAX_TOTAL: usize = 256 * 1024 * 1024;
/// Hidden folders are tools' own, but for these two, where documents are kept.
const HIDDEN: [&str; 2] = [".kiro", ".specify"];
const SKIPPED: [&str; 2] = ["target", "node_modules"];
const OWN: [&str; 3] = ["spec-kit.json", "spec-kit.lock", "spec-kit.toml"];

/// Adds what a bundle may consist of. Links are not followed, as they may lead back or outside.
pub fn walk(disk: &Path, name: &str, files: &mut Files) -> Result<(), FilesError> {
    let mut total: usize = files.values().map(Vec::len).sum();
    let mut folders: Vec<(PathBuf, String)> = vec![(disk.into(), name.into())];
    while let Some((folder, name)) = folders.pop() {
        let fault = |error| FilesError::Read {
            path: folder.clone(),
            error,
        };
        for entry in std::fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            let own = entry.file_name().to_string_lossy().into_owned();
            let inside = child(&name, &own);
            if kind.is_dir() {
                if is_walked(&own) {
                    folders.push((entry.path(), inside));
                }
            } else if kind.is_file() && is_wanted(&own) {
                let bytes = read(&entry.path())?;
                total += bytes.len();
                files.insert(inside, bytes);
                let most = match (files.len() > MAX_FILES, total > MAX_TOTAL) {
                    (true, _) => "10,000 documents",
                    (_, true) => "256 MiB of documents",
                    _ => continue,
                };
                let path = disk.into();
                return Err(FilesError::TooMuch { path, most });
            }
        }
    }
    Ok(())
}

fn is_walked(name: &str) -> bool {
    HIDDEN.contains(&name) || !(name.starts_with('.') || SKIPPED.contains(&name))
}

/// Whether a file of this name may belong to a bundle.
pub fn is_wanted(name: &str) -> bool {
    name.ends_with(".md") || name.ends_with(".markdown") || OWN.contains(&name)
}

/// One byte more than is allowed tells that there is more.
pub fn read(path: &Path) -> Result<Vec<u8>, FilesError> {
    // It lists what is in four documents.
    let most = match path.file_name().is_some_and(|name| name == "spec-kit.json") {
        true => MAX_TOTAL,
        false => MAX_BYTES,
    };
    let mut bytes = Vec::new();
    let file = File::open(path);
    let done = file.and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes));
    match done {
        Ok(_) => Ok(bytes),
        Err(error) => Err(match error.kind() {
            std::io::ErrorKind::NotFound => FilesError::Missing(path.into()),
            std::io::ErrorKind::IsADirectory => FilesError::Folder(path.into()),
            _ => FilesError::Read {
                path: path.into(),
                error,
            },
        }),
    }
}

/// None where there is no such file.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FilesError> {
    match read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FilesError::Missing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is in a folder, by name; nothing where there is no such folder.
pub fn names_in(folder: &Path) -> Result<Vec<String>, FilesError> {
    let fault = |error| FilesError::Read {
        path: folder.into(),
        error,
    };
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(fault)?,
    };
    let names = entries.map(|entry| Ok(slashed(Path::new(&entry.map_err(fault)?.file_name()))));
    let mut names = names.collect::<Result<Vec<String>, FilesError>>()?;
    names.sort();
    Ok(names)
}
