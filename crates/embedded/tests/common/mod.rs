//! What the stories share.
#![allow(dead_code)] // Each test file uses its part.

use ops_embedded::{Cluster, EmbeddedError, Options, Source};
use std::{
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tokio_postgres::{Client, NoTls};

/// A temporary folder that other accounts can pass through, as most homes' parents are.
pub fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// What was reported, and options that report there.
pub struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }
}

pub fn options(data_dir: &Path) -> (Options, Told) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Told(lines.clone());
    let report = move |line: &str| {
        println!("{line}");
        lines.lock().unwrap().push(line.to_owned());
    };
    (Options::new(data_dir, report), told)
}

pub async fn start(data_dir: &Path) -> Result<Cluster, EmbeddedError> {
    Cluster::start(options(data_dir).0).await
}

pub async fn start_from(source: Source, data_dir: &Path) -> Result<Cluster, EmbeddedError> {
    Cluster::start(options(data_dir).0.from_source(source)).await
}

pub async fn connect(cluster: &Cluster) -> Client {
    connect_to(&cluster.connection_string()).await
}

pub async fn connect_to(connection_string: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(connection_string, NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

/// Writes a word that later starts look for.
pub async fn write_word(client: &Client, word: &str) {
    let sql = "CREATE TABLE IF NOT EXISTS words (word text)";
    client.batch_execute(sql).await.unwrap();
    client
        .execute("INSERT INTO words VALUES ($1)", &[&word])
        .await
        .unwrap();
}

pub async fn words(client: &Client) -> Vec<String> {
    let rows = client
        .query("SELECT word FROM words ORDER BY word", &[])
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

pub async fn setting(client: &Client, name: &str) -> String {
    client
        .query_one("SELECT current_setting($1)", &[&name])
        .await
        .unwrap()
        .get(0)
}

/// Ends the process that a test left on purpose.
pub fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

pub fn is_alive(pid: u32) -> bool {
    // A zombie has ended: reaping is up to its parent.
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat")));
    stat.is_ok_and(|stat| {
        !stat
            .rsplit_once(')')
            .unwrap()
            .1
            .trim_start()
            .starts_with('Z')
    })
}

/// A check that cannot run here says so; in CI that is a failure.
pub fn cannot_run(what: &str) {
    assert!(
        std::env::var_os("OPS_REQUIRE_ALL").is_none_or(|value| value != "1"),
        "{what}, and OPS_REQUIRE_ALL=1 requires every check"
    );
    // Not `eprintln!`: the test runner would swallow it.
    let mut loudly = std::io::stderr();
    writeln!(loudly, "SKIPPED: {what}").unwrap();
}
