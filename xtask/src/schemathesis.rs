//! The fuzzer of the API: schemathesis, which takes docs/openapi.json as its word.

use crate::npm::which;
use crate::stage::root;
use std::path::Path;
use std::process::Command;

/// `tools/schemathesis`. Idempotent. Where pip cannot bring it, the test says that it cannot run, and
/// where everything is required that fails.
pub fn install() -> Result<(), String> {
    let requirements = Path::new(root()).join("tests/fuzz/requirements.txt");
    let said = |e: std::io::Error| format!("tools: {e}");
    let wanted = std::fs::read_to_string(&requirements).map_err(said)?;
    let Some(python) = python() else {
        println!("── no python3: the API will not be fuzzed");
        return Ok(());
    };
    let tools = Path::new(root()).join("tools");
    let (packages, pin) = (tools.join("schemathesis"), tools.join("schemathesis.pin"));
    // Some packages are built for one version of Python.
    let wanted = format!("{python}{wanted}");
    if packages.is_dir() && std::fs::read_to_string(&pin).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    println!("── schemathesis: pip install --requirement tests/fuzz/requirements.txt");
    if packages.is_dir() {
        std::fs::remove_dir_all(&packages).map_err(said)?;
    }
    std::fs::create_dir_all(&tools).map_err(said)?;
    let status = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
        ])
        .args([
            "--disable-pip-version-check",
            "--root-user-action",
            "ignore",
            "--target",
        ])
        .arg(&packages)
        .arg("--requirement")
        .arg(&requirements)
        .status()
        .map_err(|e| format!("python3: {e}"))?;
    if !status.success() {
        println!("── pip does not bring schemathesis: the API will not be fuzzed");
        return std::fs::remove_dir_all(&packages).or(Ok(()));
    }
    std::fs::write(pin, wanted).map_err(said)
}

/// Which Python it is.
fn python() -> Option<String> {
    which("python3")?;
    let output = Command::new("python3").arg("--version").output().ok()?;
    Some(format!("# {}", String::from_utf8_lossy(&output.stdout)))
}
