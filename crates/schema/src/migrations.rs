pub struct Migration {
    pub version: &'static str,
    pub name: &'static str,
    pub sql: &'static str,
    /// The SHA-256 of each text that it ever had, the present one last. A file that is never changed
    /// has one.
    pub revisions: &'static str,
}

impl Migration {
    /// Whether a text of this digest came before the present one. One that nobody knows is of a later
    /// program or of somebody else: it is left as it is.
    pub fn is_outdated(&self, sha256: &str) -> bool {
        let mut newest_first = self.revisions.lines().rev();
        newest_first.next() != Some(sha256) && newest_first.any(|known| known == sha256)
    }
}

/// In order. A test holds this list against the folder.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: "20261124000000",
    name: "first_light",
    sql: include_str!("../../../supabase/migrations/20261124000000_first_light.sql"),
    revisions: include_str!("revisions.txt"),
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
