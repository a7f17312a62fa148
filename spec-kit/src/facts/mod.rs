//! What one document says, as data: the one thing that generator, validator, trace and compiler
//! read. Every fact has its span.

mod claims;
mod document;
pub(crate) mod edges;
mod id;
mod item;
mod notes;
mod role;
mod task;

pub use claims::{ClosedSet, Inventory, InventoryKind, Member, Quantity, StatedCount, StatusClaim};
pub use document::{Document, DocumentKind};
pub use id::{Citation, Definition, Id, Numbers};
pub use item::{Cue, Item, Keyword, Mark, Scenario, Title};
pub use notes::{Clarification, Link, Marker, Suppression};
pub use role::{Role, RoleSection};
pub use task::{Check, Phase, Principle, Task, VersionLine};
