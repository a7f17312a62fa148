pub struct Migration {
    pub version: &'static str,
    pub name: &'static str,
    pub sql: &'static str,
}

/// In order. A test holds this list against the folder.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: "20261124000000",
    name: "first_light",
    sql: include_str!("../../../supabase/migrations/20261124000000_first_light.sql"),
}];

/// Everything that has to be pasted where no road leads to the database, with the record that keeps
/// other tools from doing it again.
pub fn sql_to_paste() -> String {
    let mut sql = String::from("begin;\n");
    for migration in MIGRATIONS {
        sql.push_str(migration.sql);
        sql.push_str(&format!(
            "\ncreate schema if not exists supabase_migrations;\n\
             create table if not exists supabase_migrations.schema_migrations \
             (version text primary key, statements text[], name text);\n\
             insert into supabase_migrations.schema_migrations (version, name) \
             values ('{}', '{}') on conflict do nothing;\n",
            migration.version, migration.name
        ));
    }
    sql.push_str("commit;\nnotify pgrst, 'reload schema';\n");
    sql
}
