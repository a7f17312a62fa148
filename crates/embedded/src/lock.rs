//! One cluster, one process: a lock that the kernel takes back when its holder dies.

use crate::{EmbeddedError, files};
use rustix::fs::{FlockOperation, flock};
use std::{
    fs::File,
    io::{Read, Seek, Write},
    path::Path,
};

/// The held lock. Its file carries the holder's process id for the message of the next one.
pub(crate) struct Lock(File);

impl Lock {
    pub(crate) fn take(home: &Path, data_dir: &Path) -> Result<Lock, EmbeddedError> {
        let path = home.join("postgres.lock");
        let mut file = files::open_own(&path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                // The holder may be between taking the lock and writing its number.
                let holder = file
                    .read_to_string(&mut text)
                    .ok()
                    .and_then(|_| text.trim().parse().ok());
                let data_dir = data_dir.to_owned();
                return Err(EmbeddedError::InUse { data_dir, holder });
            }
            Err(error) => return Err(EmbeddedError::io("lock", &path)(error.into())),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(EmbeddedError::io("write", &path))?;
        Ok(Lock(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a process that another thread is just starting may hold a copy of
        // the descriptor for a moment. Nobody is helped by an error here.
        let _ = self.0.set_len(0);
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}
