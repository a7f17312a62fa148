use crate::stage::root;
use std::path::Path;
use std::process::Command;

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
    std::fs::write(&target, sql).map_err(|e| format!("{}: {e}", target.display()))?;
    note_revision(&target)
}

/// An installation that has an earlier text is brought to the present one: each digest is kept.
fn note_revision(migration: &Path) -> Result<(), String> {
    let said = Command::new("sha256sum").arg(migration).output();
    let said = said.map_err(|e| format!("sha256sum: {e}"))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let digest = said.split_whitespace().next().ok_or("sha256sum is mute")?;
    let list = Path::new(root()).join("crates/schema/src/revisions.txt");
    let fail = |e: std::io::Error| format!("{}: {e}", list.display());
    let mut known = std::fs::read_to_string(&list).map_err(fail)?;
    if known.lines().last() != Some(digest) {
        known.push_str(digest);
        known.push('\n');
        std::fs::write(&list, known).map_err(fail)?;
    }
    Ok(())
}
