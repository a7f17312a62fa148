//! One PostgreSQL, one `ops up` in front of it as a process of its own, and a clean slate per row.

use ops_client::{Client, NativeTransport};
use ops_embedded::{Cluster, Options};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tokio_postgres::Config;

pub type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

pub struct Stage {
    pub config: Config,
    pub url: String,
    pub token: String,
    pub client: Client,
    pub facts: String,
    folder: PathBuf,
    cluster: Cluster,
    server: Server,
}

impl Stage {
    pub async fn start() -> Fallible<Self> {
        let folder = std::env::temp_dir().join(format!("ops-bench-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
        let cluster = Cluster::start(Options::new(folder.join("postgres"), |line| {
            eprintln!("{line}")
        }))
        .await?;
        let ops = std::env::current_exe()?.with_file_name("ops");
        let mut child = Command::new(ops)
            .args([
                "up",
                "--json",
                "--listen",
                "127.0.0.1:0",
                "--workers",
                "0",
                "--database-url",
                &cluster.connection_string(),
            ])
            .arg("--data")
            .arg(folder.join("up"))
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line)?;
        let (url, token) = (
            ready["url"].as_str().ok_or("no url")?.to_string(),
            ready["token"].as_str().ok_or("no token")?.to_string(),
        );
        let client = Client::new(Arc::new(NativeTransport::new()?), &url, &token);
        let facts = crate::facts::of_machine(cluster.version());
        Ok(Stage {
            config: cluster.connection_string().parse()?,
            url,
            token,
            client,
            facts,
            folder,
            cluster,
            server: Server(child),
        })
    }

    pub async fn connect(&self) -> Fallible<tokio_postgres::Client> {
        Ok(ops_store_postgres::connect(&self.config).await?)
    }

    /// An empty queue with fresh statistics, and nothing left for a checkpoint to do meanwhile.
    pub async fn clean(&self) -> Fallible<()> {
        let admin = self.connect().await?;
        admin
            .batch_execute(
                "truncate runs, run_leases, run_attempts, run_logs, run_events, run_steps, artifacts, workers cascade;
                 drop table if exists floor",
            )
            .await?;
        self.settle_down().await
    }

    pub async fn settle_down(&self) -> Fallible<()> {
        let admin = self.connect().await?;
        for statement in ["vacuum analyze", "checkpoint"] {
            admin.batch_execute(statement).await?;
        }
        Ok(())
    }

    /// So many runs have this status, whatever was answered.
    pub async fn expect(&self, status: &str, count: usize) -> Fallible<()> {
        let query = "select count(*) from runs where status = $1";
        let admin = self.connect().await?;
        let found: i64 = admin.query_one(query, &[&status]).await?.get(0);
        match found == count as i64 {
            true => Ok(()),
            false => Err(format!("{found} runs are {status}, not {count}").into()),
        }
    }

    /// Of the server in front of it.
    pub fn server_pid(&self) -> u32 {
        self.server.0.id()
    }

    /// On the disk that PostgreSQL is on.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn socket_dir(&self) -> &Path {
        self.cluster.socket_dir()
    }

    pub fn port(&self) -> u16 {
        self.cluster.port()
    }

    pub fn user(&self) -> &str {
        self.cluster.user()
    }

    pub fn auth(&self) -> Value {
        serde_json::json!({ "token_sha256": ops_tests::harness::database::sha256_hex(&self.token) })
    }

    pub async fn stop(self) -> Fallible<()> {
        let Stage {
            folder,
            cluster,
            server,
            ..
        } = self;
        drop(server);
        cluster.stop().await?;
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }
}

/// Ended by its own pid, also when the bench fails half-way.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        ops_tests::harness::process::send(self.0.id(), rustix::process::Signal::TERM);
        let _ = self.0.wait();
    }
}
