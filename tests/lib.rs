//! What the tests share: a real PostgreSQL with a database per test, the API in front of it, the model,
//! and a driver that tries changed inputs on parsers.

#[path = "fuzz/driver.rs"]
pub mod driver;
pub mod harness;
#[path = "model/mod.rs"]
pub mod model;
