//! Packs `templates/ui`, folders and all, into one file: a component carries it, and has 3 MB for
//! everything.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

const UI: &str = "../../templates/ui";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={UI}");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo runs this")?);
    let mut files = BTreeMap::new();
    for folder in ["", "assets", "assets/vendor"] {
        read(&Path::new(UI).join(folder), &mut files)?;
    }
    let json = serde_json::to_vec(&files)?;
    let packed = miniz_oxide::deflate::compress_to_vec(&json, 10);
    std::fs::write(out.join("ui.json.deflate"), packed)?;
    Ok(())
}

/// Files by their plain names, of which no two are the same.
fn read(folder: &Path, files: &mut BTreeMap<String, String>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().ok_or("a name")?.to_string_lossy();
        if path.is_file()
            && files
                .insert(name.to_string(), std::fs::read_to_string(&path)?)
                .is_some()
        {
            return Err(format!("two files below {UI} are called {name}").into());
        }
    }
    Ok(())
}
