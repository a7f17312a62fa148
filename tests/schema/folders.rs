use ops_schema::MIGRATIONS;
use ops_store_postgres::{Migrated, connect, migrate};
use ops_tests::harness::TestDatabase;
use std::path::PathBuf;
use tokio_postgres::Client;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../supabase")).join(name)
}

fn sql_files(name: &str) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder(name))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            (
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                std::fs::read_to_string(&path).expect("SQL"),
            )
        })
        .collect();
    files.sort();
    files
}

/// Everything that makes the database ours, as comparable lines.
pub async fn catalog(client: &Client) -> Vec<String> {
    let sql = "
        select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' notnull=' || a.attnotnull
            || ' identity=' || a.attidentity::text || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
          from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
          where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        union all select 'table ' || relname || ' rls=' || relrowsecurity || ' ' || coalesce(array_to_string(reloptions, ','), '')
            || ' ' || coalesce(array_to_string(array(select unnest(relacl)::text order by 1), ','), '')
          from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')
        union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
        union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          from pg_constraint where connamespace = 'public'::regnamespace
        union all select 'function ' || pg_get_functiondef(oid) || ' ' || coalesce(array_to_string(array(select unnest(proacl)::text order by 1), ','), '')
          from pg_proc where pronamespace = 'public'::regnamespace
        union all select 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || cmd || ' ' || coalesce(qual, '')
          from pg_policies where schemaname = 'public'
        union all select 'lane ' || name from public.lanes
        order by 1";
    client
        .query(sql, &[])
        .await
        .expect("the catalog")
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[tokio::test]
async fn both_folders_give_the_same_database() {
    let mut applied = connect(&TestDatabase::empty("template0").await)
        .await
        .expect("a connection");
    migrate(&mut applied).await.expect("migrations");
    let read = connect(&TestDatabase::empty("template0").await)
        .await
        .expect("a connection");
    for (name, sql) in sql_files("schemas") {
        read.batch_execute(&sql)
            .await
            .unwrap_or_else(|e| panic!("{name}: {e:?}"));
    }
    let (applied, read) = (catalog(&applied).await, catalog(&read).await);
    assert!(applied.len() > 200, "the catalog was read");
    assert_eq!(applied, read, "run `cargo xtask schema`");
}

#[tokio::test]
async fn migrations_may_run_again_and_are_recorded_as_the_supabase_cli_does() {
    let mut client = connect(&TestDatabase::empty("template0").await)
        .await
        .expect("a connection");
    assert_eq!(
        migrate(&mut client).await.expect("applies"),
        Migrated {
            applied: MIGRATIONS.len(),
            ..Migrated::default()
        }
    );
    assert_eq!(
        migrate(&mut client).await.expect("knows"),
        Migrated {
            known: MIGRATIONS.len(),
            ..Migrated::default()
        }
    );
    let before = catalog(&client).await;
    // Even forgotten and applied over itself it harms nothing.
    client.batch_execute("delete from supabase_migrations.schema_migrations; update lanes set paused = true where name = 'A'").await.expect("forgets");
    migrate(&mut client).await.expect("applies again");
    assert_eq!(catalog(&client).await, before);
    let row = client.query_one("select (select paused from lanes where name = 'A'), (select name from supabase_migrations.schema_migrations), ops_version()", &[]).await.expect("a row");
    assert!(row.get::<_, bool>(0), "what an operator set stays");
    assert_eq!(row.get::<_, String>(1), MIGRATIONS[0].name);
    assert_eq!(
        row.get::<_, String>(2),
        MIGRATIONS.last().expect("one").version
    );
}

#[test]
fn the_list_of_migrations_is_the_folder() {
    let files: Vec<String> = sql_files("migrations")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let listed: Vec<String> = MIGRATIONS
        .iter()
        .map(|m| format!("{}_{}.sql", m.version, m.name))
        .collect();
    assert_eq!(files, listed);
}

#[tokio::test]
async fn many_processes_may_migrate_at_once() {
    let config = TestDatabase::empty("template0").await;
    let mut starts = Vec::new();
    for _ in 0..4 {
        let config = config.clone();
        starts.push(tokio::spawn(async move {
            migrate(&mut connect(&config).await.expect("a connection"))
                .await
                .expect("migrates")
                .applied
        }));
    }
    let mut applied = 0;
    for start in starts {
        applied += start.await.expect("no panic");
    }
    assert_eq!(
        applied,
        MIGRATIONS.len(),
        "one applied, the others found it done"
    );
}

#[tokio::test]
async fn a_publication_of_supabase_only_gains_tables() {
    let mut client = connect(&TestDatabase::empty("template0").await)
        .await
        .expect("a connection");
    client.batch_execute("create table public.theirs (id int primary key); create publication supabase_realtime for table public.theirs").await.expect("as on Supabase");
    migrate(&mut client).await.expect("migrations");
    let tables: Vec<String> = client
        .query("select tablename::text from pg_publication_tables where pubname = 'supabase_realtime' order by 1", &[])
        .await
        .expect("tables")
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(
        tables,
        ["artifacts", "run_events", "runs", "sessions", "theirs"]
    );
}
