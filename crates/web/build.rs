//! Makes the API's description small: a component carries it, and has 3 MB for all.

use std::error::Error;
use std::path::PathBuf;

const DOCUMENT: &str = "../../docs/openapi.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo runs this")?);
    let document: serde_json::Value = serde_json::from_slice(&std::fs::read(DOCUMENT)?)?;
    // The smallest that there is: it is done once.
    let packed = miniz_oxide::deflate::compress_to_vec(document.to_string().as_bytes(), 10);
    std::fs::write(out.join("openapi.json.deflate"), packed)?;
    Ok(())
}
