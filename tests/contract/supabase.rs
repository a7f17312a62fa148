//! The same stories over Supabase REST: our adapter, the gateway's keys, the real PostgREST.

use crate::postgres::Postgres;
use ops_client::NativeTransport;
use ops_store_supabase::{Origin, ServiceKey, SupabaseStore};
use ops_tests::harness::gateway::SECRET_KEY;
use ops_tests::harness::supabase::Supabase;

pub struct Project {
    pub store: SupabaseStore<NativeTransport>,
    _supabase: Supabase,
    pub postgres: Postgres,
}

impl Project {
    pub async fn open() -> Self {
        let postgres = Postgres::borrow().await;
        let supabase = Supabase::over(&postgres.database.config).await;
        let origin = Origin::parse(&supabase.gateway.origin).expect("an origin");
        let key = ServiceKey::parse(SECRET_KEY).expect("a key");
        let transport = NativeTransport::new().expect("a transport");
        Project {
            store: SupabaseStore::new(transport, &origin, &key),
            _supabase: supabase,
            postgres,
        }
    }
}
