//! The running cluster: how its parts come together and apart.

use crate::{
    DATABASE, EmbeddedError, Options, PORT, Report, USER,
    binaries::Binaries,
    initialise, leftover,
    lock::Lock,
    logs,
    place::Place,
    ready::{self, NotReady},
    server::Server,
    settings, socket,
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// How long a server that is just ending may hold up the next one.
const STILL_ENDING: Duration = Duration::from_secs(30);

/// A running PostgreSQL that is ours alone. [`stop`](Cluster::stop) it; one that is merely dropped is
/// ended at once, and the next start recovers.
pub struct Cluster {
    // Dropped in this order: the server has ended before the folder is free for the next one.
    server: Server,
    _lock: Lock,
    _pruning: Pruning,
    home: PathBuf,
    socket_dir: PathBuf,
    version: String,
}

impl Cluster {
    /// Starts the cluster of this data folder, and makes it before where there is none.
    pub async fn start(options: Options) -> Result<Cluster, EmbeddedError> {
        // Several kilobytes of state: kept off the caller's future.
        Box::pin(start(options)).await
    }

    /// The folder of the socket, private to the account that runs PostgreSQL (and to root).
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Names the socket file; nothing listens on TCP.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The cluster's owner and superuser.
    pub fn user(&self) -> &str {
        USER
    }

    /// The product's own database.
    pub fn database(&self) -> &str {
        DATABASE
    }

    /// As libpq and `tokio_postgres` read it.
    pub fn connection_string(&self) -> String {
        let host = self.socket_dir.to_string_lossy();
        let host = host.replace('\\', "\\\\").replace('\'', "\\'");
        format!("host='{host}' port={PORT} user={USER} dbname={DATABASE}")
    }

    /// Such as `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where the cluster lives: the data folder, or the one under `/var/lib/ops-control-room`.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The postmaster's process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.server.pid()
    }

    /// Waits until the server ends by itself, and says why. Never returns while all is well; may be dropped.
    pub async fn died(&mut self) -> EmbeddedError {
        match self.server.wait().await {
            Ok(status) => self.server.died(status),
            Err(error) => error,
        }
    }

    /// Closes all connections, writes everything to the tables and ends the server.
    pub async fn stop(self) -> Result<(), EmbeddedError> {
        let Cluster {
            server,
            _lock,
            _pruning,
            ..
        } = self;
        server.stop().await
    }
}

/// The task that bounds the logs, for as long as the cluster runs.
struct Pruning(JoinHandle<()>);

impl Drop for Pruning {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn start(options: Options) -> Result<Cluster, EmbeddedError> {
    let began = Instant::now();
    let report = &options.report;
    let mut place = Place::resolve(&options.data_dir, report).await?;
    let lock = Lock::take(&place.home, &place.data_dir)?;
    leftover::clear(&place.data(), report).await?;
    let binaries = Binaries::choose(&options.source, &place, report).await?;
    initialise::ensure(&place, &binaries, report).await?;
    let socket_dir = socket::ensure(&mut place)?;
    let (server, version) = run(&place, &binaries, &socket_dir, report).await?;
    report(&format!(
        "PostgreSQL {version} ({}) is ready after {:.1} s, data in {}",
        binaries.bin.display(),
        began.elapsed().as_secs_f64(),
        place.data().display()
    ));
    Ok(Cluster {
        server,
        _lock: lock,
        _pruning: Pruning(tokio::spawn(logs::keep_bounded(place.data()))),
        home: place.home,
        socket_dir,
        version,
    })
}

/// Until the server is ready. A server that was killed a moment ago may still hold its memory: patience.
async fn run(
    place: &Place,
    binaries: &Binaries,
    socket_dir: &Path,
    report: &Report,
) -> Result<(Server, String), EmbeddedError> {
    let data = place.data();
    let configuration = settings::write(place)?;
    let arguments = settings::arguments(&data, &configuration, socket_dir);
    let deadline = Instant::now() + STILL_ENDING;
    loop {
        let mut server = Server::spawn(place, binaries, &arguments)?;
        match ready::wait(&mut server, socket_dir, &data, report).await {
            Ok(client) => return Ok((server, ready::prepare(&client).await?)),
            Err(NotReady::Failed(error)) => return Err(error),
            Err(NotReady::StillEnding(error)) if Instant::now() >= deadline => return Err(error),
            Err(NotReady::StillEnding(_)) => {}
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        leftover::clear(&data, report).await?;
    }
}
