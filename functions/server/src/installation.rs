//! What an installation keeps beside the database: `up.json` with the local token, and the bundled
//! runbooks on the first start.

use crate::UpError;
use ops_client::{Client, ClientError};
use ops_core::Code;
use ops_core::api::LaneUpdate;
use ops_core::port::Store;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Templates that every installation starts with.
const RUNBOOKS: [(&str, &str); 7] = [
    (
        "hello",
        include_str!("../../../templates/runbooks/hello.yaml"),
    ),
    (
        "incident-triage",
        include_str!("../../../templates/runbooks/incident-triage.yaml"),
    ),
    (
        "http-healthcheck",
        include_str!("../../../templates/runbooks/http-healthcheck.yaml"),
    ),
    (
        "deploy-check",
        include_str!("../../../templates/runbooks/deploy-check.yaml"),
    ),
    (
        "database-maintenance",
        include_str!("../../../templates/runbooks/database-maintenance.yaml"),
    ),
    (
        "generate-spec-kit",
        include_str!("../../../templates/runbooks/generate-spec-kit.yaml"),
    ),
    (
        "validate-spec-kit",
        include_str!("../../../templates/runbooks/validate-spec-kit.yaml"),
    ),
];

pub fn sha256_hex(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn up_json(data: &Path) -> PathBuf {
    data.join("up.json")
}

/// The local token, and whether this data folder ever had one before.
pub struct LocalToken {
    pub token: String,
    pub first_start: bool,
}

/// The token of an earlier start, so that clients go on after a restart; else a new one.
pub fn local_token(data: &Path) -> Result<LocalToken, UpError> {
    let known = std::fs::read(up_json(data))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    if let Some(token) = known
        .as_ref()
        .and_then(|file| file["token"].as_str())
        .filter(|token| token.len() >= 32)
    {
        return Ok(LocalToken {
            token: token.into(),
            first_start: false,
        });
    }
    Ok(LocalToken {
        token: new_token()?,
        first_start: true,
    })
}

/// 256 random bits, as every token of ours.
pub fn new_token() -> Result<String, UpError> {
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret).map_err(|e| UpError::Random(e.to_string()))?;
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("ops_{hex}"))
}

/// Readable by this user alone, and replaced whole: a reader never sees half of it.
pub fn write_up_json(data: &Path, url: &str, token: &str) -> Result<(), UpError> {
    let path = up_json(data);
    let fail = |source| UpError::Write {
        path: path.clone(),
        source,
    };
    let text = serde_json::to_vec(&json!({ "url": url, "token": token })).unwrap_or_default();
    let new = data.join(format!("up.json.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).map_err(fail)?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(fail)?;
    std::fs::rename(&new, &path).map_err(fail)
}

/// Registers the local token: operator and worker at once.
pub async fn register_token(store: &dyn Store, token: &str) -> Result<(), UpError> {
    let p = json!({ "name": "local", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(token) });
    store
        .call("ops_first_token", p)
        .await
        .map_err(UpError::Store)?;
    Ok(())
}

/// Makes the lanes that local workers ask for: a claim of a lane that does not exist is refused.
pub async fn make_lanes(client: &Client, lanes: &[String]) -> Result<(), ClientError> {
    let there = client.lanes_list().await?;
    for name in lanes
        .iter()
        .filter(|name| there.iter().all(|lane| lane.name != **name))
    {
        client
            .lanes_update(&LaneUpdate {
                name: name.clone(),
                ..LaneUpdate::default()
            })
            .await?;
    }
    Ok(())
}

/// Brings the bundled runbooks once; a template of the same slug is somebody's own and stays.
pub async fn load_runbooks(client: &Client) -> Result<usize, ClientError> {
    let mut loaded = 0;
    for (_, source) in RUNBOOKS {
        match client.templates_create(source).await {
            Ok(_) => loaded += 1,
            Err(error) if error.code() == Some(Code::SlugTaken) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(loaded)
}

/// Slugs of the bundled runbooks.
pub fn bundled() -> [&'static str; 7] {
    RUNBOOKS.map(|(slug, _)| slug)
}
