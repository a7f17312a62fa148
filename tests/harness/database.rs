//! One PostgreSQL per test program, one database per test.

use ops_core::port::Store;
use ops_store_postgres::{PoolSizes, PostgresStore, connect};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use tokio_postgres::{Client, Config};

/// The SHA-256 of the token that every test database knows: operator and worker.
pub const TOKEN: &str = "ops_test_token_of_every_test_database";

struct Server {
    connection: String,
    /// Its standard input closes when this program ends, however it ends; then it stops the server.
    _keeper: Child,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let keeper = super::api::built("ops-test-postgres");
        let mut child = Command::new(keeper)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the keeper starts");
        let mut connection = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut connection)
            .expect("the keeper speaks");
        assert!(
            !connection.trim().is_empty(),
            "the keeper ended before PostgreSQL was ready"
        );
        Server {
            connection: connection.trim().into(),
            _keeper: child,
        }
    })
}

/// A database of its own with the migrations applied.
pub struct TestDatabase {
    pub config: Config,
    pub store: Arc<PostgresStore>,
    pub admin: Client,
}

impl TestDatabase {
    pub async fn new() -> Self {
        Self::with_pool(PoolSizes {
            calls: 8,
            heartbeats: 2,
        })
        .await
    }

    pub async fn with_pool(sizes: PoolSizes) -> Self {
        let config = Self::empty("ops_template").await;
        let database = Self::open(config, sizes).await;
        let p = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
        database
            .store
            .call("ops_first_token", p)
            .await
            .expect("a token");
        database
    }

    /// The same database as another process sees it: with connections of its own.
    pub async fn of(config: &Config) -> Self {
        Self::open(
            config.clone(),
            PoolSizes {
                calls: 4,
                heartbeats: 1,
            },
        )
        .await
    }

    async fn open(config: Config, sizes: PoolSizes) -> Self {
        let store = Arc::new(PostgresStore::new(&config, sizes).expect("a pool"));
        let admin = connect(&config).await.expect("a connection");
        TestDatabase {
            config,
            store,
            admin,
        }
    }

    /// A new database copied from `template`; `template0` gives an empty one.
    pub async fn empty(template: &str) -> Config {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let config: Config = server().connection.parse().expect("a connection string");
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let admin = connect(&config).await.expect("a connection");
        // Two copies of one template at once are refused, so they queue.
        let sql = format!("select pg_advisory_lock(1); create database {name} template {template}");
        for statement in sql.split("; ") {
            admin.batch_execute(statement).await.expect("a database");
        }
        let mut own = config;
        own.dbname(&name);
        own
    }

    /// One call as the test's own token, of which nothing but an answer is expected.
    pub async fn call(&self, function: &'static str, mut p: Value) -> Value {
        p["auth"] = auth();
        self.store
            .call(function, p)
            .await
            .unwrap_or_else(|e| panic!("{function}: {e}"))
    }

    /// Each of our tables with a digest of its rows.
    pub async fn contents(&self) -> Vec<(String, String)> {
        let sql = "select tablename::text, (xpath('//d/text()', query_to_xml(format(
                'select coalesce(md5(string_agg(md5(t::text), '''' order by md5(t::text))), ''none'') as d from public.%I t', tablename), false, true, '')))[1]::text
            from pg_tables where schemaname = 'public' order by 1";
        let rows = self.admin.query(sql, &[]).await.expect("tables");
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Lets `seconds` pass for everything that is stored: leases, dates, heartbeats. The clock
    /// itself stays; what it is compared with moves back.
    pub async fn advance(&self, seconds: u32) {
        let columns = "select table_name, column_name from information_schema.columns
            where table_schema = 'public' and data_type like 'timestamp%' and table_name <> 'audit'";
        for row in self.admin.query(columns, &[]).await.expect("columns") {
            let (table, column): (String, String) = (row.get(0), row.get(1));
            let sql = format!(
                "update public.{table} set {column} = {column} - interval '{seconds} seconds' where {column} is not null and {column} > '1971-01-01'"
            );
            self.admin.batch_execute(&sql).await.expect("time passes");
        }
    }
}

pub fn auth() -> Value {
    json!({ "token_sha256": sha256_hex(TOKEN) })
}

pub fn sha256_hex(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
