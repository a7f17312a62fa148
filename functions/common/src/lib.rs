//! What every serverless host builds from its settings: the product's router in front of a Supabase
//! project. A host brings its settings and its outbound HTTP, and nothing else differs.

use axum::Router;
use axum::http::Request;
use ops_core::port::{BoxFuture, Store, StoreError, Transport};
use ops_store_supabase::{Origin, ServiceKey, SupabaseBlobs, SupabaseStore};
use ops_web::journal::{Form, write_as};
use ops_web::{App, GitHub, Host, SourceAddress};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;

pub use ops_web::GitHubSettings;

/// Names of the settings where they are environment variables.
pub const URL_VARIABLE: &str = "OPS_SUPABASE_URL";
pub const KEY_VARIABLE: &str = "OPS_SUPABASE_KEY";
pub const KEEP_VARIABLE: &str = "OPS_KEEP_DAYS";
pub const LOG_VARIABLE: &str = "OPS_LOG";

/// Taken as the host has them: what is wrong with them is said by the answers and in the log.
#[derive(Clone, Default)]
pub struct Settings {
    pub supabase_url: String,
    pub supabase_key: String,
    /// Runs that ended so many days ago are deleted by sweeps, 1 to 36,500; empty: none.
    pub keep_days: String,
    /// `text`, or `json` for an object a line, runs and attempts included; empty is text.
    pub log: String,
    pub github: GitHubSettings,
}

impl Settings {
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        Settings {
            supabase_url: variable(URL_VARIABLE),
            supabase_key: variable(KEY_VARIABLE),
            keep_days: variable(KEEP_VARIABLE),
            log: variable(LOG_VARIABLE),
            github: GitHubSettings::from_environment(),
        }
    }
}

/// The router of this function. Wrong settings are no reason to fail: each answer says `unavailable`,
/// pages show the set-up, and the log has the reason.
pub fn router<T: Transport + 'static>(settings: &Settings, transport: T) -> Router {
    choose_log(settings);
    let app = match project(settings) {
        Ok((origin, key, keep_days)) => {
            let transport = Arc::new(transport);
            let github = GitHub::new(transport.clone(), &settings.github);
            let store = SupabaseStore::new(transport.clone(), &origin, &key);
            let blobs = SupabaseBlobs::new(transport, &origin, &key);
            App::new(Arc::new(store), Host::SERVERLESS)
                .with_blobs(Arc::new(blobs))
                .keeping(keep_days)
                .with_github(github)
        }
        Err(wrong) => App::new(Arc::new(NoStore(wrong.to_string())), Host::SERVERLESS),
    };
    ops_web::router(app)
}

/// The same project behind the Spec Kit tab and the two verbs that need the spec kit.
#[cfg(feature = "spec-kit")]
pub fn spec_kit_router<T: Transport + 'static>(settings: &Settings, transport: T) -> Router {
    choose_log(settings);
    let store: Arc<dyn Store> = match project(settings) {
        Ok((origin, key, _)) => Arc::new(SupabaseStore::new(Arc::new(transport), &origin, &key)),
        Err(wrong) => Arc::new(NoStore(wrong.to_string())),
    };
    ops_web::spec_kit_router(App::new(store, Host::SERVERLESS))
}

/// A log in the wrong form is better than none.
fn choose_log(settings: &Settings) {
    write_as(Form::parse(&settings.log).unwrap_or_default());
}

/// Names the peer by a header that Spin overwrites, so that no caller can forge it. Other hosts let it
/// pass: only a component for Spin may call this.
pub fn with_spin_source<B>(mut request: Request<B>) -> Request<B> {
    let peer = request.headers().get("spin-client-addr");
    let peer = peer.and_then(|value| value.to_str().ok()?.parse::<SocketAddr>().ok());
    if let Some(peer) = peer {
        request.extensions_mut().insert(SourceAddress(peer.ip()));
    }
    request
}

#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error("{URL_VARIABLE}: {0}")]
    Url(#[from] ops_store_supabase::OriginError),
    #[error("{KEY_VARIABLE}: {0}")]
    Key(#[from] ops_store_supabase::KeyError),
    #[error("{KEEP_VARIABLE}: must be a number of days, 1 to 36500")]
    Keep,
}

fn project(settings: &Settings) -> Result<(Origin, ServiceKey, Option<u32>), Wrong> {
    let origin = Origin::parse(&settings.supabase_url)?;
    let key = ServiceKey::parse(&settings.supabase_key)?;
    let keep_days = match settings.keep_days.trim() {
        "" => None,
        days => Some(ops_core::limits::keep_days(days).ok_or(Wrong::Keep)?),
    };
    Ok((origin, key, keep_days))
}

/// Stands where no project can be reached.
struct NoStore(String);

impl Store for NoStore {
    fn call<'a>(
        &'a self,
        _function: &'static str,
        _p: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        Box::pin(async { Err(StoreError::Misconfigured(self.0.clone())) })
    }
}
