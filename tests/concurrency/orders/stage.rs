//! A database with the two runs, and a connection for each call.

use super::cast::{ACTS, AFTER, Act, claim, create};
use ops_store_postgres::connect;
use ops_tests::harness::TestDatabase;
use ops_tests::harness::database::auth;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_postgres::{Client, Statement};

pub struct Stage {
    pub database: TestDatabase,
    /// Holds the locks behind which calls meet.
    pub gate: Client,
    pub actors: BTreeMap<Act, Arc<Actor>>,
    pub waits: Statement,
    passes: String,
}

pub struct Actor {
    pub client: Client,
    pub pid: i32,
    pub call: Statement,
}

impl Stage {
    pub async fn open() -> Self {
        let database = TestDatabase::new().await;
        let mut actors = BTreeMap::new();
        for act in ACTS {
            let client = open(&database).await;
            let row = client.query_one("select pg_backend_pid()", &[]).await;
            let pid = row.expect("a pid").get(0);
            let sql = format!("select public.{}($1)", act.function());
            let call = client.prepare(&sql).await.expect("a verb");
            actors.insert(act, Arc::new(Actor { client, pid, call }));
        }
        let gate = open(&database).await;
        let sql = "select wait_event_type = 'Lock' from pg_stat_activity where pid = $1";
        let waits = database.admin.prepare(sql).await.expect("a statement");
        Stage {
            database,
            gate,
            actors,
            waits,
            passes: format!("{LOGS}{}", passing()),
        }
    }

    /// Both runs anew: the one whose lease lives, and the one whose lease has expired.
    pub async fn set(&self) -> [String; 2] {
        let sql = "delete from artifacts; delete from run_steps; delete from run_events; delete from run_logs;
            delete from run_attempts; delete from run_leases; delete from runs; delete from workers;";
        let admin = &self.database.admin;
        admin.batch_execute(sql).await.expect("an empty stage");
        self.database.call("runs_create", create()).await;
        let claimed = self.database.call("runs_claim", claim()).await;
        admin
            .batch_execute(&self.passes)
            .await
            .expect("time passes");
        [0, 1].map(|place| text(&claimed["runs"][place]["run_id"]))
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("an id").into()
}

/// A log has its row from the first, so that there is something to lock.
const LOGS: &str = "insert into run_logs (run_id) select id from runs;";

/// Moves back whatever tells of the runs.
fn passing() -> String {
    let columns = [
        (
            "run_leases",
            ["heartbeat_at", "expires_at", "ends_by"].as_slice(),
        ),
        ("run_attempts", &["claimed_at"]),
        ("workers", &["first_seen", "last_seen", "swept_at"]),
        ("runs", &["created_at", "claimed_at", "started_at"]),
    ];
    let one = |(table, columns): (&str, &[&str])| {
        let moved = |column: &&str| format!("{column} = {column} - interval '{AFTER} seconds'");
        let moved: Vec<String> = columns.iter().map(moved).collect();
        format!("update {table} set {};", moved.join(", "))
    };
    columns.map(one).concat()
}

/// Nothing here has to survive a power cut.
async fn open(database: &TestDatabase) -> Client {
    let client = connect(&database.config).await.expect("a connection");
    let set = "set synchronous_commit = off";
    client.batch_execute(set).await.expect("a setting");
    client
}

impl Actor {
    pub async fn say(&self, mut p: Value) -> Value {
        p["auth"] = auth();
        let row = self.client.query_one(&self.call, &[&p]).await;
        // A deadlock is an error, and so is a verb that gives up.
        row.unwrap_or_else(|e| panic!("{e:?}")).get(0)
    }
}
