//! Requests and answers between the host's types and axum's.

use crate::settings::with_source;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use spin_sdk::http::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam};

/// The status says what is wrong with a request that cannot be read.
pub async fn read(incoming: IncomingRequest) -> Result<Request<Body>, StatusCode> {
    let method = Method::from_bytes(incoming.method().to_string().as_bytes())
        .map_err(|_| StatusCode::METHOD_NOT_ALLOWED)?;
    let path = incoming.path_with_query().unwrap_or_else(|| "/".into());
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in incoming.headers().entries() {
        request = request.header(name, value);
    }
    if let Some(authority) = incoming.authority() {
        request = request.header("host", authority);
    }
    // A body that was announced longer than it came must not be taken for the whole.
    let body = incoming
        .into_body()
        .await
        .map_err(|_| StatusCode::BAD_REQUEST)?;
    request
        .body(Body::from(body))
        .map(with_source)
        .map_err(|_| StatusCode::BAD_REQUEST)
}

pub async fn answer(out: ResponseOutparam, response: Response<Body>) {
    let (head, body) = response.into_parts();
    match body.collect().await {
        Ok(body) => send(out, head.status, &head.headers, body.to_bytes().to_vec()).await,
        Err(error) => {
            eprintln!("the answer's body failed: {error}");
            refuse(out, StatusCode::INTERNAL_SERVER_ERROR).await;
        }
    }
}

pub async fn refuse(out: ResponseOutparam, status: StatusCode) {
    send(out, status, &HeaderMap::new(), Vec::new()).await;
}

async fn send(out: ResponseOutparam, status: StatusCode, headers: &HeaderMap, body: Vec<u8>) {
    let pairs: Vec<(String, Vec<u8>)> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    let response = match Fields::from_list(&pairs) {
        Ok(fields) => OutgoingResponse::new(fields),
        Err(error) => {
            eprintln!("the host refuses a header of the answer: {error}");
            OutgoingResponse::new(Fields::new())
        }
    };
    if response.set_status_code(status.as_u16()).is_err() {
        eprintln!("the host refuses the status {status}");
    }
    if let Err(error) = out.set_with_body(response, body).await {
        eprintln!("the caller hung up: {error}");
    }
}
