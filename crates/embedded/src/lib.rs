//! The private PostgreSQL cluster behind `ops up`: a real PostgreSQL of this machine (or a pinned
//! build brought by its npm or pip), run as our own child, reachable only through a unix socket
//! in a private folder, and stopped with us.
//!
//! ```no_run
//! # async fn example() -> Result<(), ops_embedded::EmbeddedError> {
//! use ops_embedded::{Cluster, Options};
//! let cluster = Cluster::start(Options::new("/srv/ops", |line| eprintln!("{line}"))).await?;
//! let connection_string = cluster.connection_string();
//! cluster.stop().await?;
//! # Ok(()) }
//! ```

mod binaries;
mod cluster;
mod error;
mod files;
mod identity;
mod initialise;
mod leftover;
mod lock;
mod logs;
mod options;
mod place;
mod processes;
mod provision;
mod ready;
mod search;
mod server;
mod settings;
mod socket;

pub use cluster::Cluster;
pub use error::EmbeddedError;
pub use options::{Options, Report, Source};
pub use provision::ProvisionError;

/// Majors of PostgreSQL that our migrations are written for and tested on.
pub const SUPPORTED_MAJORS: std::ops::RangeInclusive<u32> = 15..=18;

/// The cluster's only role, and the database made for the product.
pub(crate) const USER: &str = "ops";
pub(crate) const DATABASE: &str = "ops";

/// No TCP port is opened: the number only names the socket file.
pub(crate) const PORT: u16 = 5432;
