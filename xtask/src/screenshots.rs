//! Pictures of the real pages, for people to look at. A tool like the browser tests, which it borrows.

use crate::browser;
use crate::stage::{cargo, root};
use std::path::PathBuf;
use std::process::Command;

pub fn run(arguments: &[&str]) -> Result<(), String> {
    cargo("program", &["build", "--locked", "--quiet", "-p", "ops"])?;
    browser::set_up()?;
    let folder = arguments.iter().find(|word| !word.starts_with('-'));
    let folder = folder.map_or_else(
        || PathBuf::from(root()).join("target/screenshots"),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let folder = folder.canonicalize().map_err(|e| e.to_string())?;
    // Built into the folder that this very program lies in.
    let ops = std::env::current_exe()
        .map_err(|e| e.to_string())?
        .with_file_name("ops");
    let status = Command::new("node")
        .arg("screenshots.mjs")
        .arg(&folder)
        .args(arguments.iter().filter(|word| word.starts_with('-')))
        .current_dir(PathBuf::from(root()).join("tests/browser"))
        .env("OPS_BIN", ops)
        .status()
        .map_err(|e| format!("node: {e}"))?;
    match status.success() {
        true => Ok(()),
        false => Err("not every picture was made".into()),
    }
}
