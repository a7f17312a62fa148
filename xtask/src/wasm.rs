//! The components: one router, two versions of WASI, and for each a build that any host of
//! `wasi:http` takes and one that reads Spin's variables.

use crate::stage::{built, cargo, root};
use std::path::Path;
use std::process::Command;

/// Both in one command: alone, each would compile shared dependencies with other features.
const BUILD: [&str; 10] = [
    "build",
    "--profile",
    "wasm",
    "--locked",
    "--quiet",
    "--target",
    "wasm32-wasip2",
    "-p",
    "ops-wasi-02",
    "-p",
];

/// Writes `dist/ops-wasi-0.2.wasm`, `dist/ops-wasi-0.3.wasm`, and the same as `ops-spin-…`.
pub fn build() -> Result<(), String> {
    portable()?;
    let mut arguments = command();
    arguments.extend(["--features", "ops-wasi-02/spin,ops-wasi-03/spin"]);
    cargo("components for Spin", &arguments)?;
    collect("spin")
}

/// The two that tests run.
pub fn portable() -> Result<(), String> {
    ensure_target()?;
    cargo("components", &command())?;
    collect("wasi")
}

/// rustup adds the targets of `rust-toolchain.toml` only when it installs the toolchain itself.
pub fn ensure_target() -> Result<(), String> {
    let library = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", "wasm32-wasip2"])
        .current_dir(root())
        .output()
        .map_err(|e| format!("rustc does not start: {e}"))?;
    if Path::new(String::from_utf8_lossy(&library.stdout).trim()).is_dir() {
        return Ok(());
    }
    let added = Command::new("rustup")
        .args(["target", "add", "wasm32-wasip2"])
        .current_dir(root())
        .status();
    match added {
        Ok(status) if status.success() => Ok(()),
        _ => Err(
            "the target wasm32-wasip2 is missing, and `rustup target add` did not bring it".into(),
        ),
    }
}

fn command() -> Vec<&'static str> {
    let mut arguments = BUILD.to_vec();
    arguments.push("ops-wasi-03");
    arguments
}

fn collect(kind: &str) -> Result<(), String> {
    let dist = Path::new(root()).join("dist");
    std::fs::create_dir_all(&dist).map_err(|e| format!("dist: {e}"))?;
    for version in ["2", "3"] {
        let built = built("wasm32-wasip2/wasm", &format!("ops_wasi_0{version}.wasm"));
        let name = format!("ops-{kind}-0.{version}.wasm");
        let bytes = std::fs::copy(&built, dist.join(&name))
            .map_err(|e| format!("{}: {e}", built.display()))?;
        println!("── dist/{name}: {bytes} bytes");
    }
    Ok(())
}
