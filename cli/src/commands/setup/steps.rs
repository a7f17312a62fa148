use crate::failure::Failure;
use crate::output;
use ops_client::NativeTransport;
use ops_core::port::Store;
use ops_server::{new_token, sha256_hex};
use ops_setup::{
    Apply, Check, Direct, Management, Missing, Project, Road, State, Step, bucket, catalog,
    first_token, install, is_seen, postgres_store, reach, refuses_strangers, self_test, unread,
    verify,
};
use serde::Serialize;
use std::sync::Arc;

/// What somebody gave to work with.
pub struct Access {
    pub supabase_url: Option<String>,
    pub database_url: Option<String>,
    pub key: String,
    pub publishable: Option<String>,
    pub access_token: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    Look,
    Wait,
    Install,
}

#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    pub checks: Vec<Check>,
    /// The first operator token, where it was made just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl Outcome {
    pub fn is_fine(&self) -> bool {
        self.checks.iter().all(Check::is_fine)
    }
}

pub async fn take(access: &Access, intent: Intent) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let project = match &access.supabase_url {
        None => None,
        Some(url) => match Project::read(url, &access.key) {
            Ok(project) => Some(project),
            Err(check) => {
                outcome.checks.push(*check);
                return Ok(outcome);
            }
        },
    };
    let road = match road(access, project.as_ref()).await {
        Ok(road) => road,
        Err(check) => {
            outcome.checks.push(*check);
            return Ok(outcome);
        }
    };
    let store = store(access, project.as_ref())?;
    if let Some(project) = &project {
        outcome.checks.extend(reach(project, store.as_ref()).await);
        if !outcome.is_fine() {
            return Ok(outcome);
        }
    }
    schema(&mut outcome, store.as_ref(), road.as_deref(), intent).await;
    if outcome.is_fine() {
        installation(&mut outcome, store.as_ref(), road.as_deref(), intent).await;
    }
    if let (true, Some(project)) = (outcome.is_fine(), &project) {
        let transport = Arc::new(transport()?);
        let missing = match intent {
            Intent::Look => Missing::Tell,
            Intent::Wait | Intent::Install => Missing::Make,
        };
        outcome
            .checks
            .push(bucket(project, transport.clone(), missing).await);
        let publishable = access.publishable.as_deref();
        let closed = refuses_strangers(project, publishable, transport.as_ref()).await;
        outcome.checks.push(closed);
    }
    Ok(outcome)
}

fn transport() -> Result<NativeTransport, Failure> {
    NativeTransport::new().map_err(|error| Failure::Usage {
        message: error.to_string(),
        hint: "this machine's TLS set-up does not work".into(),
    })
}

const MANAGEMENT_API: &str = "https://api.supabase.com";

/// A connection before the Management API: it says more about what goes wrong.
async fn road(
    access: &Access,
    project: Option<&Project>,
) -> Result<Option<Box<dyn Road>>, Box<Check>> {
    if let Some(url) = &access.database_url {
        return match Direct::open(url).await {
            Ok(road) => Ok(Some(Box::new(road))),
            Err(error) => Err(Box::new(Check::failed(
                Step::Reach,
                "The database answers",
                error.to_string(),
                "a connection",
                "Supabase's direct host speaks IPv6 alone; its session pooler (port 5432, user postgres.REF) speaks both",
            ))),
        };
    }
    let reference = project.and_then(Project::reference);
    match (&access.access_token, reference) {
        (Some(token), Some(reference)) => {
            let transport = NativeTransport::new().map_err(|error| {
                Box::new(Check::failed(
                    Step::Reach,
                    "The Management API answers",
                    error.to_string(),
                    "a connection",
                    "",
                ))
            })?;
            Ok(Some(Box::new(Management::new(
                transport,
                MANAGEMENT_API,
                reference,
                token,
            ))))
        }
        _ => Ok(None),
    }
}

fn store(access: &Access, project: Option<&Project>) -> Result<Arc<dyn Store>, Failure> {
    if let Some(project) = project {
        return Ok(Arc::new(project.store(transport()?)));
    }
    let url = access.database_url.as_deref().unwrap_or_default();
    postgres_store(url).map_err(|error| Failure::Usage {
        message: error.to_string(),
        hint: "check --database-url".into(),
    })
}

async fn schema(outcome: &mut Outcome, store: &dyn Store, road: Option<&dyn Road>, intent: Intent) {
    match (intent, road) {
        (Intent::Install, Some(road)) => {
            let installed = install(road, Apply::Missing).await;
            let is_fine = installed.is_fine();
            outcome.checks.push(installed);
            if is_fine {
                outcome.checks.push(is_seen(store).await);
            }
        }
        (Intent::Wait, _) => outcome.checks.push(wait(store).await),
        _ => {
            let mut seen = is_seen(store).await;
            if seen.state == State::Failed && road.is_none() {
                seen.mend = "set SUPABASE_ACCESS_TOKEN or OPS_DATABASE_URL, or paste what `ops setup --print-sql` prints into the SQL editor".into();
            }
            outcome.checks.push(seen);
        }
    }
}

/// Until it is there, however long somebody takes to paste it; Ctrl-C ends it.
async fn wait(store: &dyn Store) -> Check {
    let mut is_told = false;
    loop {
        let seen = is_seen(store).await;
        if seen.is_fine() {
            return seen;
        }
        if !is_told {
            is_told = true;
            output::note(
                "waiting for the schema: paste what `ops setup --print-sql` prints into the project's SQL editor",
            );
        }
    }
}

async fn installation(
    outcome: &mut Outcome,
    store: &dyn Store,
    road: Option<&dyn Road>,
    intent: Intent,
) {
    let mut found = match catalog(road, store).await {
        Ok(found) => found,
        Err(why) => return outcome.checks.push(unread(why)),
    };
    let mut checks = verify(&found);
    let is_wrong = checks.iter().any(|check| !check.is_fine());
    if let (true, Intent::Install, Some(road)) = (is_wrong, intent, road) {
        let again = install(road, Apply::Again).await;
        if again.is_fine() {
            match catalog(Some(road), store).await {
                Ok(after) => {
                    checks = after_mending(checks, verify(&after));
                    found = after;
                }
                Err(why) => return outcome.checks.push(unread(why)),
            }
        }
        outcome.checks.push(again);
    }
    outcome.checks.extend(checks);
    if !outcome.is_fine() {
        return;
    }
    outcome.checks.push(self_test(store).await);
    if outcome.is_fine() && intent != Intent::Look {
        token(outcome, store, &found).await;
    }
}

/// What is not wrong any more was mended.
fn after_mending(before: Vec<Check>, after: Vec<Check>) -> Vec<Check> {
    let still = |check: &Check| after.iter().any(|other| other.title == check.title);
    let mut checks: Vec<Check> = before
        .into_iter()
        .filter(|check| !still(check))
        .map(|check| Check {
            state: State::Mended,
            mend: String::new(),
            ..check
        })
        .collect();
    checks.extend(after);
    checks
}

async fn token(outcome: &mut Outcome, store: &dyn Store, found: &ops_setup::Catalog) {
    let title = "Somebody may operate it";
    let made = match new_token() {
        Ok(token) => {
            let digest = sha256_hex(&token);
            first_token(store, found, &token, &digest)
                .await
                .map_err(|error| error.to_string())
        }
        Err(error) => Err(error.to_string()),
    };
    outcome.checks.push(match made {
        Ok(Some(token)) => {
            outcome.token = Some(token);
            Check {
                state: State::Mended,
                ..Check::passed(Step::Verify, title, "the first operator token was made")
            }
        }
        Ok(None) => {
            let count = found.operators.unwrap_or_default();
            Check::passed(
                Step::Verify,
                title,
                format!("{count} operator tokens are good"),
            )
        }
        Err(why) => Check::failed(Step::Verify, title, why, "an operator token", "try again"),
    });
}
