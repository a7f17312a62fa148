//! Applies `supabase/migrations`, as the Supabase CLI would: the same files, the same record. What an
//! earlier program applied in an earlier text is applied again in the present one.

use crate::error::classify;
use ops_core::port::StoreError;
use ops_schema::{MIGRATIONS, Migration};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error};

/// How many migrations were applied just now, how many were brought to their present text, and how
/// many were there before.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    pub applied: usize,
    pub renewed: usize,
    pub known: usize,
}

/// Calls go on while a migration is applied again. Each looks at its token first and keeps that
/// table until it ends: whoever has it has waited for all of them, and lets nobody in.
const GATE: &str =
    "set local lock_timeout = '2s'; lock table public.tokens in access exclusive mode";
/// What comes without a token, such as a sweep of `pg_cron`, may still have a table that the
/// migration wants and want another: then the whole of it is taken back, and tried again.
const TRIES: usize = 20;

/// Any number of processes may call this at once: one applies, the others wait and find it done.
pub async fn migrate(client: &mut Client) -> Result<Migrated, StoreError> {
    let fail = |e: Error| classify(&e);
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
    let mut migrated = Migrated::default();
    for migration in MIGRATIONS {
        match found(client, migration).await.map_err(fail)? {
            Found::Nothing => {
                apply(client, migration).await.map_err(fail)?;
                migrated.applied += 1;
            }
            Found::Outdated => {
                renew(client, migration).await.map_err(fail)?;
                migrated.renewed += 1;
            }
            Found::Present => migrated.known += 1,
        }
    }
    client
        .batch_execute("select pg_advisory_unlock(7317402611240000)")
        .await
        .map_err(fail)?;
    Ok(migrated)
}

enum Found {
    Nothing,
    /// In a text that came before.
    Outdated,
    /// In its present text, or in one that nobody here knows.
    Present,
}

async fn found(client: &Client, migration: &Migration) -> Result<Found, Error> {
    let sql = "select encode(sha256(convert_to(array_to_string(statements, ''), 'UTF8')), 'hex')
        from supabase_migrations.schema_migrations where version = $1";
    let row = client.query_opt(sql, &[&migration.version]).await?;
    let Some(row) = row else {
        return Ok(Found::Nothing);
    };
    // No text where it was pasted, or applied by the Management API.
    let sha256: Option<String> = row.get(0);
    Ok(match sha256 {
        Some(sha256) if migration.is_outdated(&sha256) => Found::Outdated,
        _ => Found::Present,
    })
}

async fn apply(client: &mut Client, migration: &Migration) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(migration.sql).await?;
    transaction
        .execute(
            "insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)",
            &[&migration.version, &vec![migration.sql], &migration.name],
        )
        .await?;
    transaction.commit().await
}

async fn renew(client: &mut Client, migration: &Migration) -> Result<(), Error> {
    let mut tries = 1;
    loop {
        match renew_once(client, migration).await {
            Err(error) if tries < TRIES && was_in_the_way(&error) => tries += 1,
            done => return done,
        }
    }
}

async fn renew_once(client: &mut Client, migration: &Migration) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(GATE).await?;
    transaction.batch_execute(migration.sql).await?;
    transaction
        .execute(
            "update supabase_migrations.schema_migrations set statements = $2 where version = $1",
            &[&migration.version, &vec![migration.sql]],
        )
        .await?;
    transaction.commit().await
}

/// Somebody else's call, which is over in a moment.
fn was_in_the_way(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::LOCK_NOT_AVAILABLE
    })
}
