//! Names of artifacts are other people's text: where they may become files, and where not.

use crate::failure::Failure;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    Free(PathBuf),
    /// Something is there already.
    Taken(PathBuf),
    /// The name is absolute, climbs with `..`, or is empty.
    Outside(PathBuf),
}

pub fn place(out: &Path, name: &str) -> Place {
    let relative = Path::new(name);
    let mut path = out.to_path_buf();
    let mut parts = 0;
    for component in relative.components() {
        match component {
            Component::Normal(part) => {
                path.push(part);
                parts += 1;
            }
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Place::Outside(relative.into());
            }
        }
    }
    match fs::symlink_metadata(&path) {
        _ if parts == 0 => Place::Outside(relative.into()),
        Ok(_) => Place::Taken(path),
        Err(_) => Place::Free(path),
    }
}

/// Makes the folders below `out` one by one, none of them through a link, and a file that is new.
pub fn write_new(out: &Path, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| Failure::file("make", out, error))?;
    let below = path
        .strip_prefix(out)
        .ok()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let mut folder = out.to_path_buf();
    for part in below.components() {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let error = std::io::Error::other("it is no folder");
                return Err(Failure::file("use", &folder, error));
            }
            Err(_) => {
                fs::create_dir(&folder).map_err(|error| Failure::file("make", &folder, error))?;
            }
        }
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| Failure::file("make", path, error))?;
    file.write_all(bytes)
        .map_err(|error| Failure::file("write", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_the_folder() {
        let out = Path::new("/nowhere/out");
        assert_eq!(place(out, "a/b.md"), Place::Free(out.join("a/b.md")));
        assert_eq!(place(out, "./b.md"), Place::Free(out.join("b.md")));
        for name in ["../x", "a/../../x", "/etc/passwd", "", ".", "a/.."] {
            assert_eq!(place(out, name), Place::Outside(name.into()), "{name}");
        }
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let base = std::env::temp_dir().join(format!("ops-names-{}", std::process::id()));
        let (out, elsewhere) = (base.join("out"), base.join("elsewhere"));
        fs::create_dir_all(&out).unwrap();
        fs::create_dir_all(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, out.join("link")).unwrap();
        assert!(write_new(&out, &out.join("link/x"), b"x").is_err());
        assert!(!elsewhere.join("x").exists());
        write_new(&out, &out.join("a/b/x"), b"x").unwrap();
        assert!(write_new(&out, &out.join("a/b/x"), b"y").is_err());
        assert_eq!(fs::read(out.join("a/b/x")).unwrap(), b"x");
        fs::remove_dir_all(base).unwrap();
    }
}
