//! The `Store` port over PostgreSQL: `select f($1)`, and nothing else. The adapter holds no
//! decision; it maps failures of the road, never answers.

mod error;
mod migrate;
mod store;
mod tls;

pub use migrate::{Migrated, migrate};
pub use store::{PoolSizes, PostgresStore};
pub use tls::connect;
