//! Applies `supabase/migrations`, as the Supabase CLI would: the same files, the same record.

use crate::error::classify;
use ops_core::port::StoreError;
use ops_schema::MIGRATIONS;
use tokio_postgres::Client;

/// How many migrations were applied just now, and how many were there before.
#[derive(Debug, PartialEq, Eq)]
pub struct Migrated {
    pub applied: usize,
    pub known: usize,
}

/// Any number of processes may call this at once: one applies, the others wait and find it done.
pub async fn migrate(client: &mut Client) -> Result<Migrated, StoreError> {
    let fail = |e: tokio_postgres::Error| classify(&e);
    client
        .batch_execute(
            // A number of our own; the lock ends with the session.
            "set client_min_messages = warning; select pg_advisory_lock(7317402611240000);
             create schema if not exists supabase_migrations;
             create table if not exists supabase_migrations.schema_migrations
               (version text primary key, statements text[], name text);",
        )
        .await
        .map_err(fail)?;
    let mut migrated = Migrated {
        applied: 0,
        known: 0,
    };
    for migration in MIGRATIONS {
        let done = client
            .query_opt(
                "select 1 from supabase_migrations.schema_migrations where version = $1",
                &[&migration.version],
            )
            .await
            .map_err(fail)?;
        if done.is_some() {
            migrated.known += 1;
            continue;
        }
        let transaction = client.transaction().await.map_err(fail)?;
        transaction
            .batch_execute(migration.sql)
            .await
            .map_err(fail)?;
        transaction
            .execute(
                "insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)",
                &[&migration.version, &vec![migration.sql], &migration.name],
            )
            .await
            .map_err(fail)?;
        transaction.commit().await.map_err(fail)?;
        migrated.applied += 1;
    }
    client
        .batch_execute("select pg_advisory_unlock(7317402611240000)")
        .await
        .map_err(fail)?;
    Ok(migrated)
}
