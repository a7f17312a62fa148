//! The data folder of `ops up`, and the `up.json` in it that tells clients where to go.

use crate::failure::Failure;
use serde::Deserialize;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// `$OPS_DATA` was read by the argument parser already; here is what remains.
pub fn default_data() -> PathBuf {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    // The specification of XDG wants relative values ignored.
    let shared = variable("XDG_DATA_HOME").filter(|path| path.is_absolute());
    let shared = shared.or_else(|| Some(variable("HOME")?.join(".local/share")));
    match shared {
        Some(shared) => shared.join("ops-control-room"),
        None => PathBuf::from("ops-data"),
    }
}

/// What was asked for, else the default. A variable that is set to nothing asks for nothing.
pub fn data(asked: Option<OsString>) -> PathBuf {
    asked
        .filter(|path| !path.is_empty())
        .map_or_else(default_data, PathBuf::from)
}

#[derive(Debug, Clone, Deserialize)]
pub struct UpFile {
    pub url: String,
    pub token: String,
}

pub fn up_file_path(data: &Path) -> PathBuf {
    data.join("up.json")
}

/// `None` where no `ops up` ever ran in this folder.
pub fn read_up_file(data: &Path) -> Result<Option<UpFile>, Failure> {
    let path = up_file_path(data);
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(Failure::file("read", &path, error)),
    };
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| Failure::file("understand", &path, error.into()))
}
