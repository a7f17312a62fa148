//! The processes that are watched: PostgreSQL, the server and the workers. All are ended by their pids.

use crate::arguments::Arguments;
use ops_embedded::{Cluster, Options};
use ops_tests::harness::process::{Up, ops, ops_at, send};
use rustix::process::Signal;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs that one worker has at once.
const CONCURRENCY: usize = 4;
pub const LANES: [&str; 4] = ["A", "B", "C", "D"];

pub struct Stage {
    // In this order: who asks ends before who answers.
    pub workers: Vec<Worker>,
    pub server: Up,
    pub cluster: Cluster,
}

impl Stage {
    pub async fn start(arguments: &Arguments, folder: &Path) -> Self {
        let options = Options::new(folder.join("postgres"), |_| {});
        let cluster = Cluster::start(options).await.expect("PostgreSQL starts");
        let data = folder.join("server");
        let mut command = program(arguments);
        command
            .args(["up", "--json", "--listen", "127.0.0.1:0", "--workers", "0"])
            .args(["--keep-days", "1", "--lanes", &LANES.join(",")])
            .arg("--data")
            .arg(&data)
            .env("OPS_DATABASE_URL", cluster.connection_string());
        let starting = move || Up::of(command, &data);
        let server = tokio::task::spawn_blocking(starting).await;
        let server = server.expect("the server starts");
        let workers = (0..arguments.workers)
            .map(|number| Worker::start(program(arguments), number, &server, folder))
            .collect();
        Stage {
            workers,
            server,
            cluster,
        }
    }

    /// Workers that are no more, although nobody has asked them to end.
    pub fn workers_gone(&mut self) -> usize {
        let gone = |worker: &mut Worker| !matches!(worker.0.try_wait(), Ok(None));
        self.workers
            .iter_mut()
            .map(gone)
            .filter(|gone| *gone)
            .count()
    }

    pub async fn stop(self) {
        let Stage {
            workers,
            server,
            cluster,
        } = self;
        workers.iter().for_each(Worker::ask_to_end);
        drop(workers);
        drop(server);
        if let Err(error) = cluster.stop().await {
            eprintln!("soak: PostgreSQL: {error}");
        }
    }
}

fn program(arguments: &Arguments) -> Command {
    match &arguments.ops {
        Some(path) => ops_at(path),
        None => ops(),
    }
}

pub struct Worker(Child);

impl Worker {
    fn start(mut command: Command, number: usize, server: &Up, folder: &Path) -> Self {
        let log = File::create(folder.join(format!("worker-{number}.log")));
        command
            .args(["worker", "--url", &server.url, "--lanes", &LANES.join(",")])
            .args(["--name", "soak", "--concurrency", &CONCURRENCY.to_string()])
            .current_dir(folder)
            .env("OPS_TOKEN", &server.token)
            .env("TMPDIR", folder)
            // An hour of lines would only grow.
            .stdout(Stdio::null())
            .stderr(log.expect("a log"));
        Worker(command.spawn().expect("a worker starts"))
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    fn ask_to_end(&self) {
        send(self.0.id(), Signal::TERM);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            self.ask_to_end();
            let _ = self.0.wait();
        }
    }
}
