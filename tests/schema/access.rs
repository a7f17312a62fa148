//! Who may do what, on plain PostgreSQL, by what it does rather than by its name.

use ops_tests::harness::{RunShape, TestDatabase, run};
use serde_json::json;
use tokio_postgres::error::SqlState;

/// Runs `sql` as a role, with the JWT claims that PostgREST would set.
async fn rows_as(db: &TestDatabase, role: &str, sub: &str, sql: &str) -> Result<i64, SqlState> {
    let claims = json!({ "role": role, "sub": sub })
        .to_string()
        .replace('\'', "''");
    let setup =
        format!("begin; set local role {role}; set local \"request.jwt.claims\" = '{claims}'");
    db.admin.batch_execute(&setup).await.expect("the role");
    let answer = db.admin.query(sql, &[]).await;
    db.admin.batch_execute("rollback").await.expect("back");
    answer
        .map(|rows| rows.len() as i64)
        .map_err(|e| e.code().cloned().expect("a refusal of the database"))
}

const TABLES: [&str; 20] = [
    "lanes",
    "tokens",
    "audit",
    "sessions",
    "session_members",
    "run_templates",
    "spec_docs",
    "runs",
    "run_leases",
    "run_groups",
    "run_dependencies",
    "run_attempts",
    "workers",
    "run_logs",
    "run_events",
    "run_steps",
    "artifacts",
    "trust_rules",
    "oidc_tokens",
    "dispatches",
];

#[tokio::test]
async fn anon_can_do_nothing() {
    let db = TestDatabase::new().await;
    for table in TABLES {
        assert_eq!(
            rows_as(&db, "anon", "", &format!("select * from public.{table}")).await,
            Err(SqlState::INSUFFICIENT_PRIVILEGE),
            "{table}"
        );
    }
    let functions = db
        .admin
        .query("select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace
            and (has_function_privilege('anon', p.oid, 'execute')
              or (has_function_privilege('authenticated', p.oid, 'execute') and p.proname <> 'heartbeat_at')
              or not has_function_privilege('service_role', p.oid, 'execute'))", &[])
        .await
        .expect("functions");
    let open: Vec<String> = functions.iter().map(|row| row.get(0)).collect();
    assert!(
        open.is_empty(),
        "functions that the wrong role may execute: {open:?}"
    );
}

#[tokio::test]
async fn row_level_security_is_on_everywhere() {
    let db = TestDatabase::new().await;
    let sql = "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity";
    assert!(db.admin.query(sql, &[]).await.expect("tables").is_empty());
}

#[tokio::test]
async fn a_member_sees_the_runs_of_its_sessions_and_no_others() {
    let db = TestDatabase::new().await;
    let mine = db.call("sessions_create", json!({ "name": "mine" })).await["session"]["id"].clone();
    let theirs = db
        .call("sessions_create", json!({ "name": "theirs" }))
        .await["session"]["id"]
        .clone();
    let in_session = |id: &serde_json::Value| {
        run(RunShape {
            more: json!({ "session_id": id }),
            ..RunShape::default()
        })
    };
    db.call(
        "runs_create",
        json!({ "runs": [in_session(&mine), in_session(&theirs), run(RunShape::default())] }),
    )
    .await;
    let claimed = db
        .call(
            "runs_claim",
            json!({ "worker_id": "w", "lanes": ["A"], "limit": 3, "request_id": 1 }),
        )
        .await;
    for r in claimed["runs"].as_array().expect("runs") {
        let append = json!({ "run_id": r["run_id"], "worker_id": "w", "attempt": 1, "first_seq": 1, "events": [{ "message": "x" }], "steps": [{ "step": "s", "status": "running" }] });
        db.call("events_append", append).await;
        let artifact = json!({ "run_id": r["run_id"], "worker_id": "w", "attempt": 1, "name": "n", "kind": "markdown", "mime": "text/markdown", "content": "c" });
        db.call("artifacts_put", artifact).await;
    }
    let member = "insert into session_members (session_id, user_id) values ($1::text::uuid, 'ann'), ($2::text::uuid, 'bob')";
    db.admin
        .execute(
            member,
            &[&mine.as_str().expect("id"), &theirs.as_str().expect("id")],
        )
        .await
        .expect("members");

    for table in [
        "sessions",
        "session_members",
        "runs",
        "run_events",
        "run_steps",
        "artifacts",
        "run_leases",
        "run_attempts",
        "run_logs",
    ] {
        let sql = format!("select * from public.{table}");
        assert_eq!(
            rows_as(&db, "authenticated", "ann", &sql).await,
            Ok(1),
            "{table}"
        );
        assert_eq!(
            rows_as(&db, "authenticated", "stranger", &sql).await,
            Ok(0),
            "{table}"
        );
    }
    // The computed field of PostgREST: a living lease's heartbeat.
    let beats = "select 1 from public.runs r where public.heartbeat_at(r) is not null";
    assert_eq!(rows_as(&db, "authenticated", "ann", beats).await, Ok(1));
    for sql in [
        "select * from public.tokens",
        "select * from public.audit",
        "select * from public.workers",
        "select * from public.run_groups",
        "select * from public.dispatches",
        "update public.runs set status = 'queued' returning 1",
        "insert into public.session_members values (gen_random_uuid(), 'ann')",
        "delete from public.runs returning 1",
        "update public.spec_docs set content = '' returning 1",
        "insert into public.spec_docs (slug, title, content) values ('a/b', '', '') returning 1",
        "delete from public.spec_docs returning 1",
        "select public.spec_generate('{}')",
        "select public.spec_keep('{}')",
        "select public.spec_put('{}')",
        "select public.spec_get('{}')",
        "select public.spec_list('{}')",
        "select public.ops_spec_store('{}', now(), '', '{}')",
        "select public.runs_sweep('{}')",
        "select public.ops_first_token('{}')",
    ] {
        assert_eq!(
            rows_as(&db, "authenticated", "ann", sql).await,
            Err(SqlState::INSUFFICIENT_PRIVILEGE),
            "{sql}"
        );
    }
}

/// A bundle belongs to no session: whoever is signed in reads it, and nobody else.
#[tokio::test]
async fn documents_of_specifications_are_read_by_whoever_is_signed_in() {
    let db = TestDatabase::new().await;
    let documents = json!([{ "name": "plan.md", "content": "# Plan" }]);
    let stored = db
        .call(
            "spec_generate",
            json!({ "bundle": "search", "documents": documents }),
        )
        .await;
    assert_eq!(stored["changed"], 1, "{stored}");
    let sql = "select * from public.spec_docs";
    assert_eq!(rows_as(&db, "authenticated", "stranger", sql).await, Ok(1));
    assert_eq!(rows_as(&db, "service_role", "", sql).await, Ok(1));
    assert_eq!(
        rows_as(&db, "anon", "", sql).await,
        Err(SqlState::INSUFFICIENT_PRIVILEGE)
    );
}

#[tokio::test]
async fn the_service_role_may_call_every_verb() {
    let db = TestDatabase::new().await;
    assert_eq!(
        rows_as(&db, "service_role", "", "select public.runs_list('{}')").await,
        Ok(1)
    );
    let create = format!(
        "select public.runs_create('{}')",
        json!({ "auth": ops_tests::harness::database::auth(), "runs": [run(RunShape::default())] })
    );
    assert_eq!(rows_as(&db, "service_role", "", &create).await, Ok(1));
    let claim = format!(
        "select public.runs_claim('{}')",
        json!({ "auth": ops_tests::harness::database::auth(), "worker_id": "w", "lanes": ["A"] })
    );
    assert_eq!(rows_as(&db, "service_role", "", &claim).await, Ok(1));
}
