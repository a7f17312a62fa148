pub mod api;
pub mod database;
pub mod process;
mod runs;

pub use api::Api;
pub use database::TestDatabase;
pub use runs::{RunShape, run};
