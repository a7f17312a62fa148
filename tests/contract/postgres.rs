//! Databases are handed from story to story: emptying one takes milliseconds, making one half a
//! second. Never two stories at once in the same.

use ops_store_postgres::{PoolSizes, PostgresStore, connect};
use ops_tests::harness::TestDatabase;
use ops_tests::harness::database::{TOKEN, sha256_hex};
use std::sync::{Arc, Mutex};
use tokio_postgres::{Client, Config};

static IDLE: Mutex<Vec<Config>> = Mutex::new(Vec::new());

/// Only refused writes are counted on a run that has ended; whatever else changes it is a fault.
const NOTHING_LEAVES_A_TERMINAL_STATE: &str = "
    create or replace function public.test_terminal() returns trigger language plpgsql as $$
    begin
      if old.status in ('succeeded', 'failed', 'cancelled', 'timed_out')
        and to_jsonb(old) - 'refused_writes' <> to_jsonb(new) - 'refused_writes' then
        raise exception 'a run that has ended was changed: % became %', old, new;
      end if;
      return new;
    end $$;
    create or replace trigger test_terminal before update on public.runs
      for each row execute function public.test_terminal();";

pub struct Postgres {
    pub database: TestDatabase,
    /// Moves every stored time back by `$1` seconds.
    pass: String,
}

impl Postgres {
    pub async fn borrow() -> Self {
        let idle = IDLE.lock().expect("no story panics here").pop();
        let config = match idle {
            Some(config) => config,
            None => TestDatabase::empty("ops_template").await,
        };
        let sizes = PoolSizes {
            calls: 4,
            heartbeats: 1,
        };
        let store = PostgresStore::new(&config, sizes).expect("a pool");
        let admin = connect(&config).await.expect("a connection");
        // Our own bookkeeping passes by triggers, and need not survive a power cut.
        admin
            .batch_execute("set session_replication_role = replica; set synchronous_commit = off")
            .await
            .expect("a superuser");
        let pass = passing(&admin).await;
        let database = TestDatabase {
            config,
            store: Arc::new(store),
            admin,
        };
        database
            .admin
            .batch_execute(NOTHING_LEAVES_A_TERMINAL_STATE)
            .await
            .expect("a trigger");
        let world = Postgres { database, pass };
        world.empty().await;
        world
    }

    /// As after the migrations, with the one token of every test database.
    pub async fn empty(&self) {
        let sql = "
            delete from public.artifacts; delete from public.run_steps; delete from public.run_events;
            delete from public.run_logs; delete from public.run_attempts; delete from public.run_leases;
            delete from public.runs; delete from public.workers; delete from public.run_groups; delete from public.run_dependencies;
            delete from public.run_template_versions; delete from public.run_templates;
            delete from public.session_members; delete from public.sessions; delete from public.audit;
            delete from public.tokens; delete from public.lanes;
            insert into public.lanes (name) values ('A'), ('B'), ('C'), ('D');";
        let admin = &self.database.admin;
        admin.batch_execute(sql).await.expect("an empty database");
        let kinds = ["operator", "worker"];
        let insert =
            "insert into public.tokens (name, kinds, token_sha256) values ('test', $1, $2)";
        admin
            .execute(insert, &[&&kinds[..], &sha256_hex(TOKEN)])
            .await
            .expect("the token");
    }

    pub async fn pass(&self, seconds: u32) {
        let sql = self.pass.replace("$1", &seconds.to_string());
        let admin = &self.database.admin;
        admin.batch_execute(&sql).await.expect("time passes");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A story that failed keeps its database, for whoever looks into it.
        if !std::thread::panicking() {
            let config = self.database.config.clone();
            IDLE.lock().expect("no story panics here").push(config);
        }
    }
}

async fn passing(admin: &Client) -> String {
    let sql = "
        select string_agg(format('update public.%I set %s;', t.table_name, t.sets), ' ') from (
          select c.table_name, string_agg(format(
            '%1$I = case when %1$I > ''1971-01-01'' then %1$I - interval ''$1 seconds'' else %1$I end',
            c.column_name), ', ') as sets
          from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
          where c.table_schema = 'public' and c.data_type = 'timestamp with time zone'
            and b.table_type = 'BASE TABLE' and c.table_name <> 'audit'
          group by c.table_name) t";
    let row = admin.query_one(sql, &[]).await.expect("the columns");
    row.get(0)
}
