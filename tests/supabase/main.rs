//! Our adapter against the real PostgREST behind Supabase's key handling. The protocol itself is in
//! `tests/contract`; here is what may be wrong with the road to it.

mod acceptance;
mod keys;
mod lite;
mod road;
mod server;

use ops_client::NativeTransport;
use ops_core::port::{Store, StoreError};
use ops_store_supabase::{Origin, ServiceKey, SupabaseStore};
use serde_json::{Value, json};

pub fn store(origin: &str, key: &str) -> SupabaseStore<NativeTransport> {
    SupabaseStore::new(
        NativeTransport::new().expect("a transport"),
        &Origin::parse(origin).expect("an origin"),
        &ServiceKey::parse(key).expect("a key"),
    )
}

/// A call that needs a schema, a grant and a connection, and changes nothing.
pub async fn health(store: &impl Store) -> Result<Value, StoreError> {
    store.call("ops_health", json!({})).await
}
