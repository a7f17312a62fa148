pub mod api;
pub mod database;
mod runs;

pub use api::Api;
pub use database::TestDatabase;
pub use runs::{RunShape, run};
