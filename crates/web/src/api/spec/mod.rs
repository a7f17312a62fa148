//! The spec kit: bundles made, checked and kept by `spec.*`. What is decided of their text, `ops-spec-kit`
//! decides; who may and what is stored, the database.

mod check;
#[cfg_attr(not(feature = "spec-kit"), path = "absent.rs")]
mod kit;
mod put;
mod read;

#[cfg(not(feature = "spec-kit"))]
pub use kit::elsewhere;
#[cfg(feature = "spec-kit")]
pub use kit::{bundle_of, keep_report, keep_source};
pub use kit::{generate, validate};
pub use put::put;
#[cfg(feature = "spec-kit")]
pub use read::zip;
pub use read::{list, read};
