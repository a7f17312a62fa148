//! What a worker has to be told.

use crate::http::AddressRange;
use ops_client::{Bearer, NativeTransport};
use ops_core::port::{Transport, TransportError};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Makes a transport with its own connections. Called once for claims and logs, and once more on
/// the heartbeat's own thread.
pub type Transports = Arc<dyn Fn() -> Result<Arc<dyn Transport>, TransportError> + Send + Sync>;

/// reqwest, one client per call.
pub fn native_transports() -> Transports {
    Arc::new(|| Ok(Arc::new(NativeTransport::new()?)))
}

/// About what a call takes over a network, and the most by which another worker would have begun a
/// run earlier.
pub const CLAIM_AHEAD_BELOW: Duration = Duration::from_millis(20);

#[derive(Clone)]
pub struct WorkerConfig {
    /// Origin of the control room.
    pub url: String,
    /// Shared: whoever renews it renews it for all that the worker does.
    pub token: Bearer,
    /// What people see; `worker` where nothing is said.
    pub name: Option<String>,
    /// Fixed by a token exchange; else the name and a random suffix, fresh in every process.
    pub worker_id: Option<String>,
    pub lanes: Vec<String>,
    /// Only runs of this session.
    pub session_id: Option<String>,
    /// Runs at once, at least 1.
    pub concurrency: usize,
    /// While runs take at most this long on average, one more than there are places are claimed
    /// ahead of their turn; zero never does.
    pub claim_ahead_below: Duration,
    /// The folder in which the worker was started: `OPS_WORKSPACE` of every step.
    pub workspace: PathBuf,
    /// Each run gets its own folder below, which is removed at its end.
    pub runs_dir: PathBuf,
    /// Starts our own binary in supervise mode, such as `[current_exe, "supervise"]`.
    pub supervisor: Vec<OsString>,
    /// Ends after that long without a run.
    pub idle_timeout: Option<Duration>,
    /// Ends after that many runs.
    pub max_runs: Option<u64>,
    /// Takes no more runs after that long; those that run go on.
    pub max_runtime: Option<Duration>,
    /// The worker's own environment, taken at its start: the source of secrets and of what every
    /// step inherits.
    pub environment: HashMap<String, String>,
    /// What `http` steps may reach although it is link-local, a cloud's metadata service or
    /// unspecified. Loopback, private and public addresses need no permission.
    pub allow_addresses: Vec<AddressRange>,
}

impl WorkerConfig {
    /// One run at a time, in the current folder, with this process's environment. `supervisor`
    /// is this very program with the argument `supervise`.
    pub fn new(url: &str, token: impl Into<Bearer>, lanes: Vec<String>) -> std::io::Result<Self> {
        Ok(WorkerConfig {
            url: url.to_string(),
            token: token.into(),
            name: None,
            worker_id: None,
            lanes,
            session_id: None,
            concurrency: 1,
            claim_ahead_below: CLAIM_AHEAD_BELOW,
            workspace: std::env::current_dir()?,
            runs_dir: std::env::temp_dir().join("ops-runs"),
            supervisor: vec![own_program()?.into(), "supervise".into()],
            idle_timeout: None,
            max_runs: None,
            max_runtime: None,
            environment: own_environment(),
            allow_addresses: Vec::new(),
        })
    }
}

/// This process's variables, without those that are not UTF-8.
pub fn own_environment() -> HashMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Also right where the file was replaced by a newer one meanwhile.
fn own_program() -> std::io::Result<PathBuf> {
    if cfg!(any(target_os = "linux", target_os = "android")) {
        return Ok("/proc/self/exe".into());
    }
    std::env::current_exe()
}
