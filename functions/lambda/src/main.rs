//! The control room as a Lambda function behind an HTTP API (payload 2.0) or a function URL.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use lambda_http::request::RequestContext;
use lambda_http::{Error, run};
use ops_client::NativeTransport;
use ops_function::Settings;
use ops_web::SourceAddress;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let transport = NativeTransport::new()?;
    let router = ops_function::router(&Settings::from_environment(), transport);
    run(router.layer(from_fn(name_source))).await
}

/// The peer as the gateway saw it; a header of that name would be the caller's own.
async fn name_source(mut request: Request, next: Next) -> Response {
    let context = request.extensions().get::<RequestContext>();
    let address = match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        _ => None,
    };
    if let Some(address) = address.and_then(|text| text.parse().ok()) {
        request.extensions_mut().insert(SourceAddress(address));
    }
    next.run(request).await
}
