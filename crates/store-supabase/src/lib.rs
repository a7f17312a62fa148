//! The `Blobs` port over Supabase Storage, and the `Store` port over Supabase REST: `POST /rest/v1/rpc/f` with `{"p": …}`, one round trip a
//! call. Generic over [`Transport`](ops_core::port::Transport), so the same code runs natively and
//! inside a WASI component. The adapter holds no decision; it maps failures of the road, never
//! answers.

mod blobs;
mod failure;
mod key;
mod origin;
mod repeat;
mod storage_error;
mod store;

pub use blobs::{BUCKET, Bucket, SupabaseBlobs};
pub use key::{KeyError, ServiceKey};
pub use origin::{Origin, OriginError};
pub use store::SupabaseStore;
