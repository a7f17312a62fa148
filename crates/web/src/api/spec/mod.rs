//! The spec kit: bundles made, checked and kept by `spec.*`. What is decided of their text, `ops-spec-kit`
//! decides; who may and what is stored, the database.

mod check;
#[cfg_attr(not(feature = "spec-kit"), path = "absent.rs")]
mod kit;
mod put;
mod read;

pub use kit::{IS_HERE, bundle_of, generate, keep_report, keep_source, validate};
pub use put::put;
pub use read::{list, read, zip};
