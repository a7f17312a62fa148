//! The `Store` port over Supabase REST: `POST /rest/v1/rpc/f` with `{"p": …}`, one round trip a
//! call. Generic over [`Transport`](ops_core::port::Transport), so the same code runs natively and
//! inside a WASI component. The adapter holds no decision; it maps failures of the road, never
//! answers.

mod failure;
mod key;
mod origin;
mod repeat;
mod store;

pub use key::{KeyError, ServiceKey};
pub use origin::{Origin, OriginError};
pub use store::SupabaseStore;
