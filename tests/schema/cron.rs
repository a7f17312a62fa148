//! The sweeper inside the database, with the real pg_cron.

use ops_core::port::Store;
use ops_embedded::{Cluster, Options};
use ops_store_postgres::{PoolSizes, PostgresStore, connect, migrate};
use ops_tests::harness::database::{TOKEN, auth, sha256_hex};
use ops_tests::harness::process::Folder;
use ops_tests::harness::{RunShape, TestDatabase, not_run, run};
use serde_json::json;
use tokio_postgres::{Client, Config};

const BLOCK: &str = include_str!("../../supabase/schemas/96_schedule.sql");

/// Name, schedule and role of each job, by name.
async fn jobs(admin: &Client) -> Vec<(String, String, String)> {
    let sql = "select jobname::text, schedule, username from cron.job order by jobname";
    let rows = admin.query(sql, &[]).await.expect("the jobs");
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

async fn has_cron(admin: &Client) -> bool {
    let sql = "select from pg_extension where extname = 'pg_cron'";
    !admin.query(sql, &[]).await.expect("extensions").is_empty()
}

async fn is_installed(admin: &Client) -> bool {
    let sql = "select public.ops_sweep_scheduled()";
    admin.query_one(sql, &[]).await.is_ok()
}

/// A server that has pg_cron preloaded; its jobs live in the database `postgres`, as on Supabase.
async fn with_cron(folder: &Folder) -> Option<(Cluster, Config)> {
    let options = Options::new(folder.data(), |line| eprintln!("{line}"));
    let cluster = Cluster::start(options.clone()).await.expect("PostgreSQL");
    let config: Config = cluster.connection_string().parse().expect("a connection");
    let admin = connect(&config).await.expect("a connection");
    let sql = "select from pg_available_extensions where name = 'pg_cron'";
    let is_there = !admin.query(sql, &[]).await.expect("extensions").is_empty();
    let preload = "alter system set shared_preload_libraries = 'pg_cron'";
    if is_there {
        admin.batch_execute(preload).await.expect("a setting");
    }
    drop(admin);
    cluster.stop().await.expect("stops");
    if !is_there {
        not_run("pg_cron, which `cargo xtask test` brings by apt for a PostgreSQL of apt");
        return None;
    }
    let cluster = Cluster::start(options).await.expect("PostgreSQL again");
    Some((cluster, config))
}

/// Nobody waits for the minute: the test runs the stored text as the stored role, which is what
/// pg_cron does. pg_cron itself reaches nothing here, because the server listens on no port.
#[tokio::test]
async fn where_there_is_pg_cron_its_job_requeues_what_a_lost_worker_held() {
    let folder = Folder::new();
    let Some((cluster, elsewhere)) = with_cron(&folder).await else {
        return;
    };
    let mut config = elsewhere.clone();
    config.dbname("postgres");

    // As on Supabase: an owner that is no superuser, for whom the extension was opened.
    let mut admin = connect(&config).await.expect("a connection");
    admin
        .batch_execute(
            "create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
             create role keeper nologin; grant create on database postgres to keeper; alter schema public owner to keeper;
             create extension pg_cron; grant usage on schema cron to keeper; set role keeper",
        )
        .await
        .expect("the roles");
    migrate(&mut admin).await.expect("migrations");
    admin.batch_execute(BLOCK).await.expect("once more");
    admin.batch_execute("reset role").await.expect("back");
    let found = jobs(&admin).await;
    let [sweep, history] = &found[..] else {
        panic!("one job of each name: {found:?}")
    };
    assert_eq!((&*sweep.0, &*sweep.2), ("ops-sweep", "keeper"));
    // Debian's pg_cron knows minutes alone.
    assert!(
        ["10 seconds", "* * * * *"].contains(&&*sweep.1),
        "{found:?}"
    );
    assert_eq!((&*history.0, &*history.2), ("ops-sweep-history", "keeper"));

    let sizes = PoolSizes {
        calls: 2,
        heartbeats: 1,
    };
    let store = PostgresStore::new(&config, sizes).expect("a pool");
    let call = async |function, mut p: serde_json::Value| {
        p["auth"] = auth();
        let answer = store.call(function, p).await;
        answer.unwrap_or_else(|e| panic!("{function}: {e}"))
    };
    let token = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
    store.call("ops_first_token", token).await.expect("a token");
    call("runs_create", json!({ "runs": [run(RunShape::default())] })).await;
    let claim = json!({ "worker_id": "w", "lanes": ["A"], "request_id": 1, "start": true });
    let held = call("runs_claim", claim).await["runs"][0]["run_id"].clone();

    let aside = "update public.run_leases set expires_at = expires_at - interval '1 hour';
        insert into cron.job_run_details (jobid, runid, username, start_time)
          select jobid, 1000 + jobid, username, now() - interval '1 day 1 minute' from cron.job
          union all select jobid, 2000 + jobid, username, now() - interval '23 hours' from cron.job";
    admin.batch_execute(aside).await.expect("time passes");
    let commands = "select username, command from cron.job order by jobname";
    for job in admin.query(commands, &[]).await.expect("the jobs") {
        let (role, command): (String, String) = (job.get(0), job.get(1));
        let sql = format!("set role {role}; {command}; reset role");
        admin.batch_execute(&sql).await.expect("the job");
    }
    let run = call("runs_get", json!({ "run_id": held })).await["run"].clone();
    assert_eq!(
        (&run["status"], &run["attempts_used"]),
        (&json!("queued"), &json!(1))
    );
    let kept = "select count(*) filter (where runid > 2000), count(*) filter (where runid > 1000) from cron.job_run_details";
    let kept = admin.query_one(kept, &[]).await.expect("the history");
    assert_eq!((kept.get::<_, i64>(0), kept.get::<_, i64>(1)), (2, 2));

    // A role that may not use it, one that may not create it, and one that may.
    let may_not = "set role authenticated";
    admin.batch_execute(may_not).await.expect("a role");
    admin.batch_execute(BLOCK).await.expect("no harm");
    admin.batch_execute("reset role").await.expect("back");
    assert_eq!(jobs(&admin).await, found);
    let gone = "drop extension pg_cron; set role keeper";
    admin.batch_execute(gone).await.expect("gone");
    admin.batch_execute(BLOCK).await.expect("no harm");
    admin.batch_execute("reset role").await.expect("back");
    assert!(!has_cron(&admin).await);
    admin.batch_execute(BLOCK).await.expect("creates it");
    assert_eq!(jobs(&admin).await.len(), 2);

    // In another database of the same server it cannot be had.
    let mut other = connect(&elsewhere).await.expect("a connection");
    migrate(&mut other).await.expect("migrations");
    assert!(!has_cron(&other).await && is_installed(&other).await);

    drop((admin, other, store));
    cluster.stop().await.expect("stops");
}

/// On this machine's PostgreSQL pg_cron is absent, or there and not preloaded.
#[tokio::test]
async fn without_pg_cron_the_migration_is_whole() {
    let db = TestDatabase::new().await;
    assert!(!has_cron(&db.admin).await && is_installed(&db.admin).await);
    db.admin.batch_execute(BLOCK).await.expect("no harm");
    assert!(!has_cron(&db.admin).await);
}
