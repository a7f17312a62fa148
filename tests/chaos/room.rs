//! The control room: a server process, what stands behind it, and what is done to both.

use crate::arguments::Behind;
use crate::counts::Counts;
use crate::database::Database;
use crate::schedule::{Entry, Fault};
use crate::server::Server;
use ops_client::{Client, ClientError};
use ops_tests::harness::supabase::Supabase;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub struct Room {
    // In this order: the server ends first, then what it stands on.
    pub server: Server,
    supabase: Option<Supabase>,
    pub database: Database,
    counts: Arc<Counts>,
}

impl Room {
    pub async fn start(behind: Behind, folder: &Path, counts: Arc<Counts>) -> Self {
        let database = Database::start(folder).await;
        let supabase = match behind {
            Behind::Postgres => None,
            Behind::Supabase => Some(Supabase::over(&database.config).await),
        };
        let place = match &supabase {
            Some(supabase) => supabase.gateway.origin.clone(),
            None => database.connection_string(),
        };
        let folder = folder.to_path_buf();
        let starting = move || Server::start(behind, place, &folder);
        let server = tokio::task::spawn_blocking(starting).await;
        Room {
            server: server.expect("the server starts"),
            supabase,
            database,
            counts,
        }
    }

    /// One fault after another, each when it is due and the one before is over.
    pub async fn suffer(mut self, entries: Vec<Entry>, begin: Instant) -> Self {
        for entry in entries {
            let due = begin + Duration::from_millis(entry.at_ms);
            tokio::time::sleep_until(due.into()).await;
            self = self.apply(entry.fault).await;
        }
        self.ensure().await
    }

    async fn apply(mut self, fault: Fault) -> Self {
        match fault {
            Fault::ServerKill { down_ms } => {
                self.server.kill();
                tokio::time::sleep(Duration::from_millis(down_ms)).await;
            }
            Fault::DatabaseStop { down_ms } => {
                self.database.stop_at_once().await;
                tokio::time::sleep(Duration::from_millis(down_ms)).await;
                self.database.ensure().await;
            }
            Fault::DatabaseDiskFull { ms } => {
                if !self.database.without_room(Duration::from_millis(ms)).await {
                    self.counts.not_tried(fault, "no disk that may be filled");
                    return self;
                }
            }
            Fault::RestKill => self = self.restart_rest().await,
            _ => return self,
        }
        self.counts.done(fault);
        self.ensure().await
    }

    async fn restart_rest(mut self) -> Self {
        let Some(mut supabase) = self.supabase.take() else {
            return self;
        };
        let restarting = move || {
            supabase.restart();
            supabase
        };
        let supabase = tokio::task::spawn_blocking(restarting).await;
        self.supabase = Some(supabase.expect("PostgREST starts"));
        self
    }

    async fn ensure(self) -> Self {
        let Room {
            mut server,
            supabase,
            mut database,
            counts,
        } = self;
        database.ensure().await;
        let starting = move || {
            server.ensure();
            server
        };
        let server = tokio::task::spawn_blocking(starting).await;
        Room {
            server: server.expect("the server starts"),
            supabase,
            database,
            counts,
        }
    }
}

/// Asks until there is an answer. What may not happen twice has a key of its own.
pub async fn insist<T>(ask: impl AsyncFn(&Client) -> Result<T, ClientError>, client: &Client) -> T {
    loop {
        match ask(client).await {
            Ok(answer) => return answer,
            Err(error) if error.is_transient() => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => panic!("the control room refuses: {error}"),
        }
    }
}
