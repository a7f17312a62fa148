//! What holds in the database whatever was called.

use super::Differ;
use crate::postgres::Postgres;

/// Each finds the runs that break it.
const NONE_MAY: &[(&str, &str)] = &[
    (
        "a lease of a run that nobody can hold",
        "select l.run_id from run_leases l left join runs r on r.id = l.run_id
         where r.status is null or r.status not in ('claimed', 'running', 'cancelled')",
    ),
    (
        "claimed or running, held by nobody",
        "select r.id from runs r where r.status in ('claimed', 'running')
         and not exists (select from run_leases l where l.run_id = r.id)",
    ),
    (
        "a lease that is not of the newest attempt and its worker",
        "select l.run_id from run_leases l join runs r on r.id = l.run_id
         left join run_attempts t on t.run_id = l.run_id and t.attempt = l.attempt
         where l.attempt <> r.attempt or l.lane <> r.lane or l.worker_id is distinct from r.claimed_by
           or t.worker_id is distinct from l.worker_id or t.token_id is distinct from l.token_id",
    ),
    (
        "a lease beyond its end",
        "select l.run_id from run_leases l where l.expires_at > l.ends_by",
    ),
    (
        "attempts with holes",
        "select r.id from runs r left join run_attempts t on t.run_id = r.id group by r.id, r.attempt
         having count(t.attempt) <> r.attempt or coalesce(max(t.attempt), 0) <> r.attempt",
    ),
    (
        "an attempt that is open without a lease, or ended with one",
        "select t.run_id from run_attempts t left join run_leases l on l.run_id = t.run_id and l.attempt = t.attempt
         where (t.ended_at is null) <> (l.run_id is not null)",
    ),
    (
        "more attempts used than allowed or made",
        "select r.id from runs r where r.attempts_used > r.max_attempts or r.attempts_used > r.attempt",
    ),
    (
        "an end without a time, or a time without an end",
        "select r.id from runs r
         where (r.finished_at is not null) <> (r.status in ('succeeded', 'failed', 'cancelled', 'timed_out'))",
    ),
    (
        "parked, and not queued",
        "select r.id from runs r where r.parked is not null and r.status <> 'queued'",
    ),
    (
        "more places of a group taken than the smallest limit of those that have one",
        "select x.group_key from (select r.group_key, r.group_limit from runs r where r.group_key is not null
           and (exists (select from run_leases l where l.run_id = r.id) or r.status = 'queued' and r.parked is null)) x
         group by x.group_key having count(*) > min(x.group_limit)",
    ),
    (
        "a lease that counts for another group than its run",
        "select l.run_id from run_leases l join runs r on r.id = l.run_id where l.group_key is distinct from r.group_key",
    ),
    (
        "somebody waits for a place of a group that is free",
        "select w.id from (select distinct on (r.group_key) r.* from runs r where r.status = 'queued' and r.parked = 'group'
           order by r.group_key, r.priority, r.seq) w
         where (select count(*) < least(w.group_limit, min(r.group_limit)) from runs r where r.group_key = w.group_key
           and (exists (select from run_leases l where l.run_id = r.id) or r.status = 'queued' and r.parked is null))",
    ),
    (
        "somebody waits for a run that has ended, or for none",
        "select r.id from runs r where r.parked = 'depends_on' and not exists (select from run_dependencies w
           join runs d on d.id = w.depends_on where w.run_id = r.id and d.status in ('queued', 'claimed', 'running'))",
    ),
    (
        "a dependency of a run that may go",
        "select w.run_id from run_dependencies w join runs r on r.id = w.run_id
         where r.status = 'queued' and r.parked is distinct from 'depends_on'",
    ),
    (
        "a log with holes",
        "select g.run_id from run_logs g left join run_events e on e.run_id = g.run_id
         where g.truncated_pos is null group by g.run_id, g.last_pos
         having count(e.pos) <> g.last_pos or coalesce(max(e.pos), 0) <> g.last_pos",
    ),
    (
        "something left by an attempt that never was",
        "select x.run_id from (select run_id, attempt from run_events union all select run_id, attempt from run_steps
           union all select run_id, attempt from artifacts) x
         join runs r on r.id = x.run_id where x.attempt > r.attempt",
    ),
];

pub async fn hold(postgres: &Postgres) -> Differ {
    let parts: Vec<String> = NONE_MAY
        .iter()
        .map(|(name, sql)| format!("select '{name}' as what from ({sql}) broken"))
        .collect();
    let sql = format!(
        "select coalesce(string_agg(distinct what, '; '), '') from ({}) all_of_them",
        parts.join(" union all ")
    );
    let row = postgres.database.admin.query_one(&sql, &[]).await;
    let broken: String = row.unwrap_or_else(|e| panic!("{sql}: {e:?}")).get(0);
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken)
    }
}
