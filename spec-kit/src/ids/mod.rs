//! Ids that are given once and stay: with a node that is reworded, with one that is moved, and
//! never with another.

mod lock;
mod mint;

pub use lock::{Entry, Lock, LockError, LockReason, State};
pub(crate) use mint::spelled_alike;
pub use mint::{ANYWHERE, Claim, Mint, SAME_PLACE};
