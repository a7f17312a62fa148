//! Small files and folders of ours. As root we work beside accounts with fewer rights, so nothing
//! here follows a symbolic link at its last step.

use crate::EmbeddedError;
use rustix::fs::{Gid, Uid};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// Opens without following a link, gives a new file to the owner of its folder (so that a run as
/// root does not lock that user out of its own folder) and private to them.
pub(crate) fn open_own(path: &Path) -> Result<File, EmbeddedError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path)
        .map_err(EmbeddedError::io("open", path))?;
    give_to_folders_owner(&file, path).map_err(EmbeddedError::io("take over", path))?;
    Ok(file)
}

fn give_to_folders_owner(file: &File, path: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    let owner = fs::metadata(folder)?;
    rustix::fs::fchown(
        file,
        Some(Uid::from_raw(owner.uid())),
        Some(Gid::from_raw(owner.gid())),
    )?;
    Ok(())
}

/// Replaces a file in one step: a reader sees the old content or the new, even after a crash.
pub(crate) fn replace(path: &Path, content: &str, mode: u32) -> Result<(), EmbeddedError> {
    let new = path.with_extension("new");
    let written = (|| {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&new)?;
        // The mode at creation is narrowed by the umask.
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        give_to_folders_owner(&file, &new)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    })();
    written.map_err(EmbeddedError::io("write", path))
}

/// Makes a folder that must not exist yet, with exactly this mode.
pub(crate) fn make_dir(path: &Path, mode: u32) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Like [`make_dir`], but content with a real folder that is there already.
pub(crate) fn ensure_dir(path: &Path, mode: u32) -> io::Result<()> {
    match make_dir(path, mode) {
        Err(error)
            if error.kind() == io::ErrorKind::AlreadyExists
                && fs::symlink_metadata(path)?.is_dir() =>
        {
            Ok(())
        }
        other => other,
    }
}

pub(crate) fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes a renaming durable.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
