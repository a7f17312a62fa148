//! Bundles of the spec kit on a disk: found, read, checked, and written whole or not at all.
//!
//! A crate of its own because the command line and the action need the same, and the spec kit
//! itself never knows files. It never knows terminals, the network, a clock, or who asks.

mod check;
mod date;
mod error;
mod export;
mod find;
mod generate;
mod import;
mod load;
mod names;
mod settings;
mod store;

pub use check::{Check, write_report};
pub use date::day_of_epoch;
pub use error::FilesError;
pub use export::{Export, ExportPlan};
pub use find::is_wanted;
pub use generate::{Change, Generate, Plan, State};
pub use import::{Import, ImportPlan};
pub use load::{bundles, one_bundle};
