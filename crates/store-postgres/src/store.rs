use crate::error::{classify, was_rolled_back, with_causes};
use crate::tls::{Connector, connector_for};
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use ops_core::port::{BoxFuture, Store, StoreError};
use serde_json::Value;
use std::time::Duration;
use tokio_postgres::{Config, NoTls};

/// Connections to hold at most. Heartbeats have their own, so that a queue of claims and log
/// batches never costs anybody a lease.
#[derive(Debug, Clone, Copy)]
pub struct PoolSizes {
    pub calls: usize,
    pub heartbeats: usize,
}

impl Default for PoolSizes {
    fn default() -> Self {
        PoolSizes {
            calls: 16,
            heartbeats: 2,
        }
    }
}

pub struct PostgresStore {
    calls: Pool,
    heartbeats: Pool,
}

/// How long a call may take: the statement's own limit of 5 s, and some for the way. Without it a
/// connection into a black hole would hang until TCP gives up.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long a call waits for a free connection.
const WAIT: Duration = Duration::from_secs(5);

impl PostgresStore {
    /// Connects lazily: the first call opens the first connection.
    pub fn new(config: &Config, sizes: PoolSizes) -> Result<Self, StoreError> {
        Ok(PostgresStore {
            calls: pool(config, sizes.calls)?,
            heartbeats: pool(config, sizes.heartbeats)?,
        })
    }
}

impl Store for PostgresStore {
    fn call<'a>(
        &'a self,
        function: &'static str,
        p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        let pool = if function == "runs_heartbeat" {
            &self.heartbeats
        } else {
            &self.calls
        };
        Box::pin(async move {
            let client = pool.get().await.map_err(no_connection)?;
            let mut tries = 3;
            loop {
                let answer = tokio::time::timeout(PATIENCE, select(&client, function, &p)).await;
                match answer {
                    Err(_) => {
                        // Half an exchange is left on it: it must not serve another call.
                        drop(Object::take(client));
                        return Err(StoreError::unavailable(format!(
                            "no answer within {PATIENCE:?}"
                        )));
                    }
                    Ok(Err(error)) if was_rolled_back(&error) && tries > 1 => tries -= 1,
                    Ok(Err(error)) => return Err(classify(&error)),
                    Ok(Ok(value)) => return Ok(value),
                }
            }
        })
    }
}

async fn select(
    client: &Object,
    function: &'static str,
    p: &Value,
) -> Result<Value, tokio_postgres::Error> {
    // `function` is one of our own constants, never a caller's text.
    let statement = client
        .prepare_cached(&format!("select public.{function}($1)"))
        .await?;
    client.query_one(&statement, &[p]).await?.try_get(0)
}

fn pool(config: &Config, size: usize) -> Result<Pool, StoreError> {
    let mut config = config.clone();
    // A function's own `statement_timeout` has no effect through `select f($1)`, so the connection
    // carries it. UTC makes times in JSON the same everywhere.
    let options =
        "-c statement_timeout=5s -c idle_in_transaction_session_timeout=10s -c timezone=UTC";
    config.options(match config.get_options() {
        Some(given) => format!("{given} {options}"),
        None => options.into(),
    });
    config.application_name("ops").connect_timeout(WAIT);
    let manager = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = match connector_for(&mut config).map_err(StoreError::unavailable)? {
        Connector::Plain => Manager::from_config(config, NoTls, manager),
        Connector::Tls(tls) => Manager::from_config(config, *tls, manager),
    };
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .timeouts(Timeouts {
            wait: Some(WAIT),
            create: Some(WAIT),
            recycle: Some(WAIT),
        })
        .build()
        .map_err(|e| StoreError::unavailable(e.to_string()))
}

fn no_connection(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => classify(&error),
        other => StoreError::unavailable(with_causes(&other)),
    }
}
