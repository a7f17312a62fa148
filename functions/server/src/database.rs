//! The database behind the server: the private cluster, or one that somebody else keeps.

use crate::UpError;
use ops_client::NativeTransport;
use ops_core::blobs::Blobs;
use ops_core::port::Store;
use ops_embedded::{Cluster, EmbeddedError, Options, Report};
use ops_store_postgres::{PoolSizes, PostgresStore, connect, migrate};
use ops_store_supabase::{Origin, ServiceKey, SupabaseBlobs, SupabaseStore};
use ops_web::Host;
use std::path::Path;
use std::sync::Arc;
use tokio_postgres::Config;

/// Where runs are kept.
#[derive(Debug, Clone)]
pub enum Source {
    /// A PostgreSQL of this data folder's own, started and stopped with the server.
    Private,
    /// Somebody else's PostgreSQL. Its schema is migrated at the start.
    Postgres { url: String },
    /// A Supabase project by its REST API. Its schema is installed by `supabase db push`.
    Supabase { url: String, key: String },
}

pub struct Database {
    pub store: Arc<dyn Store>,
    /// Where artifacts lie that are too large for a row; `None` where they all lie in rows.
    pub blobs: Option<Arc<dyn Blobs>>,
    pub host: Host,
    /// What people are told about it.
    pub describe: String,
    cluster: Option<Cluster>,
}

impl Database {
    pub async fn open(source: &Source, data: &Path, report: Report) -> Result<Self, UpError> {
        match source {
            Source::Private => Self::private(data, report).await,
            Source::Postgres { url } => {
                let config = parse(url)?;
                let name = config.get_dbname().unwrap_or("(default)");
                let describe = format!("PostgreSQL database {name}");
                Self::postgres(config, describe, None, report).await
            }
            Source::Supabase { url, key } => Self::supabase(url, key),
        }
    }

    async fn private(data: &Path, report: Report) -> Result<Self, UpError> {
        let say = report.clone();
        let cluster = Cluster::start(Options::new(data, move |line| say(line))).await?;
        let config = parse(&cluster.connection_string())?;
        let describe = format!(
            "private PostgreSQL {} in {}",
            cluster.version(),
            cluster.home().display()
        );
        let database = Self::postgres(config, describe, Some(cluster), report).await?;
        Ok(Database {
            blobs: Some(crate::folder::below(data)),
            ..database
        })
    }

    async fn postgres(
        config: Config,
        describe: String,
        cluster: Option<Cluster>,
        report: Report,
    ) -> Result<Self, UpError> {
        let mut client = connect(&config).await.map_err(UpError::Connect)?;
        let migrated = migrate(&mut client).await.map_err(UpError::Install)?;
        if migrated.applied > 0 {
            report(&format!(
                "schema: {} migration(s) applied",
                migrated.applied
            ));
        }
        if migrated.renewed > 0 {
            report("schema: brought up to date; what is stored stays as it is");
        }
        let store = PostgresStore::new(&config, PoolSizes::default()).map_err(UpError::Install)?;
        Ok(Database {
            store: Arc::new(store),
            // Other servers may share this database, and none of them would see this one's disk.
            blobs: None,
            host: Host::NATIVE,
            describe,
            cluster,
        })
    }

    fn supabase(url: &str, key: &str) -> Result<Self, UpError> {
        let origin = Origin::parse(url)?;
        let key = ServiceKey::parse(key)?;
        let transport = NativeTransport::new().map_err(|e| UpError::Connect(e.to_string()))?;
        let transport = Arc::new(transport);
        Ok(Database {
            blobs: Some(Arc::new(SupabaseBlobs::new(
                transport.clone(),
                &origin,
                &key,
            ))),
            store: Arc::new(SupabaseStore::new(transport, &origin, &key)),
            host: Host::NATIVE_BEFORE_SUPABASE,
            describe: format!("Supabase {origin}"),
            cluster: None,
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

fn parse(url: &str) -> Result<Config, UpError> {
    url.parse()
        .map_err(|e: tokio_postgres::Error| UpError::DatabaseUrl(e.to_string()))
}
