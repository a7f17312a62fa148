//! The folder of the unix socket: private, and short enough for the kernel.

use crate::{EmbeddedError, PORT, files, place::Place};
use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// What fits into `sockaddr_un` with its closing zero.
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Makes the folder ready and empty of what a killed server left in it.
pub(crate) fn ensure(place: &mut Place) -> Result<PathBuf, EmbeddedError> {
    let usual = place.home.join("socket");
    let folder = if fits(&usual) {
        place.record.socket_dir = None;
        files::ensure_dir(&usual, 0o700).map_err(EmbeddedError::io("make", &usual))?;
        usual
    } else {
        let folder = match place.record.socket_dir.take() {
            // In a folder that others may write to, only one that is still ours and private.
            Some(folder) if fits(&folder) && is_ours(&folder, place) => folder,
            _ => make_elsewhere(place)?,
        };
        place.record.socket_dir = Some(folder.clone());
        folder
    };
    place
        .run_as
        .give(&folder)
        .map_err(EmbeddedError::io("take over", &folder))?;
    place.remember()?;
    sweep(&folder).map_err(EmbeddedError::io("clear", &folder))?;
    Ok(folder)
}

fn fits(folder: &Path) -> bool {
    let name = format!("/.s.PGSQL.{PORT}");
    // In a connection string a comma separates hosts, and nothing quotes it.
    folder.as_os_str().len() + name.len() <= LONGEST && !folder.to_string_lossy().contains(',')
}

fn is_ours(folder: &Path, place: &Place) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|found| {
        found.is_dir() && found.uid() == place.run_as.uid() && found.mode() & 0o777 == 0o700
    })
}

/// A new folder with a name that cannot be guessed, so that nobody can take it before us.
fn make_elsewhere(place: &Place) -> Result<PathBuf, EmbeddedError> {
    let random = getrandom::u64().map_err(|error| {
        EmbeddedError::io("name a folder in", Path::new("/tmp"))(io::Error::other(
            error.to_string(),
        ))
    })?;
    let name = format!("ops-{random:016x}");
    // A user's runtime folder is closed to the account that root runs PostgreSQL as.
    let runtime = match place.run_as {
        crate::identity::RunAs::Ourselves => std::env::var_os("XDG_RUNTIME_DIR"),
        crate::identity::RunAs::Account { .. } => None,
    };
    let bases = runtime
        .map(PathBuf::from)
        .into_iter()
        .chain([PathBuf::from("/tmp")]);
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for folder in bases
        .map(|base| base.join(&name))
        .filter(|folder| folder.is_absolute() && fits(folder))
    {
        match files::make_dir(&folder, 0o700) {
            Ok(()) => return Ok(folder),
            Err(error) => last = error,
        }
    }
    Err(EmbeddedError::io(
        "make a folder for the socket in",
        Path::new("/tmp"),
    )(last))
}

/// PostgreSQL checks the process number in its socket's lock file, which may be another program's by
/// now. The folder is ours alone and our lock is held: whatever lies there is stale.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(".s.PGSQL.") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_path_counts_in_full() {
        // `/.s.PGSQL.5432` has 14 characters.
        assert!(fits(Path::new(&"x".repeat(LONGEST - 14))));
        assert!(!fits(Path::new(&"x".repeat(LONGEST - 13))));
        assert!(!fits(Path::new("/a,b")));
    }
}
