//! A control room in memory with faults to order, and a worker on it.
#![allow(dead_code)]
// The size of a refusal is nothing to care about here.
#![allow(clippy::result_large_err)]

pub mod fake;
pub mod postgres;
pub mod server;
pub mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Nothing here takes that long; a story that gets stuck says where.
pub const STUCK: Duration = Duration::from_secs(60);

/// Waits until something is so, looking again and again.
pub async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let look = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(STUCK, look).await.is_err() {
        panic!("never came true: {what}");
    }
}

/// Waits until nobody listens there any more, and answers the same address.
pub async fn eventually_refused(url: &str) -> String {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let gone = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    assert!(
        tokio::time::timeout(STUCK, gone).await.is_ok(),
        "{url} still answers"
    );
    url.to_string()
}

/// Processes that carry a run's mark in their environment.
pub fn processes_of(run_id: &str) -> Vec<i32> {
    let mark = format!("OPS_RUN_ID={run_id}");
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse().ok()) else {
            continue;
        };
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|b| *b == 0).any(|v| v == mark.as_bytes()) {
            found.push(pid);
        }
    }
    found
}

/// A folder of its own that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("ops-worker-test-{}", unique()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    format!("{}-{nanos}-{count}", std::process::id())
}
