//! From a process to a database that answers.

use crate::{DATABASE, EmbeddedError, Report, USER, server::Server};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio_postgres::{Client, NoTls, error::SqlState};

/// A busy machine needs more than a few seconds.
const UNTIL_IT_ANSWERS: Duration = Duration::from_secs(60);
/// While it answers that it recovers, it is at work: up to `max_wal_size` is read again.
const UNTIL_RECOVERED: Duration = Duration::from_secs(900);

/// Why a start did not come to be.
pub(crate) enum NotReady {
    /// The lock or the shared memory of a server that is just ending: worth another try.
    StillEnding(EmbeddedError),
    Failed(EmbeddedError),
}

/// Waits until the server takes connections.
pub(crate) async fn wait(
    server: &mut Server,
    socket_dir: &Path,
    data: &Path,
    report: &Report,
) -> Result<Client, NotReady> {
    let started = Instant::now();
    let (mut patience, mut recovering) = (UNTIL_IT_ANSWERS, false);
    loop {
        if let Some(status) = server.ended().map_err(NotReady::Failed)? {
            return Err(ended(data, &status.to_string(), server.log()));
        }
        match connect(socket_dir, "postgres").await {
            Ok(client) => return Ok(client),
            Err(error) if error.code() == Some(&SqlState::CANNOT_CONNECT_NOW) => {
                patience = UNTIL_RECOVERED;
                if !recovering && started.elapsed() > Duration::from_secs(2) {
                    recovering = true;
                    report("PostgreSQL recovers what was not yet written to its tables …");
                }
            }
            Err(_) => {}
        }
        if started.elapsed() > patience {
            let seconds = patience.as_secs();
            let log = server.log();
            return Err(NotReady::Failed(EmbeddedError::StartTimeout {
                seconds,
                log,
            }));
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

fn ended(data: &Path, status: &str, log: String) -> NotReady {
    let still_ending = (log.contains("lock file") && log.contains("already exists"))
        || log.contains("pre-existing shared memory block");
    let error = EmbeddedError::from_log(data, log, |log| EmbeddedError::StartFailed {
        status: status.to_owned(),
        log,
    });
    if still_ending {
        NotReady::StillEnding(error)
    } else {
        NotReady::Failed(error)
    }
}

/// Makes the product's database, where it is missing, and says the server's version.
pub(crate) async fn prepare(client: &Client) -> Result<String, EmbeddedError> {
    let failed = |doing| move |source| EmbeddedError::Database { doing, source };
    let sql = "SELECT current_setting('server_version'), \
               EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)";
    let row = client
        .query_one(sql, &[&DATABASE])
        .await
        .map_err(failed("ask PostgreSQL for its databases"))?;
    if !row.get::<_, bool>(1) {
        let sql = format!("CREATE DATABASE {DATABASE}");
        client
            .batch_execute(&sql)
            .await
            .map_err(failed("create the database"))?;
    }
    // Debian adds its package's version.
    let version: String = row.get(0);
    Ok(version
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned())
}

async fn connect(socket_dir: &Path, database: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::Config::new()
        .host_path(socket_dir)
        .port(crate::PORT)
        .user(USER)
        .dbname(database)
        .application_name("ops-embedded")
        .connect_timeout(Duration::from_secs(5))
        .connect(NoTls)
        .await?;
    // Ends with the client.
    tokio::spawn(connection);
    Ok(client)
}
