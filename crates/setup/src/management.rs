use crate::road::{Apply, Road, RoadError};
use ops_core::port::{BoxFuture, HttpRequest, HttpResponse, Transport};
use ops_schema::MIGRATIONS;
use ops_store_postgres::Migrated;
use serde_json::{Value, json};
use std::time::Duration;

/// Supabase's Management API, with a personal access token (`sbp_…`) of the rights
/// `database_migrations_write`, `database_read` and `database_write`.
pub struct Management<T> {
    transport: T,
    base: String,
    token: String,
}

/// A migration is one transaction over there.
const PATIENCE: Duration = Duration::from_secs(120);

impl<T: Transport> Management<T> {
    /// `reference` is the project's, the first label of its host; `api` is where the API lives,
    /// `https://api.supabase.com` for everybody but tests.
    pub fn new(transport: T, api: &str, reference: &str, token: &str) -> Self {
        Management {
            transport,
            base: format!(
                "{}/v1/projects/{reference}/database",
                api.trim_end_matches('/')
            ),
            token: token.into(),
        }
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, RoadError> {
        let mut headers = vec![
            ("authorization".into(), format!("Bearer {}", self.token)),
            ("content-type".into(), "application/json".into()),
        ];
        headers.push((
            "user-agent".into(),
            concat!("ops/", env!("CARGO_PKG_VERSION")).into(),
        ));
        let request = HttpRequest {
            method,
            url: format!("{}/{path}", self.base),
            headers,
            body: body.map_or_else(Vec::new, |body| body.to_string().into_bytes()),
            timeout: PATIENCE,
        };
        let response = self.transport.send(request).await;
        read(&response.map_err(|e| RoadError::Unreachable(e.to_string()))?)
    }

    async fn known(&self) -> Result<Vec<String>, RoadError> {
        let listed = self.send("GET", "migrations", None).await?;
        let listed = listed.as_array().into_iter().flatten();
        Ok(listed
            .filter_map(|one| one["version"].as_str().map(str::to_string))
            .collect())
    }

    async fn query(&self, sql: &str) -> Result<Value, RoadError> {
        self.send("POST", "query", Some(json!({ "query": sql })))
            .await
    }
}

fn read(response: &HttpResponse) -> Result<Value, RoadError> {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let said = body["message"].as_str().unwrap_or_default();
    match response.status {
        200..=299 => Ok(body),
        401 | 403 => Err(RoadError::Refused(format!(
            "Supabase refuses the access token for this project ({} {said})",
            response.status
        ))),
        404 => Err(RoadError::Refused("Supabase knows no such project".into())),
        429 => Err(RoadError::Unreachable(
            "Supabase asks to come back in a minute".into(),
        )),
        400 => Err(RoadError::Sql(said.into())),
        status => Err(RoadError::Unreachable(format!(
            "Supabase answers {status} {said}"
        ))),
    }
}

impl<T: Transport> Road for Management<T> {
    fn json<'a>(&'a self, sql: &'a str) -> BoxFuture<'a, Result<Value, RoadError>> {
        Box::pin(async move {
            let rows = self.query(sql).await?;
            let row = rows.get(0).and_then(Value::as_object);
            let value = row.and_then(|row| row.values().next());
            value
                .cloned()
                .ok_or_else(|| RoadError::Sql("the query gave no row".into()))
        })
    }

    fn apply(&self, which: Apply) -> BoxFuture<'_, Result<Migrated, RoadError>> {
        Box::pin(async move {
            let known = self.known().await?;
            let mut migrated = Migrated::default();
            for migration in MIGRATIONS {
                if !known.iter().any(|version| version == migration.version) {
                    // It records the version itself, as the time at which it came; ours is kept too, so
                    // that the CLI and `ops up` know what was done.
                    let record = format!(
                        "{}\ncreate schema if not exists supabase_migrations;
                        create table if not exists supabase_migrations.schema_migrations
                          (version text primary key, statements text[], name text);
                        insert into supabase_migrations.schema_migrations (version, name)
                          values ('{}', '{}') on conflict do nothing;",
                        migration.sql, migration.version, migration.name
                    );
                    self.query(&record).await?;
                    migrated.applied += 1;
                } else {
                    migrated.known += 1;
                    if which == Apply::Again {
                        self.query(migration.sql).await?;
                    }
                }
            }
            Ok(migrated)
        })
    }

    fn name(&self) -> &'static str {
        "the Management API"
    }
}
