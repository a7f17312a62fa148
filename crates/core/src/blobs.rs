//! The port for the bytes of artifacts that are too large for a row of the database.

use crate::port::BoxFuture;

/// Where the bytes of one artifact are: `RUN/ATTEMPT/SHA256`. The name is the content's, so bytes never
/// change in place; it lies below the attempt, so that no worker can put bytes under another one's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BlobPath {
    run_id: String,
    attempt: u32,
    sha256: String,
}

impl BlobPath {
    /// `None` where a part is not what it is called: it becomes part of an address, and of a file's name.
    pub fn new(run_id: &str, attempt: u32, sha256: &str) -> Option<Self> {
        let is_good = crate::text::is_uuid(run_id) && is_sha256(sha256);
        is_good.then(|| BlobPath {
            run_id: run_id.to_ascii_lowercase(),
            attempt,
            sha256: sha256.into(),
        })
    }

    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl std::fmt::Display for BlobPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.run_id, self.attempt, self.sha256)
    }
}

/// 64 digits of lower-case hex.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Where a worker sends bytes by itself, without a token of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadLink {
    pub method: &'static str,
    /// Absolute; or beginning with `/`, on the control room's own origin.
    pub url: String,
    pub expires_in_seconds: u32,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum BlobError {
    /// The same call may go through later.
    #[error("the artifact store does not answer: {0}")]
    Unavailable(String),
    /// A person must mend it: no bucket, a refused key, a full disk.
    #[error("the artifact store cannot be used: {0}")]
    Misconfigured(String),
}

/// Keeps bytes by path. Every call may be repeated: bytes of one path are the same bytes.
pub trait Blobs: Send + Sync {
    fn put<'a>(
        &'a self,
        path: &'a BlobPath,
        bytes: Vec<u8>,
    ) -> BoxFuture<'a, Result<(), BlobError>>;

    /// `None` where nothing is kept under this path.
    fn get<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<Option<Vec<u8>>, BlobError>>;

    /// Bytes that are kept, and `None` where none are.
    fn size<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<Option<u64>, BlobError>>;

    /// Where exactly `size` bytes may be sent.
    fn upload_link<'a>(
        &'a self,
        path: &'a BlobPath,
        size: u64,
    ) -> BoxFuture<'a, Result<UploadLink, BlobError>>;

    /// A short-lived address at which anyone may fetch the bytes, as a download called `name`. `None`
    /// where they can only be had through the API.
    fn download_link<'a>(
        &'a self,
        path: &'a BlobPath,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, BlobError>>;

    /// Nothing is kept under this path any more, whether there was anything or not.
    fn remove<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<(), BlobError>>;

    /// What an upload link of this very store stands for; it can be used once. `None` where links lead
    /// elsewhere, or this one is unknown or has run out.
    fn redeem(&self, ticket: &str) -> Option<(BlobPath, u64)>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "8DFDEE46-0f3f-4a3e-8f6e-000000000001";

    #[test]
    fn a_path_is_made_of_nothing_but_what_it_says() {
        let sha = "0123456789abcdef".repeat(4);
        let path = BlobPath::new(RUN, 2, &sha).expect("a path");
        assert_eq!(
            path.to_string(),
            format!("{}/2/{sha}", RUN.to_ascii_lowercase())
        );
        for (run, sha) in [
            ("../../etc", sha.as_str()),
            (RUN, "../x"),
            (RUN, &sha[1..]),
            (RUN, &sha.to_ascii_uppercase()),
        ] {
            assert_eq!(BlobPath::new(run, 1, sha), None);
        }
    }
}
