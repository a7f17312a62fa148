//! The router and the document have the same verbs, methods and queries.

use crate::{App, Host, router};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ops_core::BASE_PATH;
use ops_core::port::{BoxFuture, Store, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tower::ServiceExt;

/// No call gets that far.
struct Unasked;

impl Store for Unasked {
    fn call<'a>(
        &'a self,
        function: &'static str,
        _: Value,
    ) -> BoxFuture<'a, Result<Value, StoreError>> {
        panic!("{function} was called")
    }
}

async fn ask(method: &str, path: &str) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(format!("{BASE_PATH}/{path}"))
        .header(header::AUTHORIZATION, "Bearer t")
        .body(Body::empty())
        .unwrap();
    let router = router(App::new(Arc::new(Unasked), Host::NATIVE));
    router.oneshot(request).await.unwrap()
}

async fn body(response: Response) -> Value {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn document() -> Value {
    serde_json::from_slice(&super::DOCUMENT).unwrap()
}

/// Verb, method in small letters, operation.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let verb = path.trim_start_matches('/').to_string();
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (verb.clone(), method.clone(), operation.clone()))
    });
    operations.collect()
}

#[tokio::test]
async fn the_router_and_the_document_have_the_same_verbs() {
    let document = document();
    let written = operations(&document);
    let documented: BTreeSet<_> = written.iter().map(|(verb, _, _)| verb.as_str()).collect();
    let served: BTreeSet<_> = crate::api::verbs().iter().map(|(verb, _)| *verb).collect();
    assert_eq!(documented, served);
    assert_eq!(document["servers"][0]["url"], BASE_PATH);
    for (verb, method, operation) in &written {
        assert_eq!(operation["operationId"], *verb);
        // A method that is for nothing is answered with those that are.
        let allow = ask("PATCH", verb).await.headers()[header::ALLOW].clone();
        let expected = if method == "get" { "GET,HEAD" } else { "POST" };
        assert_eq!(allow, expected, "{verb}");
        assert_eq!(
            operation["requestBody"].is_null(),
            method == "get",
            "{verb}"
        );
    }
}

#[tokio::test]
async fn a_read_takes_the_parameters_that_the_document_names() {
    for (verb, method, operation) in operations(&document()) {
        if method != "get" || operation["security"] == json!([]) {
            continue;
        }
        let problem = body(ask("GET", &format!("{verb}?zz=1")).await).await;
        let message = problem["errors"][0]["message"].as_str().unwrap();
        let (_, takes) = message.split_once("this verb takes ").unwrap();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let named: Vec<_> = parameters
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let named = if named.is_empty() {
            "no query".into()
        } else {
            named.join(", ")
        };
        assert_eq!(takes, named, "{verb}");
    }
}

#[tokio::test]
async fn it_is_served_without_a_token_and_with_the_headers_of_every_answer() {
    let path = format!("{BASE_PATH}/openapi.json");
    let request = Request::get(path).body(Body::empty()).unwrap();
    let router = router(App::new(Arc::new(Unasked), Host::NATIVE));
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("ops-protocol", "1"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
    assert_eq!(body(response).await, document());
}
