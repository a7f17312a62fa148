//! The Management API, played over a test database: it runs the SQL that it is sent.

use crate::failing;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ops_client::NativeTransport;
use ops_setup::{Apply, Management, Road, RoadError, State, install};
use ops_tests::harness::TestDatabase;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_postgres::SimpleQueryMessage;

const TOKEN: &str = "sbp_of_the_tests";

async fn play(database: Arc<TestDatabase>) -> String {
    let router = Router::new()
        .route("/v1/projects/abc/database/query", post(query))
        .route("/v1/projects/abc/database/migrations", get(migrations))
        .with_state(database);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
    format!("http://{address}")
}

fn is_allowed(headers: &HeaderMap) -> bool {
    let expected = format!("Bearer {TOKEN}");
    headers
        .get("authorization")
        .is_some_and(|value| value.as_bytes() == expected.as_bytes())
}

async fn query(
    Shared(database): Shared<Arc<TestDatabase>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if !is_allowed(&headers) {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "message": "Unauthorized" })),
        )
            .into_response();
    }
    let sql = body["query"].as_str().expect("a query");
    match database.admin.simple_query(sql).await {
        Ok(messages) => Json(rows(&messages)).into_response(),
        Err(error) => {
            let said = error.as_db_error().map_or("", |db| db.message());
            let message = json!({ "message": format!("Failed to run sql query: {said}") });
            (StatusCode::BAD_REQUEST, Json(message)).into_response()
        }
    }
}

/// JSON columns come as JSON, as the real one gives them.
fn rows(messages: &[SimpleQueryMessage]) -> Vec<Value> {
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| {
        let columns = row.columns().iter().enumerate();
        columns
            .map(|(at, column)| {
                let text = row.get(at).unwrap_or_default();
                let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
                (column.name().to_string(), value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
    .collect()
}

async fn migrations(Shared(database): Shared<Arc<TestDatabase>>, headers: HeaderMap) -> Response {
    if !is_allowed(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let sql = "select version from supabase_migrations.schema_migrations";
    let known = database.admin.query(sql, &[]).await.unwrap_or_default();
    let known: Vec<Value> = known
        .iter()
        .map(|row| json!({ "version": row.get::<_, String>(0) }))
        .collect();
    Json(known).into_response()
}

fn road(api: &str, token: &str) -> Management<NativeTransport> {
    let transport = NativeTransport::new().expect("a transport");
    Management::new(transport, api, "abc", token)
}

#[tokio::test]
async fn a_project_is_installed_and_mended_by_the_management_api() {
    let config = TestDatabase::empty("template0").await;
    let database = Arc::new(TestDatabase::of(&config).await);
    let api = play(database.clone()).await;
    let road = road(&api, TOKEN);
    let installed = install(&road, Apply::Missing).await;
    assert_eq!(installed.state, State::Mended, "{installed:#?}");
    assert!(failing(&database).await.is_empty());
    let installed = install(&road, Apply::Missing).await;
    assert_eq!(installed.state, State::Passed, "{installed:#?}");

    let sql = "drop function public.runs_get(jsonb)";
    database.admin.batch_execute(sql).await.expect("breaks");
    assert_eq!(failing(&database).await.len(), 1);
    let again = install(&road, Apply::Again).await;
    assert_eq!(again.state, State::Mended, "{again:#?}");
    assert!(failing(&database).await.is_empty());

    let catalog = road.json("select public.ops_catalog('{}')").await;
    assert!(catalog.expect("a catalog")["tables"].is_object());
    let wrong = road.json("select no_such_thing()").await;
    assert!(matches!(wrong, Err(RoadError::Sql(_))), "{wrong:?}");
}

#[tokio::test]
async fn a_token_without_the_right_is_told_so_and_not_printed() {
    let config = TestDatabase::empty("template0").await;
    let api = play(Arc::new(TestDatabase::of(&config).await)).await;
    let installed = install(&road(&api, "sbp_another_one"), Apply::Missing).await;
    assert_eq!(installed.state, State::Failed);
    let all = format!("{installed:?}");
    assert!(all.contains("refuses the access token"), "{all}");
    assert!(!all.contains("sbp_another"), "{all}");
}
