//! From Spin's variables where the component is built for Spin, else from the environment.

use axum::body::Body;
use axum::http::Request;
use ops_function::Settings;

#[cfg(feature = "spin")]
pub fn read() -> Settings {
    let variable = |name: &str| spin_sdk::variables::get(name).unwrap_or_default();
    Settings {
        supabase_url: variable("supabase_url"),
        supabase_key: variable("supabase_key"),
    }
}

#[cfg(not(feature = "spin"))]
pub fn read() -> Settings {
    Settings::from_environment()
}

/// Spin overwrites this header, so that no caller can forge it; other hosts let it pass.
#[cfg(feature = "spin")]
pub fn with_source(mut request: Request<Body>) -> Request<Body> {
    let peer = request.headers().get("spin-client-addr");
    let peer = peer.and_then(|value| value.to_str().ok()?.parse::<std::net::SocketAddr>().ok());
    if let Some(peer) = peer {
        let source = ops_web::SourceAddress(peer.ip());
        request.extensions_mut().insert(source);
    }
    request
}

#[cfg(not(feature = "spin"))]
pub fn with_source(request: Request<Body>) -> Request<Body> {
    request
}
