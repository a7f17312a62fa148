use crate::road::{Apply, Road, RoadError};
use ops_core::port::{Store, StoreError};
use ops_schema::{Check, State, Step};
use serde_json::json;
use std::time::Duration;

/// Applies what is missing, or everything again where something was found wrong.
pub async fn install(road: &dyn Road, which: Apply) -> Check {
    let title = "The schema is installed";
    match road.apply(which).await {
        Ok(migrated) if migrated.applied > 0 => Check {
            state: State::Mended,
            ..Check::passed(
                Step::Schema,
                title,
                format!(
                    "{} applied by {}",
                    migrations(migrated.applied),
                    road.name()
                ),
            )
        },
        Ok(migrated) if migrated.renewed > 0 => Check {
            state: State::Mended,
            ..Check::passed(
                Step::Schema,
                title,
                format!(
                    "{} brought up to date by {}",
                    migrations(migrated.renewed),
                    road.name()
                ),
            )
        },
        Ok(_) if which == Apply::Again => Check {
            state: State::Mended,
            ..Check::passed(
                Step::Schema,
                title,
                format!("applied again by {}", road.name()),
            )
        },
        Ok(migrated) => Check::passed(
            Step::Schema,
            title,
            format!("{} were there", migrations(migrated.known)),
        ),
        Err(RoadError::Sql(why)) => Check::failed(
            Step::Schema,
            title,
            why,
            "migrations that go through",
            "an object of another product may stand in the way; a project of its own has none",
        ),
        Err(error) => Check::failed(
            Step::Schema,
            title,
            error.to_string(),
            format!("{} that works", road.name()),
            "check its credentials, or paste the SQL: ops setup --print-sql",
        ),
    }
}

fn migrations(count: usize) -> String {
    match count {
        1 => "1 migration".into(),
        _ => format!("{count} migrations"),
    }
}

/// PostgREST reads the schema anew when it is told; a moment later it knows our functions.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(200);

/// Whether the project's REST knows the schema, waiting for its cache where it was just installed.
pub async fn is_seen(store: &dyn Store) -> Check {
    let title = "The schema answers";
    let tries = PATIENCE.as_millis() / PAUSE.as_millis();
    let mut last = String::new();
    for _ in 0..tries {
        match store.call("ops_health", json!({})).await {
            Ok(facts) => {
                let version = facts["schema"].as_str().unwrap_or("unknown");
                return Check::passed(Step::Schema, title, format!("version {version}"));
            }
            Err(StoreError::NotInstalled(why)) => last = why,
            Err(error) => {
                return Check::failed(
                    Step::Schema,
                    title,
                    error.to_string(),
                    "an answer of ops_health",
                    "see the checks below",
                );
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    Check::failed(
        Step::Schema,
        title,
        last,
        "an answer of ops_health",
        "where it is installed, the cache of Supabase REST is stale: run `notify pgrst, 'reload schema'` in the SQL editor",
    )
}
