//! Makes small what a component carries: the SQL as a browser takes it packed, and the expected facts
//! packed, without the white space that makes their changes readable.

use flate2::{Compression, write::GzEncoder};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

// Of what a migration knows, only its text is needed here.
#[allow(dead_code)]
#[path = "src/migrations.rs"]
mod migrations;

fn main() -> Result<(), Box<dyn Error>> {
    for watched in [
        "build.rs",
        "src/migrations.rs",
        "src/revisions.txt",
        "src/expected.json",
        "../../supabase/migrations",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo runs this")?);
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(migrations::sql_to_paste().as_bytes())?;
    std::fs::write(out.join("schema.sql.gz"), packed.finish()?)?;

    let expected = std::fs::read_to_string("src/expected.json")?;
    let expected: serde_json::Value = serde_json::from_str(&expected)?;
    let packed = miniz_oxide::deflate::compress_to_vec(expected.to_string().as_bytes(), 10);
    std::fs::write(out.join("expected.json.deflate"), packed)?;
    Ok(())
}
