//! Writing so that what was there before is whole where something goes wrong.

use crate::FilesError;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// One file. What is no regular file, such as a terminal or a pipe, is written as it is.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    let fault = |error| FilesError::Write {
        path: path.into(),
        error,
    };
    // A link stays one.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    if fs::metadata(&target).is_ok_and(|found| !found.is_file()) {
        let file = OpenOptions::new().write(true).open(&target);
        return file
            .and_then(|mut file| file.write_all(bytes))
            .map_err(fault);
    }
    let beside = beside(&target);
    fresh(&beside, bytes)
        .and_then(|()| fs::rename(&beside, &target))
        .map_err(|error| {
            let _ = fs::remove_file(&beside);
            fault(error)
        })
}

/// Files of one folder, by name: all of them or none.
pub fn replace_all(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), FilesError> {
    let kept = |path: PathBuf| move |error| FilesError::Kept { path, error };
    fs::create_dir_all(folder).map_err(kept(folder.into()))?;
    let stage = Stage::beside(folder).map_err(kept(folder.into()))?;
    // Everything that needs room is on the disk before the first file changes.
    for (name, bytes) in files {
        let path = folder.join(name);
        fresh(&stage.fresh(name), bytes).map_err(kept(path.clone()))?;
        stage.remember(&path, name).map_err(kept(path))?;
    }
    for (at, (name, _)) in files.iter().enumerate() {
        let path = folder.join(name);
        if let Err(error) = fs::rename(stage.fresh(name), &path) {
            let before = files.get(..at).unwrap_or_default();
            return Err(match stage.put_back(folder, before) {
                Ok(()) => FilesError::Kept { path, error },
                Err(_) => FilesError::Torn { path, error },
            });
        }
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

fn fresh(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link that somebody laid out is refused, not followed.
    let mut file: File = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A hidden folder beside the files: renaming works within one file system only.
struct Stage(PathBuf);

impl Stage {
    fn beside(folder: &Path) -> io::Result<Self> {
        let stage = folder.join(format!(".spec-kit.{}.new", std::process::id()));
        fs::create_dir(&stage)?;
        Ok(Stage(stage))
    }

    fn path(&self, lead: &str, name: &str) -> PathBuf {
        self.0.join(format!("{lead}-{name}"))
    }

    fn fresh(&self, name: &str) -> PathBuf {
        self.path("new", name)
    }

    /// A second name for the file as it is, which costs no room; a copy where there are no links.
    fn remember(&self, path: &Path, name: &str) -> io::Result<()> {
        if !path.exists() {
            return Ok(());
        }
        let old = self.path("old", name);
        fs::hard_link(path, &old).or_else(|_| fs::copy(path, &old).map(drop))
    }

    fn put_back(&self, folder: &Path, files: &[(&str, &[u8])]) -> io::Result<()> {
        for (name, _) in files {
            let old = self.path("old", name);
            match old.exists() {
                true => fs::rename(old, folder.join(name))?,
                false => fs::remove_file(folder.join(name))?,
            }
        }
        Ok(())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
