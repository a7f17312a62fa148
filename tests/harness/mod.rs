pub mod api;
pub mod database;
pub mod gateway;
pub mod github;
pub mod issuer;
pub mod lambda;
pub mod process;
mod runs;
pub mod storage;
pub mod supabase;
pub mod tcp;
pub mod wasmtime;

pub use api::Api;
pub use database::TestDatabase;
pub use runs::{RunShape, run};

/// Says loudly that a check cannot run here; where everything is required that is a failure.
pub fn not_run(without: &str) {
    let is_required = std::env::var("OPS_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(!is_required, "this check cannot run without {without}");
    eprintln!("NOT RUN: this check needs {without}");
}
