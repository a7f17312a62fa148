//! How the server is set up.

use crate::{EmbeddedError, PORT, files, place::Place};
use std::path::{Path, PathBuf};

/// Tuning, after what initdb found out about this machine. `ALTER SYSTEM` may still change these.
const TUNING: &str = "\
shared_buffers = 128MB
max_connections = 60
max_wal_size = 1GB
min_wal_size = 80MB
wal_compression = on

# Queue tables change their rows all the time: visit them often, and do not dawdle.
autovacuum_naptime = 10s
autovacuum_vacuum_scale_factor = 0.05
autovacuum_analyze_scale_factor = 0.05
autovacuum_vacuum_cost_limit = 1000

jit = off
idle_in_transaction_session_timeout = 60s
# A query of a client that was killed ends soon.
client_connection_check_interval = 10s
timezone = 'UTC'

logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%Y-%m-%d_%H%M%S.log'
log_rotation_size = 8MB
log_rotation_age = 1d
log_timezone = 'UTC'
log_checkpoints = off
log_line_prefix = '%m [%p] %a '
lc_messages = 'C'
";

/// What promises stand on. On the command line nothing in the cluster can override it.
const FIXED: [&str; 6] = [
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "cluster_name=ops-control-room",
];

/// Writes the configuration file into our folder, not into PostgreSQL's, and gives its path.
pub(crate) fn write(place: &Place) -> Result<PathBuf, EmbeddedError> {
    let path = place.home.join("postgresql.conf");
    let from_initdb = place.data().join("postgresql.conf");
    let text = format!(
        "# Written anew at every start of Ops Control Room.\ninclude {}\n\n{TUNING}",
        quoted(&from_initdb.to_string_lossy())
    );
    // Nothing in it is secret, and PostgreSQL's account reads it.
    files::replace(&path, &text, 0o644)?;
    Ok(path)
}

/// The arguments of `postgres`.
pub(crate) fn arguments(data: &Path, configuration: &Path, socket_dir: &Path) -> Vec<String> {
    let mut arguments = vec!["-D".into(), data.to_string_lossy().into_owned()];
    let mut set = |setting: String| arguments.extend(["-c".into(), setting]);
    set(format!("config_file={}", configuration.to_string_lossy()));
    set(format!("port={PORT}"));
    // A list: quoted, a folder with a comma in its name is one folder.
    let folder = socket_dir.to_string_lossy().replace('"', "\"\"");
    set(format!("unix_socket_directories=\"{folder}\""));
    FIXED.iter().for_each(|fixed| set((*fixed).into()));
    arguments
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
