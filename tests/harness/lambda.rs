//! The Lambda binary, and a fake of the Runtime API that makes HTTP requests into its events.

use super::api::built;
use super::gateway::SECRET_KEY;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// What a function URL passes on of a request, and where the answer is waited for.
type Invocation = (Value, oneshot::Sender<Value>);

pub struct Lambda {
    pub url: String,
    child: Child,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

struct Runtime {
    next: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    under_way: Mutex<HashMap<String, oneshot::Sender<Value>>>,
    number: Mutex<u64>,
}

impl Lambda {
    pub async fn start(origin: &str) -> Self {
        let (invoke, next) = mpsc::channel(64);
        let runtime = Arc::new(Runtime {
            next: tokio::sync::Mutex::new(next),
            under_way: Mutex::default(),
            number: Mutex::default(),
        });
        let api = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(give))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(take))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(take))
            .with_state(runtime);
        let front = Router::new().fallback(front).with_state(invoke);
        let (api, api_task) = serve(api).await;
        let (url, front_task) = serve(front).await;
        let child = Command::new(built("bootstrap"))
            .env("AWS_LAMBDA_RUNTIME_API", &api)
            .env("AWS_LAMBDA_FUNCTION_NAME", "ops")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "ops")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "ops")
            .env("OPS_SUPABASE_URL", origin)
            .env("OPS_SUPABASE_KEY", SECRET_KEY)
            .stdin(Stdio::null())
            .spawn()
            .expect("the function starts");
        Lambda {
            url: format!("http://{url}"),
            child,
            tasks: vec![api_task, front_task],
        }
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.tasks.iter().for_each(|task| task.abort());
    }
}

async fn serve(router: Router) -> (String, tokio::task::JoinHandle<()>) {
    use axum::serve::ListenerExt;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let serving = axum::serve(listener, router);
    (
        address,
        tokio::spawn(async move { serving.await.expect("serves") }),
    )
}

async fn give(State(runtime): State<Arc<Runtime>>) -> Response {
    let Some((event, answer)) = runtime.next.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = {
        let mut number = runtime.number.lock().expect("no panic");
        *number += 1;
        format!("00000000-0000-4000-8000-{number:012}")
    };
    runtime
        .under_way
        .lock()
        .expect("no panic")
        .insert(id.clone(), answer);
    let headers = [
        ("lambda-runtime-aws-request-id", id.as_str()),
        ("lambda-runtime-deadline-ms", "4000000000000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-1:1:function:ops",
        ),
        ("lambda-runtime-trace-id", "Root=1-1-1"),
    ];
    (headers, axum::Json(event)).into_response()
}

async fn take(
    State(runtime): State<Arc<Runtime>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    let waiting = runtime.under_way.lock().expect("no panic").remove(&id);
    if let Some(waiting) = waiting {
        let _ = waiting.send(serde_json::from_slice(&body).unwrap_or_default());
    }
    StatusCode::ACCEPTED
}

/// What a function URL does with a request.
async fn front(State(invoke): State<mpsc::Sender<Invocation>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.expect("a body");
    let mut headers = Map::new();
    for (name, value) in &parts.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers.insert(name.to_string(), value.into());
    }
    let cookies = headers.remove("cookie");
    let cookies: Vec<&str> = cookies
        .as_ref()
        .and_then(Value::as_str)
        .map(|text| text.split("; ").collect())
        .unwrap_or_default();
    let path = parts.uri.path();
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(), "headers": headers, "cookies": cookies,
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "a.example", "domainPrefix": "a",
            "http": { "method": parts.method.as_str(), "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1", "userAgent": "tests" },
            "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "25/Nov/2026:00:00:00 +0000", "timeEpoch": 1_795_564_800_000u64,
        },
        "body": STANDARD.encode(&body), "isBase64Encoded": true,
    });
    let (send, answer) = oneshot::channel();
    invoke.send((event, send)).await.expect("somebody takes it");
    match answer.await {
        Ok(answer) => back(&answer),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

fn back(answer: &Value) -> Response {
    let Some(status) = answer["statusCode"].as_u64() else {
        return (StatusCode::BAD_GATEWAY, answer.to_string()).into_response();
    };
    let text = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD.decode(text).expect("base64"),
        _ => text.into(),
    };
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &Value| {
        let name: axum::http::HeaderName = name.parse().expect("a name");
        let value = value.as_str().unwrap_or_default();
        headers.append(name, value.parse().expect("a value"));
    };
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        add(name, value);
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        add("set-cookie", cookie);
    }
    let status = StatusCode::from_u16(status as u16).expect("a status");
    (status, headers, Body::from(body)).into_response()
}
