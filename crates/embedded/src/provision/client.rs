//! Running a package client, and checking the file that it brought.

use super::ProvisionError;
use crate::EmbeddedError;
use sha2::{Digest, Sha256};
use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::Command;

/// Long enough for 50 MB over a slow line, short enough that a hung client is noticed.
const PATIENCE: Duration = Duration::from_secs(300);

/// A client as it is called, such as `python3 -m pip`.
type Call = &'static [&'static str];

const NPM: [Call; 1] = [&["npm"]];
const PIP: [Call; 4] = [
    &["pip3"],
    &["pip"],
    &["python3", "-m", "pip"],
    &["python", "-m", "pip"],
];

/// The way to call the client here.
pub(super) async fn present(client: &'static str) -> Result<Call, ProvisionError> {
    let calls: &[Call] = if client == "npm" { &NPM } else { &PIP };
    for call in calls.iter().copied() {
        let status = command(call)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await;
        if matches!(status, Ok(status) if status.success()) {
            return Ok(call);
        }
    }
    Err(ProvisionError::NoClient(client))
}

/// Runs the client in `folder` with the caller's own configuration.
pub(super) async fn run<S: AsRef<OsStr>>(
    client: &'static str,
    folder: &Path,
    arguments: &[S],
) -> Result<(), EmbeddedError> {
    let call = present(client).await?;
    let shown = arguments
        .first()
        .map(|a| a.as_ref().to_string_lossy().into_owned());
    let failed = |said: String| ProvisionError::Failed {
        command: format!("{} {}", call.join(" "), shown.unwrap_or_default()),
        said,
    };
    let mut command = command(call);
    // A user-wide `--user` setting of pip contradicts `--target`.
    command
        .args(arguments)
        .current_dir(folder)
        .env("PIP_USER", "0");
    let output = match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(failed(error.to_string()).into()),
        Err(_) => return Err(failed(format!("no answer in {} s", PATIENCE.as_secs())).into()),
    };
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let tail = lines[lines.len().saturating_sub(4)..].join(" / ");
    Err(failed(tail).into())
}

fn command(call: Call) -> Command {
    let mut command = Command::new(call[0]);
    command
        .args(&call[1..])
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// The only file in `folder` with this ending, whose digest is the pinned one.
pub(super) async fn verified(
    folder: &Path,
    ending: &str,
    expected: &'static str,
) -> Result<PathBuf, EmbeddedError> {
    let listed = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| Ok(entry?.path()))
            .find(|path: &io::Result<PathBuf>| match path {
                Ok(path) => path.extension() == Some(OsStr::new(ending)),
                Err(_) => true,
            })
            .unwrap_or_else(|| Err(io::Error::from(io::ErrorKind::NotFound)))
    });
    let file = listed.map_err(EmbeddedError::io("find the download in", folder))?;
    let hashed = file.clone();
    // Megabytes: not on the threads that serve everybody else.
    let digest = tokio::task::spawn_blocking(move || sha256(&hashed)).await;
    let actual = digest
        .unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(EmbeddedError::io("read", &file))?;
    if actual == expected {
        Ok(file)
    } else {
        Err(ProvisionError::Checksum {
            file,
            expected,
            actual,
        }
        .into())
    }
}

fn sha256(file: &Path) -> io::Result<String> {
    let digest = Sha256::digest(fs::read(file)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_is_not_the_pinned_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("build.tgz"), "abc").unwrap();
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert!(verified(folder.path(), "tgz", abc).await.is_ok());
        let error = verified(folder.path(), "tgz", "00").await.unwrap_err();
        assert!(error.to_string().contains("it was not used"), "{error}");
        assert!(verified(folder.path(), "whl", abc).await.is_err());
    }
}
