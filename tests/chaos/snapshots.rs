//! Transactions that stay open, so that nothing which dies meanwhile can be vacuumed.

use crate::counts::Counts;
use crate::schedule::{Entry, Fault};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Config};

const AGAIN: Duration = Duration::from_millis(100);

/// One after another, each when it is due.
pub async fn hold(entries: Vec<Entry>, config: Config, begin: Instant, counts: Arc<Counts>) {
    for entry in entries {
        let due = begin + Duration::from_millis(entry.at_ms);
        tokio::time::sleep_until(due.into()).await;
        let Fault::OldSnapshot { ms } = entry.fault else {
            continue;
        };
        let _client = open(&config).await;
        counts.done(entry.fault);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

/// PostgreSQL may be away just now; it comes back.
async fn open(config: &Config) -> Client {
    let sql = "begin isolation level repeatable read; select pg_current_xact_id(), count(*) from public.runs";
    loop {
        if let Ok(client) = ops_store_postgres::connect(config).await
            && client.batch_execute(sql).await.is_ok()
        {
            return client;
        }
        tokio::time::sleep(AGAIN).await;
    }
}
