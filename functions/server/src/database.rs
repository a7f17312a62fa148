//! The database behind the server: the private cluster, or one that somebody else keeps.

use crate::UpError;
use ops_embedded::{Cluster, EmbeddedError, Options};
use ops_store_postgres::{PoolSizes, PostgresStore, connect, migrate};
use std::path::Path;
use std::sync::Arc;
use tokio_postgres::Config;

pub struct Database {
    pub store: Arc<PostgresStore>,
    /// What people are told about it.
    pub describe: String,
    cluster: Option<Cluster>,
}

impl Database {
    pub async fn open(
        url: Option<&str>,
        data: &Path,
        report: ops_embedded::Report,
    ) -> Result<Self, UpError> {
        let (config, cluster) = match url {
            Some(url) => (
                url.parse::<Config>()
                    .map_err(|e| UpError::DatabaseUrl(e.to_string()))?,
                None,
            ),
            None => {
                let say = report.clone();
                let cluster = Cluster::start(Options::new(data, move |line| say(line))).await?;
                let config = cluster
                    .connection_string()
                    .parse::<Config>()
                    .map_err(|e| UpError::DatabaseUrl(e.to_string()))?;
                (config, Some(cluster))
            }
        };
        let describe = match &cluster {
            Some(cluster) => format!(
                "private PostgreSQL {} in {}",
                cluster.version(),
                cluster.home().display()
            ),
            None => format!(
                "PostgreSQL database {}",
                config.get_dbname().unwrap_or("(default)")
            ),
        };
        let mut client = connect(&config).await.map_err(UpError::Connect)?;
        let migrated = migrate(&mut client).await.map_err(UpError::Install)?;
        if migrated.applied > 0 {
            report(&format!(
                "schema: {} migration(s) applied",
                migrated.applied
            ));
        }
        let store = PostgresStore::new(&config, PoolSizes::default()).map_err(UpError::Install)?;
        Ok(Database {
            store: Arc::new(store),
            describe,
            cluster,
        })
    }

    /// Resolves when the private cluster ends by itself; never for somebody else's.
    pub async fn died(&mut self) -> EmbeddedError {
        match &mut self.cluster {
            Some(cluster) => cluster.died().await,
            None => std::future::pending().await,
        }
    }

    pub async fn stop(self) -> Result<(), UpError> {
        match self.cluster {
            Some(cluster) => Ok(cluster.stop().await?),
            None => Ok(()),
        }
    }
}
