//! The native host: the router in front of PostgreSQL, a sweep timer, and local workers. Behind
//! `ops up` it brings the database too.

mod database;
mod error;
mod folder;
mod installation;
mod listen;
mod up;
mod workers;

pub use database::Source;
pub use error::UpError;
pub use folder::FolderBlobs;
pub use installation::{new_token, sha256_hex};
pub use listen::listen;
pub use ops_web::GitHubSettings;
pub use ops_web::journal::{Form as LogForm, write_as as write_log_as};
pub use up::{Up, UpOptions, start};
