//! The components: one router, two versions of WASI, and for each a build that any host of
//! `wasi:http` takes and one that reads Spin's variables.

use crate::stage::{cargo, root};
use std::path::Path;

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
    cargo("components", &command())?;
    collect("wasi")
}

fn command() -> Vec<&'static str> {
    let mut arguments = BUILD.to_vec();
    arguments.push("ops-wasi-03");
    arguments
}

fn collect(kind: &str) -> Result<(), String> {
    let dist = Path::new(root()).join("dist");
    std::fs::create_dir_all(&dist).map_err(|e| format!("dist: {e}"))?;
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(root()).join("target"), Into::into);
    for version in ["2", "3"] {
        let built = target.join(format!("wasm32-wasip2/wasm/ops_wasi_0{version}.wasm"));
        let name = format!("ops-{kind}-0.{version}.wasm");
        let bytes = std::fs::copy(&built, dist.join(&name))
            .map_err(|e| format!("{}: {e}", built.display()))?;
        println!("── dist/{name}: {bytes} bytes");
    }
    Ok(())
}
