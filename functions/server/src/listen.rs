//! The router behind a listener.

use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::serve::ListenerExt;
use axum::{Router, serve};
use ops_web::SourceAddress;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Serves until the sender of `closed` is dropped; then requests under way may still end.
pub async fn listen(
    listener: TcpListener,
    router: Router,
    mut closed: watch::Receiver<()>,
) -> std::io::Result<()> {
    let service = router
        .layer(from_fn(name_source))
        .into_make_service_with_connect_info::<SocketAddr>();
    // Small answers leave at once.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    serve(listener, service)
        .with_graceful_shutdown(async move { while closed.changed().await.is_ok() {} })
        .await
}

async fn name_source(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(SourceAddress(peer.ip()));
    next.run(request).await
}
