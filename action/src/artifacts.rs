//! Copies of what runs leave behind: a worker's token may put artifacts and not read them, so they are
//! kept when they pass.

use crate::commands::{Level, annotate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// One file of a run.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    /// Of the artifact in the workflow run, where each may be there once.
    pub name: String,
    pub path: PathBuf,
}

struct Passing {
    run_id: String,
    name: String,
    bytes: Vec<u8>,
}

type Writer = (Sender<Passing>, JoinHandle<Vec<Kept>>);

/// A thread writes: the worker's tasks must not wait for a disk. Cheap to clone.
#[derive(Clone)]
pub struct Keeper(Arc<Mutex<Option<Writer>>>);

impl Keeper {
    pub fn start(folder: PathBuf) -> Self {
        let (sender, passing) = channel::<Passing>();
        let thread = std::thread::spawn(move || {
            // A later attempt of a run replaces what the first one left.
            let mut kept = BTreeMap::new();
            for artifact in passing {
                let run = artifact.run_id.get(..8).unwrap_or(&artifact.run_id);
                let name = format!("{}-{}", plain(run), plain(&artifact.name));
                let path = folder.join(&name);
                match write(&folder, &path, &artifact.bytes) {
                    Ok(()) => drop(kept.insert(name, path)),
                    Err(error) => annotate(
                        Level::Warning,
                        None,
                        &format!("{} is not kept here: {error}", path.display()),
                    ),
                }
            }
            let kept = kept.into_iter();
            kept.map(|(name, path)| Kept { name, path }).collect()
        });
        Keeper(Arc::new(Mutex::new(Some((sender, thread)))))
    }

    pub fn keep(&self, run_id: &str, name: &str, bytes: &[u8]) {
        let passing = Passing {
            run_id: run_id.into(),
            name: name.into(),
            bytes: bytes.into(),
        };
        let writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((sender, _)) = &*writer {
            let _ = sender.send(passing);
        }
    }

    /// Everything that was kept, when all of it is written.
    pub fn finish(&self) -> Vec<Kept> {
        let writer = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((sender, thread)) = writer else {
            return Vec::new();
        };
        drop(sender);
        thread.join().unwrap_or_default()
    }
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // A link that a step laid out for us is replaced, not followed.
    let beside = path.with_extension("ops-new");
    let _ = std::fs::remove_file(&beside);
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(&beside)?;
    std::io::Write::write_all(&mut file, bytes)?;
    std::fs::rename(beside, path)
}

/// A name that stays in its folder, and that the workflow run takes: no `" : < > | * ? \ /`.
fn plain(name: &str) -> String {
    let plain = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "._-".contains(c) => c,
        _ => '_',
    };
    name.chars().take(200).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_in_their_folder_and_the_last_one_counts() {
        let folder = std::env::temp_dir().join(format!("ops-keeper-{}", std::process::id()));
        let keeper = Keeper::start(folder.clone());
        keeper.keep("0123456789", "../../etc/passwd", b"no");
        keeper.keep("0123456789", "a.txt", b"first");
        keeper.keep("0123456789", "a.txt", b"second");
        let kept = keeper.finish();
        let names: Vec<_> = kept.iter().map(|kept| kept.name.as_str()).collect();
        assert_eq!(names, ["01234567-.._.._etc_passwd", "01234567-a.txt"]);
        assert_eq!(std::fs::read(&kept[1].path).unwrap(), b"second");
        assert_eq!(kept[1].path.parent(), Some(folder.as_path()));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
