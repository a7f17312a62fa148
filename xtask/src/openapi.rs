use crate::stage::root;
use std::path::Path;
use std::process::Command;

const GENERATOR: [&str; 8] = [
    "run",
    "--locked",
    "--quiet",
    "-p",
    "ops-core",
    "--features",
    "schema",
    "--example",
];

/// Writes docs/openapi.json from the types of the contract; a test of `ops-core` compares.
pub fn write() -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args(GENERATOR)
        .arg("openapi")
        .current_dir(root())
        .output()
        .map_err(|e| format!("cargo does not start: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let target = Path::new(root()).join("docs/openapi.json");
    std::fs::write(&target, output.stdout).map_err(|e| format!("{}: {e}", target.display()))
}
