//! What is shown while the store has no schema of ours.

use super::ask::theme;
use super::halt::{Shown, see_other};
use super::html;
use crate::app::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use ops_core::Code;
use ops_render::view::{Badge, Layout, SetupCheck, SetupPage, Tone};
use serde_json::{Value, json};

pub async fn page(State(app): State<App>, headers: HeaderMap) -> Shown {
    let view = view(&app).await;
    if view.is_done {
        return Ok(see_other("/runboard"));
    }
    let layout = Layout {
        title: "Setup".into(),
        theme: theme(&headers),
        ..Layout::default()
    };
    Ok(html::bare_page(
        StatusCode::OK,
        &layout,
        html::Body::Setup(&view),
    ))
}

pub async fn region(State(app): State<App>) -> Shown {
    let layout = Layout {
        here: "/setup".into(),
        ..Layout::default()
    };
    Ok(html::region(
        &layout,
        html::Region::Setup(&view(&app).await),
    ))
}

/// In place of any other page.
pub fn not_installed(layout: &Layout) -> Response {
    let layout = Layout {
        title: "Setup".into(),
        theme: layout.theme,
        ..Layout::default()
    };
    let view = of(Err(Code::NotInstalled));
    html::bare_page(
        StatusCode::SERVICE_UNAVAILABLE,
        &layout,
        html::Body::Setup(&view),
    )
}

async fn view(app: &App) -> SetupPage {
    let found = app.call("ops_health", &Value::Null, json!({})).await;
    of(found
        .map(Value::Object)
        .map_err(|refusal| refusal.into_problem().code))
}

fn of(found: Result<Value, Code>) -> SetupPage {
    let check =
        |is_fine: bool, title: &str, found: String, expected: &str, hint: &str| SetupCheck {
            badge: if is_fine {
                Badge::new(Tone::Ok, "passed")
            } else {
                Badge::new(Tone::Bad, "failed")
            },
            title: title.into(),
            found,
            expected: expected.into(),
            hint: if is_fine { String::new() } else { hint.into() },
        };
    let is_reachable = matches!(found, Ok(_) | Err(Code::NotInstalled));
    let version = |name: &str| {
        found
            .as_ref()
            .ok()
            .and_then(|facts| facts[name].as_str())
            .unwrap_or_default()
            .to_string()
    };
    let server = match (is_reachable, version("postgres").as_str()) {
        (false, _) => "no answer".into(),
        (true, "") => "it answers".into(),
        (true, version) => format!("PostgreSQL {version}"),
    };
    let schema = match (&found, version("schema").as_str()) {
        (Ok(_), version) => format!("version {version}"),
        (Err(Code::NotInstalled), _) => "none".into(),
        (Err(_), _) => "unknown".into(),
    };
    SetupPage {
        live: "/ui/setup".into(),
        poll_ms: 2_000,
        checks: vec![
            check(
                is_reachable,
                "The database answers",
                server,
                "an answer within 5 s",
                "Look whether it runs, and at the server's log.",
            ),
            check(
                found.is_ok(),
                "The schema is installed",
                schema,
                "a version of ours",
                "Run `ops setup`: it installs the schema and says what is wrong.",
            ),
        ],
        commands: vec![
            "ops setup --supabase-url https://….supabase.co".into(),
            "ops setup --database-url postgres://…".into(),
        ],
        sql: String::new(),
        is_done: found.is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_says_what_was_found() {
        let missing = of(Err(Code::NotInstalled));
        assert_eq!(
            (
                missing.checks[0].badge.word.as_str(),
                missing.checks[1].found.as_str()
            ),
            ("passed", "none")
        );
        assert!(!missing.is_done);
        let down = of(Err(Code::Unavailable));
        assert_eq!(down.checks[0].badge.word, "failed");
        let fine = of(Ok(json!({ "schema": "1", "postgres": "15.1" })));
        assert!(fine.is_done && fine.checks.iter().all(|check| check.badge.tone == Tone::Ok));
    }
}
