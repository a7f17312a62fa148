//! The folder in which a worker keeps the folders of its runs.

use crate::failure::Failure;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const PREFIX: &str = "ops-worker-";
const LOCK: &str = "lock";

/// Fresh, for this user alone, removed at the end. A lock inside says that its worker lives: the
/// folder of one that was killed is removed by the next one, whatever container that runs in.
pub struct Scratch {
    folder: PathBuf,
    runs: PathBuf,
    _lock: File,
}

impl Scratch {
    pub fn make() -> Result<Self, Failure> {
        Self::make_in(&std::env::temp_dir())
    }

    fn make_in(base: &Path) -> Result<Self, Failure> {
        sweep(base);
        for number in 0.. {
            let folder = base.join(format!("{PREFIX}{}-{number}", std::process::id()));
            // Made by us or not at all: a folder that somebody laid out for us is passed over.
            match DirBuilder::new().mode(0o700).create(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1_000 => {
                    continue;
                }
                Err(error) => return Err(Failure::file("make", &folder, error)),
            }
            match furnish(&folder) {
                Ok((runs, lock)) => {
                    return Ok(Scratch {
                        folder,
                        runs,
                        _lock: lock,
                    });
                }
                // Somebody who sweeps was faster than our lock.
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotFound) => {}
                Err(error) => return Err(Failure::file("use", &folder, error)),
            }
        }
        Err(Failure::file("use", base, ErrorKind::AlreadyExists.into()))
    }

    pub fn runs(&self) -> &Path {
        &self.runs
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            let folder = self.folder.display();
            crate::output::note(format_args!("{folder} was not removed: {error}"));
        }
    }
}

fn furnish(folder: &Path) -> io::Result<(PathBuf, File)> {
    let lock = lock(&folder.join(LOCK), Create::New)?;
    let runs = folder.join("runs");
    DirBuilder::new().mode(0o700).create(&runs)?;
    Ok((runs, lock))
}

enum Create {
    New,
    Never,
}

fn lock(path: &Path, create: Create) -> io::Result<File> {
    let new = matches!(create, Create::New);
    let file = OpenOptions::new()
        .write(true)
        .create_new(new)
        .mode(0o600)
        .open(path)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(file)
}

/// Removes what killed workers of this user left. One that is just being made has no lock yet, and
/// is left alone.
fn sweep(base: &Path) {
    let own = rustix::process::geteuid().as_raw();
    let entries = fs::read_dir(base).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let ours = entry
            .metadata()
            .is_ok_and(|found| found.is_dir() && found.uid() == own);
        if let (true, Ok(_held)) = (ours, lock(&entry.path().join(LOCK), Create::Never)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dead_are_swept_and_the_living_are_not() {
        let base = std::env::temp_dir().join(format!("ops-scratch-{}", std::process::id()));
        let dead = base.join(format!("{PREFIX}1-0"));
        let foreign = base.join(format!("{PREFIX}2-0"));
        fs::create_dir_all(dead.join("runs/some")).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        fs::create_dir_all(&foreign).unwrap();

        let first = Scratch::make_in(&base).unwrap();
        assert!(!dead.exists() && foreign.exists() && first.runs().is_dir());
        let second = Scratch::make_in(&base).unwrap();
        assert!(first.runs().is_dir() && second.runs() != first.runs());
        assert_eq!(fs::metadata(&first.folder).unwrap().mode() & 0o777, 0o700);

        let folder = first.folder.clone();
        drop(first);
        assert!(!folder.exists());
        drop(second);
        fs::remove_dir_all(base).unwrap();
    }
}
