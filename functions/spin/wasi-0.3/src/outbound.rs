use crate::within::within;
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};
use spin_sdk::wasip3::http::client;
use spin_sdk::wasip3::http::types::{Fields, Method, Request, Response, Scheme};
use spin_sdk::wasip3::wit_bindgen::StreamResult;
use spin_sdk::wasip3::{spawn, wit_future, wit_stream};

/// The host's outbound HTTP.
pub struct Outbound;

impl Transport for Outbound {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let timeout = request.timeout;
        Box::pin(within(timeout, exchange(request)))
    }
}

/// Not by the SDK's `send`, which drops the future that tells how the request went: wasmtime then ends
/// the connection as soon as the request is sent, and of an answer there is what came by then.
async fn exchange(request: HttpRequest) -> Result<HttpResponse, TransportError> {
    let url = Url::of(&request.url)?;
    let mut headers: Vec<(String, Vec<u8>)> = request
        .headers
        .into_iter()
        .map(|(name, value)| (name, value.into_bytes()))
        .collect();
    // Else the body travels in chunks.
    let length = request.body.len().to_string();
    headers.push(("content-length".into(), length.into_bytes()));
    let headers = Fields::from_list(&headers).map_err(said)?;
    let (mut body, contents) = wit_stream::new();
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    // Held until the answer is read.
    let (outgoing, _sent) = Request::new(headers, Some(contents), no_trailers, None);
    let refused = |()| TransportError(format!("{} is no request", request.method));
    outgoing
        .set_method(&method(request.method))
        .map_err(refused)?;
    outgoing.set_scheme(Some(&url.scheme)).map_err(refused)?;
    outgoing
        .set_authority(Some(url.authority))
        .map_err(refused)?;
    outgoing
        .set_path_with_query(Some(url.path))
        .map_err(refused)?;
    spawn(async move {
        // What the other side did not take, the answer says.
        let _ = body.write_all(request.body).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    let response = client::send(outgoing).await.map_err(said)?;
    read(response).await
}

async fn read(response: Response) -> Result<HttpResponse, TransportError> {
    let status = response.get_status_code();
    let headers: Vec<(String, String)> = response
        .get_headers()
        .copy_all()
        .into_iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
        .collect();
    let (_taken, taken) = wit_future::new(|| Ok(()));
    let (mut stream, trailers) = Response::consume_body(response, taken);
    let mut body = Vec::new();
    loop {
        let (result, piece) = stream.read(Vec::with_capacity(PIECE_BYTES)).await;
        body.extend_from_slice(&piece);
        if !matches!(result, StreamResult::Complete(_)) {
            break;
        }
    }
    trailers.await.map_err(said)?;
    check_length(&headers, body.len())?;
    Ok(HttpResponse {
        status,
        headers,
        body,
    })
}

/// Read at a time.
const PIECE_BYTES: usize = 64 * 1024;

struct Url<'a> {
    scheme: Scheme,
    authority: &'a str,
    path: &'a str,
}

impl<'a> Url<'a> {
    fn of(url: &'a str) -> Result<Self, TransportError> {
        let wrong = || TransportError(format!("`{url}` is no address"));
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let scheme = match scheme {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err(wrong()),
        };
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(at);
        Ok(Url {
            scheme,
            authority,
            path: if path.is_empty() { "/" } else { path },
        })
    }
}

fn method(word: &str) -> Method {
    match word {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "HEAD" => Method::Head,
        "DELETE" => Method::Delete,
        other => Method::Other(other.into()),
    }
}

fn said(error: impl std::fmt::Display) -> TransportError {
    TransportError(error.to_string())
}

/// Where the other side dies in the middle, the host gives what came and no error.
fn check_length(headers: &[(String, String)], came: usize) -> Result<(), TransportError> {
    let announced = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse::<usize>().ok());
    match announced {
        Some(announced) if announced != came => Err(TransportError(format!(
            "the answer was cut: {came} of {announced} bytes came"
        ))),
        _ => Ok(()),
    }
}
