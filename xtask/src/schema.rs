use crate::stage::root;
use std::path::Path;

/// Until the first release there is one migration, and it is the schema itself. From then on
/// migrations are written by hand, and a test holds the two folders together.
pub fn write() -> Result<(), String> {
    let folder = Path::new(root()).join("supabase");
    let mut files: Vec<_> = std::fs::read_dir(folder.join("schemas"))
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|e| e.path()))
                .collect::<Result<_, _>>()
        })
        .map_err(|e| format!("supabase/schemas: {e}"))?;
    files.sort();
    let mut sql =
        String::from("-- Written by `cargo xtask schema` from supabase/schemas. Edit there.\n");
    for file in files {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{name}: {e}"))?;
        sql.push_str(&format!("\n-- {name}\n{text}"));
    }
    let target = folder.join("migrations/20261124000000_first_light.sql");
    std::fs::write(&target, sql).map_err(|e| format!("{}: {e}", target.display()))
}
