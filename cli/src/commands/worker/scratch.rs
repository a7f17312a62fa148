//! The folder in which a worker keeps the folders of its runs.

use crate::failure::Failure;
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Fresh, readable by this user alone, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn make() -> Result<Self, Failure> {
        let base = std::env::temp_dir();
        let mut number = 0;
        loop {
            let path = base.join(format!("ops-worker-{}-{number}", std::process::id()));
            // Made by us or not at all: a folder that somebody laid out for us is passed over.
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Scratch(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1_000 => {
                    number += 1;
                }
                Err(error) => return Err(Failure::file("make", &path, error)),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            crate::output::note(format_args!(
                "{} was not removed: {error}",
                self.0.display()
            ));
        }
    }
}
