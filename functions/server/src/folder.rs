//! Bytes of artifacts in a folder of this machine, for a control room whose only server this is.

use ops_core::BASE_PATH;
use ops_core::blobs::{BlobError, BlobPath, Blobs, UploadLink};
use ops_core::port::BoxFuture;
use std::collections::HashMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Life of an upload link.
const TICKET: Duration = Duration::from_secs(15 * 60);
/// Upload links at once; the oldest give way.
const TICKETS: usize = 10_000;

pub struct FolderBlobs {
    folder: PathBuf,
    tickets: Mutex<HashMap<String, Ticket>>,
}

struct Ticket {
    path: BlobPath,
    size: u64,
    until: Instant,
}

impl FolderBlobs {
    pub fn new(folder: PathBuf) -> Self {
        FolderBlobs {
            folder,
            tickets: Mutex::default(),
        }
    }

    fn file(&self, path: &BlobPath) -> PathBuf {
        self.folder.join(path.to_string())
    }
}

/// A write is whole or not there: it becomes visible by a rename after its bytes are on the disk.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().ok_or(ErrorKind::InvalidInput)?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|e| std::io::Error::other(e.to_string()))?;
    let unfinished = file.with_extension(format!("{:016x}", u64::from_be_bytes(random)));
    let written = std::fs::File::create_new(&unfinished)
        .and_then(|mut open| open.write_all(bytes).and_then(|()| open.sync_all()))
        .and_then(|()| std::fs::rename(&unfinished, file))
        .and_then(|()| std::fs::File::open(folder)?.sync_all());
    if written.is_err() {
        // A full disk must not stay full of what nobody will read.
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}

fn none_if_absent<T>(result: std::io::Result<T>) -> Result<Option<T>, BlobError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

fn failure(error: std::io::Error) -> BlobError {
    BlobError::Misconfigured(format!("the artifacts folder: {error}"))
}

async fn on_the_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(BlobError::Unavailable(error.to_string())))
}

impl Blobs for FolderBlobs {
    fn put<'a>(
        &'a self,
        path: &'a BlobPath,
        bytes: Vec<u8>,
    ) -> BoxFuture<'a, Result<(), BlobError>> {
        let file = self.file(path);
        Box::pin(on_the_disk(move || write(&file, &bytes).map_err(failure)))
    }

    fn get<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<Option<Vec<u8>>, BlobError>> {
        let file = self.file(path);
        Box::pin(on_the_disk(move || none_if_absent(std::fs::read(file))))
    }

    fn size<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<Option<u64>, BlobError>> {
        let file = self.file(path);
        Box::pin(on_the_disk(move || {
            none_if_absent(std::fs::metadata(file).map(|facts| facts.len()))
        }))
    }

    fn upload_link<'a>(
        &'a self,
        path: &'a BlobPath,
        size: u64,
    ) -> BoxFuture<'a, Result<UploadLink, BlobError>> {
        Box::pin(async move {
            let mut random = [0; 24];
            getrandom::fill(&mut random).map_err(|e| BlobError::Unavailable(e.to_string()))?;
            let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
            let now = Instant::now();
            let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
            tickets.retain(|_, ticket| ticket.until > now);
            if tickets.len() >= TICKETS {
                let oldest = tickets.iter().min_by_key(|(_, ticket)| ticket.until);
                if let Some(name) = oldest.map(|(name, _)| name.clone()) {
                    tickets.remove(&name);
                }
            }
            let url = format!("{BASE_PATH}/artifacts.upload?ticket={name}");
            let until = now + TICKET;
            tickets.insert(
                name,
                Ticket {
                    path: path.clone(),
                    size,
                    until,
                },
            );
            Ok(UploadLink {
                method: "POST",
                url,
                expires_in_seconds: TICKET.as_secs() as u32,
            })
        })
    }

    fn download_link<'a>(
        &'a self,
        _path: &'a BlobPath,
        _name: &'a str,
    ) -> BoxFuture<'a, Result<Option<String>, BlobError>> {
        Box::pin(async { Ok(None) })
    }

    fn remove<'a>(&'a self, path: &'a BlobPath) -> BoxFuture<'a, Result<(), BlobError>> {
        let file = self.file(path);
        Box::pin(on_the_disk(move || {
            none_if_absent(std::fs::remove_file(&file))?;
            // Of the attempt and of the run, when this was the last; else they stay.
            for folder in file.ancestors().skip(1).take(2) {
                if std::fs::remove_dir(folder).is_err() {
                    break;
                }
            }
            Ok(())
        }))
    }

    fn redeem(&self, ticket: &str) -> Option<(BlobPath, u64)> {
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = tickets.remove(ticket)?;
        (ticket.until > Instant::now()).then_some((ticket.path, ticket.size))
    }
}

/// The store of artifacts below a data folder.
pub fn below(data: &Path) -> Arc<dyn Blobs> {
    Arc::new(FolderBlobs::new(data.join("artifacts")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(digit: &str) -> BlobPath {
        BlobPath::new("8dfdee46-0f3f-4305-aba3-c316f6576a6f", 1, &digit.repeat(64)).expect("a path")
    }

    fn folder(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("ops-folder-{name}-{}", std::process::id()))
    }

    #[tokio::test]
    async fn bytes_come_back_and_what_is_not_there_is_none() {
        let folder = folder("back");
        let blobs = FolderBlobs::new(folder.clone());
        assert_eq!(blobs.get(&path("a")).await.unwrap(), None);
        assert_eq!(blobs.size(&path("a")).await.unwrap(), None);
        blobs.put(&path("a"), b"bytes".to_vec()).await.unwrap();
        blobs.put(&path("a"), b"bytes".to_vec()).await.unwrap();
        assert_eq!(blobs.size(&path("a")).await.unwrap(), Some(5));
        assert_eq!(
            blobs.get(&path("a")).await.unwrap().as_deref(),
            Some(b"bytes".as_slice())
        );
        let below = std::fs::read_dir(blobs.file(&path("a")).parent().unwrap()).unwrap();
        assert_eq!(below.count(), 1, "nothing unfinished stays");
        blobs.remove(&path("a")).await.unwrap();
        blobs.remove(&path("a")).await.unwrap();
        assert_eq!(blobs.get(&path("a")).await.unwrap(), None);
        let left = std::fs::read_dir(&folder).unwrap();
        assert_eq!(left.count(), 0, "no empty folders stay");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_said_and_keeps_nothing() {
        let folder = folder("file");
        std::fs::write(&folder, "a file where the folder should be").unwrap();
        let blobs = FolderBlobs::new(folder.clone());
        let error = blobs
            .put(&path("a"), b"bytes".to_vec())
            .await
            .expect_err("no folder");
        assert!(matches!(error, BlobError::Misconfigured(_)), "{error}");
        std::fs::remove_file(folder).unwrap();
    }

    #[tokio::test]
    async fn a_ticket_is_good_once() {
        let blobs = FolderBlobs::new(folder("ticket"));
        let link = blobs.upload_link(&path("b"), 7).await.unwrap();
        let (_, ticket) = link.url.split_once("ticket=").expect("a ticket");
        assert_eq!(blobs.redeem(ticket), Some((path("b"), 7)));
        assert_eq!(blobs.redeem(ticket), None);
        assert_eq!(blobs.redeem("x"), None);
    }
}
