//! The control room that the workers speak to, and what stands behind it.

use crate::arguments::Behind;
use ops_client::{Client, ClientError};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::process::{Folder, Up};
use ops_tests::harness::supabase::Supabase;
use std::time::Duration;

pub struct Room {
    // In this order: the server ends first, then what it stands on.
    pub up: Up,
    supabase: Option<(Supabase, TestDatabase)>,
    /// How often PostgREST was killed and started again.
    pub restarts: u64,
}

impl Room {
    pub async fn start(behind: Behind, folder: &Folder) -> Self {
        match behind {
            Behind::Postgres => Room {
                up: Up::start(&folder.data(), &["--workers", "0"]),
                supabase: None,
                restarts: 0,
            },
            Behind::Supabase => {
                let database = TestDatabase::new().await;
                let supabase = Supabase::over(&database.config).await;
                let (data, origin) = (folder.data(), supabase.gateway.origin.clone());
                let starting = move || Up::before_supabase(&data, &origin);
                Room {
                    up: tokio::task::spawn_blocking(starting)
                        .await
                        .expect("it starts"),
                    supabase: Some((supabase, database)),
                    restarts: 0,
                }
            }
        }
    }

    /// Kills PostgREST where there is one, while requests are under way, and starts it again.
    pub async fn restart_rest(&mut self) {
        if let Some((mut supabase, database)) = self.supabase.take() {
            let restarting = move || {
                supabase.restart();
                supabase
            };
            let supabase = tokio::task::spawn_blocking(restarting).await;
            self.supabase = Some((supabase.expect("PostgREST starts"), database));
            self.restarts += 1;
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
