use crate::UpError;
use crate::database::{Database, Source};
use crate::installation::{
    LocalToken, bundled, load_runbooks, local_token, make_lanes, register_token, sha256_hex,
    write_up_json,
};
use crate::listen::listen;
use crate::workers::{LocalOptions, LocalWorkers};
use ops_client::{Client, NativeTransport};
use ops_core::limits::SWEEP_ROWS;
use ops_web::{App, GitHub, GitHubSettings};
use ops_worker::Shutdown;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub struct UpOptions {
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Everything that must survive a restart lies here; made where absent.
    pub data: PathBuf,
    /// Local workers; 0 for none.
    pub workers: usize,
    pub lanes: Vec<String>,
    pub source: Source,
    /// Runs that ended so many days ago are deleted; `None`: they stay.
    pub keep_days: Option<u32>,
    /// Whom it believes at GitHub, and what it may start there.
    pub github: GitHubSettings,
    /// Starts this very program in supervise mode.
    pub supervisor: Vec<OsString>,
    /// Progress, a line at a time.
    pub report: Arc<dyn Fn(&str) + Send + Sync>,
}

/// A running control room.
pub struct Up {
    url: String,
    data: PathBuf,
    database: Database,
    serving: Serving,
}

/// How long requests that are under way may take after the last worker has gone.
const CLOSING: Duration = Duration::from_secs(5);

pub async fn start(options: UpOptions) -> Result<Up, UpError> {
    // The port first: a busy one should not cost a database start.
    let listener =
        TcpListener::bind(options.listen)
            .await
            .map_err(|source| match source.kind() {
                std::io::ErrorKind::AddrInUse => UpError::PortInUse {
                    address: options.listen,
                },
                _ => UpError::Listen {
                    address: options.listen,
                    source,
                },
            })?;
    let address = listener.local_addr().map_err(|source| UpError::Listen {
        address: options.listen,
        source,
    })?;
    make_data_folder(&options.data)?;
    let database = Database::open(&options.source, &options.data, options.report.clone()).await?;
    match serve(&options, &database, listener, address).await {
        Ok(serving) => Ok(Up {
            url: format!("http://{address}"),
            data: options.data,
            database,
            serving,
        }),
        Err(error) => {
            database.stop().await?;
            Err(error)
        }
    }
}

/// What runs in front of the database.
struct Serving {
    token: String,
    app: App,
    workers: LocalWorkers,
    /// Dropped: the listener takes no more requests, and the sweeper ends.
    closing: watch::Sender<()>,
    listening: JoinHandle<std::io::Result<()>>,
    sweeping: JoinHandle<()>,
}

async fn serve(
    options: &UpOptions,
    database: &Database,
    listener: TcpListener,
    address: SocketAddr,
) -> Result<Serving, UpError> {
    let LocalToken { token, first_start } = local_token(&options.data)?;
    register_token(database.store.as_ref(), &token).await?;
    let url = format!("http://{address}");
    let mut app = App::new(database.store.clone(), database.host).keeping(options.keep_days);
    if let Some(blobs) = &database.blobs {
        app = app.with_blobs(blobs.clone());
    }
    let outbound = NativeTransport::new().map_err(|e| UpError::Connect(e.to_string()))?;
    app = app.with_github(GitHub::new(Arc::new(outbound), &options.github));
    let (closing, closed) = watch::channel(());
    let listening = tokio::spawn(listen(
        listener,
        ops_web::router(app.clone()),
        closed.clone(),
    ));
    let sweeping = tokio::spawn(sweep_every_second(app.clone(), sha256_hex(&token), closed));
    let transport = NativeTransport::new().map_err(|e| UpError::Connect(e.to_string()))?;
    let client = Client::new(Arc::new(transport), &url, &token);
    make_lanes(&client, &options.lanes)
        .await
        .map_err(UpError::Refused)?;
    // Once: a bundled template that somebody deleted stays deleted.
    if first_start && load_runbooks(&client).await.map_err(UpError::Refused)? > 0 {
        (options.report)(&format!("runbooks: {}", bundled().join(", ")));
    }
    write_up_json(&options.data, &url, &token)?;
    let workers = LocalWorkers::start(LocalOptions {
        url,
        token: token.clone(),
        count: options.workers,
        lanes: options.lanes.clone(),
        supervisor: options.supervisor.clone(),
        runs_dir: options.data.join("runs"),
    })?;
    Ok(Serving {
        token,
        app,
        workers,
        closing,
        listening,
        sweeping,
    })
}

/// Requeues what expired. A full sweep is repeated at once.
async fn sweep_every_second(app: App, token_sha256: String, mut closed: watch::Receiver<()>) {
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            changed = closed.changed() => if changed.is_err() { return },
            _ = tick.tick() => {
                // A failure was logged where it happened; the next tick tries again.
                while app.sweep(&token_sha256).await.is_ok_and(|rows| rows >= SWEEP_ROWS as u64) {}
            }
        }
    }
}

/// Traversable, because the database may run as another user; what is secret inside has its own mode.
fn make_data_folder(data: &Path) -> Result<(), UpError> {
    let fail = |source| UpError::Write {
        path: data.into(),
        source,
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o711);
    builder.create(data).map_err(fail)
}

impl Up {
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Operator and worker at once; the same after a restart.
    pub fn token(&self) -> &str {
        &self.serving.token
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// What a program wants to know of it.
    pub fn facts(&self) -> Value {
        json!({ "url": self.url, "token": self.serving.token, "data": self.data, "database": self.database.describe, "pid": std::process::id() })
    }

    /// Runs until asked to stop or until a part of it fails, then stops everything: workers hand
    /// back first, while the API still answers.
    pub async fn run(mut self, shutdown: Shutdown) -> Result<(), UpError> {
        let failure = tokio::select! {
            _ = shutdown.requested() => None,
            error = self.database.died() => Some(UpError::Embedded(error)),
            reason = self.serving.workers.failed() => Some(UpError::Worker(reason)),
            ended = &mut self.serving.listening => Some(UpError::Serve(ended.map_err(std::io::Error::other).and_then(|r| r).err().unwrap_or_else(|| std::io::Error::other("listener closed")))),
        };
        let stopped = self.stop(shutdown).await;
        failure.map_or(stopped, Err)
    }

    async fn stop(self, shutdown: Shutdown) -> Result<(), UpError> {
        let Serving {
            app,
            workers,
            closing,
            listening,
            sweeping,
            ..
        } = self.serving;
        let local = workers.shutdown().clone();
        local.request();
        tokio::select! {
            () = workers.join() => {}
            () = shutdown.requested_now() => local.request_now(),
        }
        // Open pages hold streams that would never end by themselves.
        app.close();
        drop(closing);
        if !listening.is_finished() {
            let _ = tokio::time::timeout(CLOSING, listening).await;
        }
        let _ = sweeping.await;
        self.database.stop().await
    }
}
