//! A control room in this process.

use ops_client::{Client, NativeTransport};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::api::built;
use ops_tests::harness::database::TOKEN;
use ops_tests::harness::process::Folder;
use ops_web::{App, Host};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub struct Room {
    pub url: String,
    pub client: Client,
    _database: TestDatabase,
    _closing: watch::Sender<()>,
}

impl Room {
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let transport = Arc::new(NativeTransport::new().expect("a transport"));
        let app = App::new(database.store.clone(), Host::NATIVE);
        let (closing, closed) = watch::channel(());
        tokio::spawn(ops_server::listen(listener, ops_web::router(app), closed));
        Room {
            client: Client::new(transport, &url, TOKEN),
            url,
            _database: database,
            _closing: closing,
        }
    }

    pub async fn queue(&self, lane: &str, script: &str) -> String {
        let run = json!({ "lane": lane, "runbook": {
            "version": 1, "slug": "t", "title": format!("in lane {lane}"), "steps": [{ "id": "a", "run": script }],
        }});
        let made: serde_json::Value = self.client.post("runs.create", &run).await.expect("a run");
        made["run_id"].as_str().expect("an id").to_string()
    }
}

/// `action.yml` with its launcher, as a repository of its own.
pub fn repository(folder: &Folder) -> PathBuf {
    let copy = folder.path().join("repository");
    std::fs::create_dir_all(copy.join("action")).expect("a folder");
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let scripts = [
        "main.cjs",
        "post.cjs",
        "launcher.cjs",
        "download.cjs",
        "release.json",
    ];
    let scripts = scripts.map(|name| format!("action/{name}"));
    for name in scripts.iter().map(String::as_str).chain(["action.yml"]) {
        std::fs::copy(root.join(name), copy.join(name)).expect(name);
    }
    copy
}

pub fn binary() -> PathBuf {
    built("ops-action")
}
