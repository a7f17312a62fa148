//! What reads workflows: zizmor, actionlint and check-jsonschema.

use crate::npm::which;
use crate::stage::root;
use std::path::Path;
use std::process::Command;

const REQUIREMENTS: &str = "tests/tidy/requirements.txt";

/// `tools/workflows`. Idempotent. Where pip cannot bring them, the test says that it cannot run, and
/// where everything is required that fails.
pub fn install() -> Result<(), String> {
    let said = |e: std::io::Error| format!("tools: {e}");
    let requirements = Path::new(root()).join(REQUIREMENTS);
    let wanted = std::fs::read_to_string(&requirements).map_err(said)?;
    let Some(python) = python() else {
        println!("── no python3: the workflows will not be checked");
        return Ok(());
    };
    let tools = Path::new(root()).join("tools");
    let (packages, pin) = (tools.join("workflows"), tools.join("workflows.pin"));
    // Some packages are built for one version of Python.
    let wanted = format!("{python}{wanted}");
    if packages.is_dir() && std::fs::read_to_string(&pin).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    println!("── workflows: pip install --requirement {REQUIREMENTS}");
    if packages.is_dir() {
        std::fs::remove_dir_all(&packages).map_err(said)?;
    }
    std::fs::create_dir_all(&tools).map_err(said)?;
    if !bring(&requirements, &packages)? {
        println!("── pip does not bring zizmor and others: the workflows will not be checked");
        return std::fs::remove_dir_all(&packages).or(Ok(()));
    }
    std::fs::write(pin, wanted).map_err(said)
}

/// Whether pip brought them, each with a hash that the file names.
fn bring(requirements: &Path, packages: &Path) -> Result<bool, String> {
    let status = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--require-hashes", "--only-binary", ":all:"])
        .args(["--disable-pip-version-check", "--root-user-action"])
        .args(["ignore", "--target"])
        .arg(packages)
        .arg("--requirement")
        .arg(requirements)
        .status()
        .map_err(|e| format!("python3: {e}"))?;
    Ok(status.success())
}

/// Which Python it is.
fn python() -> Option<String> {
    which("python3")?;
    let output = Command::new("python3").arg("--version").output().ok()?;
    Some(format!("# {}", String::from_utf8_lossy(&output.stdout)))
}
