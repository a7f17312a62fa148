use ops_core::port::{BoxFuture, Store, StoreError};
use ops_store_postgres::{Migrated, PoolSizes, PostgresStore, connect, migrate};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio_postgres::{Client, Config};

/// A way to run SQL as somebody who may change the schema. The service key alone is none: Supabase
/// REST runs no DDL.
pub trait Road: Send + Sync {
    /// The first column of the first row, which is JSON.
    fn json<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Value, RoadError>>;

    /// Applies the migrations that are not recorded yet, or with [`Apply::Again`] all of them: they
    /// may run any number of times, and put back what was changed.
    fn apply(&self, which: Apply) -> BoxFuture<'_, Result<Migrated, RoadError>>;

    /// As people know it.
    fn name(&self) -> &'static str;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apply {
    Missing,
    Again,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum RoadError {
    #[error("{0}")]
    Unreachable(String),
    #[error("{0}")]
    Refused(String),
    /// What PostgreSQL said to the SQL.
    #[error("{0}")]
    Sql(String),
}

/// A connection to the database itself, or through Supabase's session pooler.
pub struct Direct(Mutex<Client>);

impl Direct {
    pub async fn open(url: &str) -> Result<Self, RoadError> {
        let config: Config = url
            .parse()
            .map_err(|e: tokio_postgres::Error| RoadError::Unreachable(e.to_string()))?;
        let client = connect(&config).await.map_err(RoadError::Unreachable)?;
        Ok(Direct(Mutex::new(client)))
    }
}

/// The same database as a store, for an installation without Supabase.
pub fn postgres_store(url: &str) -> Result<Arc<dyn Store>, RoadError> {
    let config: Config = url
        .parse()
        .map_err(|e: tokio_postgres::Error| RoadError::Unreachable(e.to_string()))?;
    let store = PostgresStore::new(&config, PoolSizes::default());
    Ok(Arc::new(store.map_err(refused)?))
}

impl Road for Direct {
    fn json<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Value, RoadError>> {
        Box::pin(async move {
            let client = self.0.lock().await;
            let row = client.query_one(sql, &[]).await.map_err(said)?;
            row.try_get(0).map_err(said)
        })
    }

    fn apply(&self, which: Apply) -> BoxFuture<'_, Result<Migrated, RoadError>> {
        Box::pin(async move {
            let mut client = self.0.lock().await;
            let migrated = migrate(&mut client).await.map_err(refused)?;
            if which == Apply::Again && migrated.applied == 0 {
                for migration in ops_schema::MIGRATIONS {
                    let whole = client.transaction().await.map_err(said)?;
                    whole.batch_execute(migration.sql).await.map_err(said)?;
                    whole.commit().await.map_err(said)?;
                }
            }
            Ok(migrated)
        })
    }

    fn name(&self) -> &'static str {
        "a connection to the database"
    }
}

fn said(error: tokio_postgres::Error) -> RoadError {
    match error.as_db_error() {
        Some(db) => RoadError::Sql(format!("{} {}", db.code().code(), db.message())),
        None => RoadError::Unreachable(error.to_string()),
    }
}

fn refused(error: StoreError) -> RoadError {
    RoadError::Sql(error.to_string())
}
