//! PostgreSQL on a disk of its own: stopped at once, started again, and left without room.

use crate::disk::{Disk, Kind, bound_files};
use ops_embedded::{Cluster, Options};
use ops_store_postgres::{connect, migrate};
use ops_tests::harness::process::{family, send};
use rustix::process::Signal;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use tokio_postgres::{Client, Config};

/// Of the disk: what ten thousands of runs take, write-ahead log included. Only what is used is taken.
const MIB: u64 = 4_096;
/// Below the smallest file that matters, a segment of the write-ahead log.
const FILE_BYTES: u64 = 1024 * 1024;

pub struct Database {
    pub config: Config,
    // In this order: the server ends before its disk goes.
    cluster: Option<Cluster>,
    disk: Disk,
}

impl Database {
    pub async fn start(folder: &Path) -> Self {
        let disk = Disk::at(folder.join("disk"), MIB);
        let cluster = Self::cluster(&disk).await;
        let config = cluster.connection_string().parse().expect("its own words");
        let database = Database {
            config,
            cluster: Some(cluster),
            disk,
        };
        let mut admin = database.connect().await;
        migrate(&mut admin).await.expect("the schema");
        let bound = "alter system set max_wal_size = '512MB'";
        admin.batch_execute(bound).await.expect("a setting");
        let reload = "select pg_reload_conf()";
        admin.batch_execute(reload).await.expect("a setting");
        database
    }

    /// Breaks what is promised, by the SQL of this file.
    pub async fn spoil(&self, file: &Path) {
        let sql = std::fs::read_to_string(file).expect("a file");
        let admin = self.connect().await;
        admin.batch_execute(&sql).await.expect("it is broken");
    }

    async fn cluster(disk: &Disk) -> Cluster {
        let options = Options::new(disk.path().join("data"), |_| {});
        Cluster::start(options).await.expect("PostgreSQL starts")
    }

    pub fn connection_string(&self) -> String {
        let cluster = self.cluster.as_ref().expect("it runs");
        cluster.connection_string()
    }

    pub async fn connect(&self) -> Client {
        connect(&self.config).await.expect("PostgreSQL answers")
    }

    /// `pg_ctl stop -m immediate` is this signal.
    pub async fn stop_at_once(&mut self) {
        if let Some(mut cluster) = self.cluster.take() {
            if let Some(pid) = cluster.pid() {
                send(pid, Signal::QUIT);
            }
            cluster.died().await;
        }
    }

    /// Starts it where it does not run, and waits until it answers.
    pub async fn ensure(&mut self) {
        loop {
            if let Some(cluster) = &mut self.cluster {
                if connect(&self.config).await.is_ok() {
                    return;
                }
                // It recovers, or has given up.
                let pause = Duration::from_millis(100);
                if tokio::time::timeout(pause, cluster.died()).await.is_err() {
                    continue;
                }
                self.cluster = None;
            }
            self.cluster = Some(Self::cluster(&self.disk).await);
        }
    }

    /// For that long. False where it cannot be done here.
    pub async fn without_room(&mut self, long: Duration) -> bool {
        let done = match self.disk.kind() {
            Kind::Tmpfs => {
                let done = self.disk.fill();
                tokio::time::sleep(long).await;
                self.disk.relieve();
                done
            }
            Kind::Folder => {
                let done = bound_files(&self.processes(), Some(FILE_BYTES));
                tokio::time::sleep(long).await;
                bound_files(&self.processes(), None);
                done
            }
        };
        self.ensure().await;
        done
    }

    /// What stands for a full disk.
    pub fn disk(&self) -> &'static str {
        match self.disk.kind() {
            Kind::Tmpfs => "a tmpfs without room",
            Kind::Folder => "files that may not grow (RLIMIT_FSIZE)",
        }
    }

    fn processes(&self) -> BTreeSet<u32> {
        let pid = self.cluster.as_ref().and_then(Cluster::pid);
        pid.map(family).unwrap_or_default()
    }
}
