//! What a run leaves behind: read, masked, and put until the control room has it.

use crate::backoff::Backoff;
use crate::control::Stop;
use crate::executor::Job;
use crate::mask::Masker;
use base64::Engine;
use ops_client::ClientError;
use ops_core::Code;
use ops_core::api::{ArtifactBegin, ArtifactKind, ArtifactPut};
use ops_core::limits::{ARTIFACT_BYTES, ARTIFACT_CALL_BYTES};
use sha2::Digest;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Why a file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error("{path} cannot be read: {error}")]
    Unreadable { path: String, error: std::io::Error },
    #[error("{0} is no regular file")]
    NotAFile(String),
    #[error("{0} lies outside the run's folder and the workspace")]
    Outside(String),
    #[error("{path} is larger than {ARTIFACT_BYTES} bytes, the most that an artifact may have")]
    TooLarge { path: String },
    #[error("the control room does not take the artifact {name}: {error}")]
    Refused { name: String, error: ClientError },
    /// There is nobody to give it to any more.
    #[error("the run was stopped")]
    Stopped,
}

impl ArtifactError {
    /// Whether the step must not count as succeeded.
    pub fn fails_the_step(&self) -> bool {
        matches!(self, ArtifactError::Refused { error, .. } if error.code() != Some(Code::TooLarge))
    }
}

pub enum Content {
    Bytes(Vec<u8>),
    Url(String),
}

pub struct NewArtifact {
    pub name: String,
    pub kind: ArtifactKind,
    pub mime: Option<String>,
    pub content: Content,
}

/// Reads a file below `folder`. A link may lead elsewhere only within `allowed`.
pub fn read(folder: &Path, path: &str, allowed: &[&Path]) -> Result<Vec<u8>, ArtifactError> {
    let unreadable = |error| ArtifactError::Unreadable {
        path: path.to_string(),
        error,
    };
    let real = folder.join(path).canonicalize().map_err(unreadable)?;
    let inside = |allowed: &&Path| real.starts_with(real_path(allowed));
    if !allowed.iter().any(inside) {
        return Err(ArtifactError::Outside(path.to_string()));
    }
    let file = match open_regular(&real) {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => {
            return Err(ArtifactError::NotAFile(path.to_string()));
        }
        opened => opened.map_err(unreadable)?,
    };
    let mut bytes = Vec::new();
    file.take(ARTIFACT_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > ARTIFACT_BYTES {
        let path = path.to_string();
        return Err(ArtifactError::TooLarge { path });
    }
    Ok(bytes)
}

/// Opens a file that a step has made. `InvalidInput` where it is no regular file.
pub fn open_regular(path: &Path) -> std::io::Result<std::fs::File> {
    let file = std::fs::OpenOptions::new()
        .read(true)
        // A pipe must not hold us; a link that was put here since is not followed.
        .custom_flags((rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW).bits() as i32)
        .open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(std::io::ErrorKind::InvalidInput.into()),
    }
}

fn real_path(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// Puts one artifact until it is acknowledged: the same name and bytes get the same answer.
pub async fn put(job: &Job, masker: &Masker, artifact: NewArtifact) -> Result<(), ArtifactError> {
    let mut request = ArtifactPut {
        run_id: job.run.run_id.clone(),
        worker_id: job.worker_id.to_string(),
        attempt: job.run.attempt,
        name: masker.text(&artifact.name),
        kind: artifact.kind,
        content: None,
        content_base64: None,
        url: None,
        sha256: None,
        size: None,
        mime: artifact.mime,
    };
    match artifact.content {
        Content::Url(url) => request.url = Some(masker.text(&url)),
        // Bytes too: a secret in a binary file is as readable as in a text.
        Content::Bytes(bytes) => {
            let masked = masker.bytes(&bytes);
            job.observer
                .artifact(&request.run_id, &request.name, &masked);
            if masked.len() > ARTIFACT_CALL_BYTES {
                return put_large(job, request, masked).await;
            }
            match String::from_utf8(masked) {
                Ok(text) if !text.contains('\0') => request.content = Some(text),
                other => {
                    let bytes = other.map_or_else(|error| error.into_bytes(), String::into_bytes);
                    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
                    request.content_base64 = Some(encoded);
                }
            }
        }
    }
    until_taken(job, &request.name, || job.client.artifacts_put(&request)).await?;
    Ok(())
}

/// The bytes go where the control room says, and only then the artifact is put.
async fn put_large(
    job: &Job,
    mut request: ArtifactPut,
    bytes: Vec<u8>,
) -> Result<(), ArtifactError> {
    let begin = ArtifactBegin {
        run_id: request.run_id.clone(),
        worker_id: request.worker_id.clone(),
        attempt: request.attempt,
        name: request.name.clone(),
        sha256: sha2::Sha256::digest(&bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        size: bytes.len() as u64,
    };
    // A link is used up by an upload that was cut: each try has its own, and none where the bytes came.
    until_taken(job, &begin.name, async || {
        match job.client.artifacts_begin(&begin).await?.upload {
            Some(to) => job.client.artifacts_upload(&to, bytes.clone()).await,
            None => Ok(()),
        }
    })
    .await?;
    request.size = Some(begin.size);
    request.sha256 = Some(begin.sha256);
    until_taken(job, &request.name, || job.client.artifacts_put(&request)).await?;
    Ok(())
}

async fn until_taken<A, F: Future<Output = Result<A, ClientError>>>(
    job: &Job,
    name: &str,
    attempt: impl Fn() -> F,
) -> Result<A, ArtifactError> {
    let mut backoff = Backoff::usual();
    loop {
        let error = tokio::select! {
            answer = attempt() => match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            },
            _ = job.control.when_hard() => return Err(ArtifactError::Stopped),
        };
        if matches!(error.code(), Some(Code::LeaseLost | Code::AlreadyFinished)) {
            job.control.stop(Stop::LeaseLost);
            return Err(ArtifactError::Stopped);
        }
        if !error.is_transient() {
            let name = name.to_string();
            return Err(ArtifactError::Refused { name, error });
        }
        job.observer.retrying("artifacts.put", &error.to_string());
        tokio::select! {
            () = tokio::time::sleep(backoff.next_wait()) => {}
            // A worker that ends does not wait for a control room that is away.
            _ = job.control.when_stopped() => return Err(ArtifactError::Stopped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_folder_and_large_files_are_refused() {
        let folder = std::env::temp_dir().join(format!("ops-artifacts-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.txt"), "hello").unwrap();
        std::os::unix::fs::symlink("a.txt", folder.join("inside")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.join("outside")).unwrap();
        std::fs::write(folder.join("large"), vec![b'x'; ARTIFACT_BYTES + 1]).unwrap();
        let read = |path| read(&folder, path, &[folder.as_path()]);
        assert_eq!(read("a.txt").unwrap(), b"hello");
        assert_eq!(read("inside").unwrap(), b"hello");
        assert!(matches!(read("outside"), Err(ArtifactError::Outside(_))));
        assert!(matches!(read("large"), Err(ArtifactError::TooLarge { .. })));
        assert!(matches!(read("."), Err(ArtifactError::NotAFile(_))));
        assert!(matches!(
            read("none"),
            Err(ArtifactError::Unreadable { .. })
        ));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
