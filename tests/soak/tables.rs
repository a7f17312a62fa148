//! What PostgreSQL says of itself, and the retention that keeps its tables from growing.

use std::collections::BTreeMap;
use std::time::Duration;
use tokio_postgres::{Client, Error, Row};

const DAY_SECONDS: f64 = 86_400.0;
/// Runs that one call deletes at most.
const ROWS: i32 = 500;

#[derive(Default)]
pub struct Tables {
    pub connections: i64,
    pub database_bytes: i64,
    pub index_bytes: i64,
    pub dead_rows: i64,
    pub dead_rows_of: BTreeMap<String, i64>,
    /// With indexes and what was put aside.
    pub bytes: BTreeMap<String, i64>,
    pub queued: i64,
    pub running: i64,
    /// From queued to started, of those that started in the last half minute: the median.
    pub waited_ms: f64,
    pub runs: i64,
}

pub async fn look(admin: &Client) -> Result<Tables, Error> {
    let sizes = "select relname, pg_total_relation_size(relid), pg_indexes_size(relid), n_dead_tup
        from pg_stat_user_tables where schemaname = 'public'";
    let mut tables = Tables::default();
    for row in admin.query(sizes, &[]).await? {
        let name: String = row.get(0);
        tables.bytes.insert(name.clone(), row.get(1));
        tables.index_bytes += row.get::<_, i64>(2);
        tables.dead_rows += row.get::<_, i64>(3);
        tables.dead_rows_of.insert(name, row.get(3));
    }
    let facts = "select (select count(*) from pg_stat_activity where backend_type = 'client backend'),
        pg_database_size(current_database()),
        (select count(*) from public.runs where status = 'queued'),
        (select count(*) from public.run_leases),
        coalesce((select percentile_cont(0.5) within group (order by extract(epoch from started_at - created_at))
            from public.runs where started_at > clock_timestamp() - interval '30 seconds'), 0)::float8 * 1000,
        (select count(*) from public.runs)";
    let row: Row = admin.query_one(facts, &[]).await?;
    Ok(Tables {
        connections: row.get(0),
        database_bytes: row.get(1),
        queued: row.get(2),
        running: row.get(3),
        waited_ms: row.get(4),
        runs: row.get(5),
        ..tables
    })
}

/// The least that `keep_days` takes is one day. The same function, told that it is almost a day later.
pub async fn expire(admin: &Client, keep: Duration) -> Result<u64, Error> {
    let sql = "select (public.ops_expire(clock_timestamp() + make_interval(secs => $1), 1, $2) ->> 'deleted')::bigint";
    let later = DAY_SECONDS - keep.as_secs_f64();
    let row = admin.query_one(sql, &[&later, &ROWS]).await?;
    Ok(row.get::<_, i64>(0).unsigned_abs())
}

pub async fn version(admin: &Client) -> Result<String, Error> {
    let row = admin.query_one("show server_version", &[]).await?;
    Ok(row.get(0))
}
