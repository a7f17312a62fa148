//! From Spin's variables where the component is built for Spin, else from the environment.

use ops_function::Settings;
use spin_sdk::http::Request;

#[cfg(feature = "spin")]
pub async fn read() -> Settings {
    let variable = async |name: &str| spin_sdk::variables::get(name).await.unwrap_or_default();
    Settings {
        supabase_url: variable("supabase_url").await,
        supabase_key: variable("supabase_key").await,
    }
}

#[cfg(not(feature = "spin"))]
pub async fn read() -> Settings {
    Settings::from_environment()
}

/// Spin overwrites this header, so that no caller can forge it; other hosts let it pass.
#[cfg(feature = "spin")]
pub fn with_source(mut request: Request) -> Request {
    let peer = request.headers().get("spin-client-addr");
    let peer = peer.and_then(|value| value.to_str().ok()?.parse::<std::net::SocketAddr>().ok());
    if let Some(peer) = peer {
        let source = ops_web::SourceAddress(peer.ip());
        request.extensions_mut().insert(source);
    }
    request
}

#[cfg(not(feature = "spin"))]
pub fn with_source(request: Request) -> Request {
    request
}
