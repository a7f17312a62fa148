//! What the tests share: a real PostgreSQL with a database per test, the API in front of it, and
//! the model.

pub mod harness;
#[path = "model/mod.rs"]
pub mod model;
