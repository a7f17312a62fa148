use crate::stage::root;
use std::path::Path;
use std::process::{Command, Stdio};

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

/// Writes docs/openapi.json from the types of the contract, and the tables of docs/API.md from the
/// same; tests of `ops-core` compare.
pub fn write() -> Result<(), String> {
    generate("openapi", "docs/openapi.json", Stdio::null())?;
    let api = Path::new(root()).join("docs/API.md");
    let old = std::fs::File::open(&api).map_err(|e| format!("{}: {e}", api.display()))?;
    generate("api", "docs/API.md", old.into())
}

fn generate(example: &str, file: &str, input: Stdio) -> Result<(), String> {
    let output = Command::new(env!("CARGO"))
        .args(GENERATOR)
        .arg(example)
        .current_dir(root())
        .stdin(input)
        .output()
        .map_err(|e| format!("cargo does not start: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let target = Path::new(root()).join(file);
    std::fs::write(&target, output.stdout).map_err(|e| format!("{}: {e}", target.display()))
}
