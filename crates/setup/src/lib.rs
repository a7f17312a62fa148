//! The wizard: find, apply and verify an installation. Three steps, each a list of checks that say
//! what was found and what was expected: **reach**, **schema**, **verify**. It can be run again at any
//! time, mends what it may, and says what a person must do.
//!
//! It never knows who is asking: the CLI prints what it returns.

mod bucket;
mod management;
mod reach;
mod road;
mod schema;
mod verify;

pub use bucket::{Missing, bucket};
pub use management::Management;
pub use ops_schema::{Catalog, Check, State, Step, sql_to_paste, unread, verify};
pub use reach::{Project, reach};
pub use road::{Apply, Direct, Road, RoadError, postgres_store};
pub use schema::{install, is_seen};
pub use verify::{catalog, first_token, refuses_strangers, self_test};
