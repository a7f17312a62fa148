//! Hosts of the router, each over a database of its own.

use ops_client::NativeTransport;
use ops_store_supabase::{BUCKET, Origin, ServiceKey, SupabaseBlobs, SupabaseStore};
use ops_tests::harness::gateway::SECRET_KEY;
use ops_tests::harness::lambda::Lambda;
use ops_tests::harness::supabase::Supabase;
use ops_tests::harness::wasmtime::{self, Wasmtime};
use ops_tests::harness::{Api, TestDatabase};
use ops_web::{App, Host as Pace};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A listener, and PostgreSQL itself behind the router: what the others are compared with.
    Native,
    /// The same listener in front of Supabase.
    NativeBeforeSupabase,
    /// `wasmtime serve`, with requests per instance as it chooses, or so many.
    Wasi(&'static str, Option<u32>),
    /// The second component, with what needs the spec kit.
    SpecKit(&'static str),
    Lambda,
}

#[expect(dead_code, reason = "ends when dropped")]
enum Running {
    Task(Api),
    Wasmtime(Wasmtime),
    Lambda(Lambda),
}

pub struct Host {
    pub url: String,
    // In this order: a host ends first, then it loses its gateway, then its database.
    _running: Running,
    pub supabase: Option<Supabase>,
    _database: TestDatabase,
}

impl Host {
    pub async fn start(kind: Kind) -> Host {
        let database = TestDatabase::new().await;
        if kind == Kind::Native {
            let api = Api::serve(database.store.clone(), Pace::NATIVE).await;
            return Host {
                url: api.url.clone(),
                _running: Running::Task(api),
                supabase: None,
                _database: database,
            };
        }
        let supabase = Box::pin(Supabase::over(&database.config)).await;
        let origin = supabase.gateway.origin.clone();
        supabase.gateway.storage().make(BUCKET);
        let (url, running) = match kind {
            Kind::Wasi(version, reuse) => {
                let component = wasmtime::component(version);
                let reuse = reuse.map(|count| format!("--max-instance-reuse-count={count}"));
                let more: Vec<&str> = reuse.iter().map(String::as_str).collect();
                let wasmtime = Wasmtime::serve(&component, &origin, &more);
                (wasmtime.url.clone(), Running::Wasmtime(wasmtime))
            }
            Kind::SpecKit(version) => {
                let component = wasmtime::spec_kit_component(version);
                let wasmtime = Wasmtime::serve(&component, &origin, &[]);
                (wasmtime.url.clone(), Running::Wasmtime(wasmtime))
            }
            Kind::Lambda => {
                let lambda = Lambda::start(&origin).await;
                (lambda.url.clone(), Running::Lambda(lambda))
            }
            Kind::Native | Kind::NativeBeforeSupabase => {
                let api = Api::serve_app(app(&origin)).await;
                (api.url.clone(), Running::Task(api))
            }
        };
        Host {
            url,
            _running: running,
            supabase: Some(supabase),
            _database: database,
        }
    }
}

fn app(origin: &str) -> App {
    let transport = Arc::new(NativeTransport::new().expect("a transport"));
    let origin = Origin::parse(origin).expect("an origin");
    let key = ServiceKey::parse(SECRET_KEY).expect("a key");
    let store = SupabaseStore::new(transport.clone(), &origin, &key);
    let blobs = SupabaseBlobs::new(transport, &origin, &key);
    App::new(Arc::new(store), Pace::NATIVE_BEFORE_SUPABASE).with_blobs(Arc::new(blobs))
}

/// Whether a host can be tried here: `cargo xtask test` brings what it needs.
pub fn is_there(kind: Kind) -> bool {
    if kind == Kind::Native {
        return true;
    }
    if !ops_tests::harness::supabase::is_there() {
        return false;
    }
    match kind {
        Kind::Wasi(version, _) => wasmtime::is_there(version),
        Kind::SpecKit(version) => wasmtime::can_be_tried(&wasmtime::spec_kit_component(version)),
        _ => true,
    }
}
