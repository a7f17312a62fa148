use crate::reach::Project;
use crate::road::Road;
use ops_core::port::{HttpRequest, Store, StoreError, Transport};
use ops_schema::{Catalog, Check, Step, lived};
use serde_json::{Value, json};
use std::time::Duration;

/// The query of `ops_catalog`, which is good without the function too.
fn catalog_query() -> &'static str {
    let sql = include_str!("../../../supabase/schemas/43_setup.sql");
    sql.split("$$").nth(1).unwrap_or_default()
}

/// Reads what is installed, by a road where there is one, else by Supabase REST.
pub async fn catalog(road: Option<&dyn Road>, store: &dyn Store) -> Result<Catalog, String> {
    let answer = match road {
        Some(road) => road
            .json(catalog_query())
            .await
            .map_err(|e| e.to_string())?,
        None => store
            .call("ops_catalog", json!({}))
            .await
            .map_err(|e| e.to_string())?,
    };
    serde_json::from_value(answer).map_err(|e| e.to_string())
}

/// Lets a run live from queue to end, inside a transaction that is taken back.
pub async fn self_test(store: &dyn Store) -> Check {
    let answer = store.call("ops_self_test", json!({})).await;
    lived(answer.map_err(|error| error.to_string()))
}

/// Tries the tables as anybody who has read the page source of some dashboard could.
pub async fn refuses_strangers<T: Transport>(
    project: &Project,
    publishable: Option<&str>,
    transport: &T,
) -> Check {
    let title = "Strangers are refused";
    let Some(key) = publishable.filter(|key| !key.is_empty()) else {
        return Check::skipped(
            Step::Verify,
            title,
            "set OPS_SUPABASE_PUBLISHABLE_KEY to have it tried; the rights above say so already",
        );
    };
    let mut headers = vec![("apikey".to_string(), key.to_string())];
    if key.starts_with("eyJ") {
        headers.push(("authorization".into(), format!("Bearer {key}")));
    }
    for table in ["runs", "tokens", "run_events"] {
        let request = HttpRequest {
            method: "GET",
            url: format!("{}/rest/v1/{table}?limit=1", project.origin),
            headers: headers.clone(),
            body: Vec::new(),
            timeout: Duration::from_secs(8),
        };
        match transport.send(request).await {
            Ok(answer) if answer.status == 200 => {
                return Check::failed(
                    Step::Verify,
                    title,
                    format!("`{table}` answers the publishable key"),
                    "no right to it",
                    "apply the migrations again, and look for policies that somebody added",
                );
            }
            Ok(answer) if (400..500).contains(&answer.status) => {}
            Ok(answer) => {
                let found = format!("HTTP {}", answer.status);
                return Check::failed(Step::Verify, title, found, "a refusal", "try again");
            }
            Err(error) => {
                return Check::failed(
                    Step::Verify,
                    title,
                    error.to_string(),
                    "a refusal",
                    "try again",
                );
            }
        }
    }
    Check::passed(
        Step::Verify,
        title,
        "runs, tokens and run_events are closed to anon",
    )
}

/// Mints the first operator token where there is none. It is kept as a digest: whoever calls this
/// shows the token, once.
pub async fn first_token(
    store: &dyn Store,
    found: &Catalog,
    token: &str,
    sha256: &str,
) -> Result<Option<String>, StoreError> {
    if found.operators.is_some_and(|count| count > 0) {
        return Ok(None);
    }
    let p: Value =
        json!({ "name": "first operator", "kinds": ["operator"], "token_sha256": sha256 });
    store.call("ops_first_token", p).await?;
    Ok(Some(token.to_string()))
}
