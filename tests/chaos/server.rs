//! The API server: a process that is killed and started again at the same address with the same data.

use crate::arguments::Behind;
use ops_tests::harness::gateway::SECRET_KEY;
use ops_tests::harness::process::{ops, send};
use rustix::process::Signal;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Between two tries to start it before a database that is not there.
const AGAIN: Duration = Duration::from_millis(200);
/// Longer than PostgreSQL takes to recover on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Server {
    pub address: SocketAddr,
    pub token: String,
    /// How often it ended without having been asked to.
    pub ended_by_itself: u64,
    /// Where the database is: a connection string, or a gateway's origin.
    database: String,
    behind: Behind,
    data: PathBuf,
    log: PathBuf,
    child: Option<Child>,
}

impl Server {
    /// Blocks until it is ready.
    pub fn start(behind: Behind, database: String, folder: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let mut server = Server {
            address,
            token: String::new(),
            ended_by_itself: 0,
            database,
            behind,
            data: folder.join("server"),
            log: folder.join("server.log"),
            child: None,
        };
        server.ensure();
        server
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            send(child.id(), Signal::KILL);
            let _ = child.wait();
        }
    }

    /// Starts it where it does not run, again and again until it is ready.
    pub fn ensure(&mut self) {
        if let Some(child) = &mut self.child {
            match child.try_wait() {
                Ok(None) => return,
                _ => self.ended_by_itself += 1,
            }
        }
        let until = Instant::now() + PATIENCE;
        while !self.starts() {
            assert!(
                Instant::now() < until,
                "the server does not start: {}",
                self.last_words()
            );
            std::thread::sleep(AGAIN);
        }
    }

    fn starts(&mut self) -> bool {
        let log = File::options().create(true).append(true).open(&self.log);
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(log.expect("a log"))
            .spawn()
            .expect("ops starts");
        let mut line = String::new();
        let said = BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line);
        match (said, serde_json::from_str::<Value>(&line)) {
            (Ok(_), Ok(ready)) => {
                self.token = ready["token"].as_str().expect("a token").into();
                self.child = Some(child);
                true
            }
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                self.child = None;
                false
            }
        }
    }

    fn command(&self) -> Command {
        let mut command = ops();
        command
            .args(["up", "--json", "--workers", "0", "--listen"])
            .arg(self.address.to_string())
            .arg("--data")
            .arg(&self.data);
        match self.behind {
            Behind::Postgres => command.env("OPS_DATABASE_URL", &self.database),
            Behind::Supabase => command
                .env("OPS_SUPABASE_URL", &self.database)
                .env("OPS_SUPABASE_KEY", SECRET_KEY),
        };
        command
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            send(child.id(), Signal::TERM);
            let _ = child.wait();
        }
    }
}
