//! Unique per (run, attempt, name).

use super::access::{Caller, Holder, hold};
use super::state::{Artifact, Run, State};
use super::{Reply, Stop, refuse, runs};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::api::{ArtifactBegin, ArtifactPut};
use serde_json::{Value, json};
use sha2::Digest;

/// Where an attempt has no more room.
const MOST: usize = ops_core::limits::ARTIFACTS_PER_ATTEMPT;

/// The place of the run that the caller holds, and the artifact of this name with the same bytes.
fn held(
    s: &mut State,
    who: &Caller,
    holder: &Holder,
    name: &str,
    sha: &str,
) -> Result<(usize, Option<Value>), Stop> {
    let place = hold(s, who, holder)?;
    let of_attempt = || (s.runs[place].artifacts.iter()).filter(|a| a.attempt == holder.attempt);
    match of_attempt().find(|a| a.name == name) {
        Some(known) if known.sha256 == sha => Ok((place, Some(stored(known)))),
        Some(_) => Err(refuse("name_taken", format!("`{name}` has other bytes"))),
        None if of_attempt().count() >= MOST => Err(refuse(
            "too_large",
            format!("the attempt has {MOST} artifacts"),
        )),
        None => Ok((place, None)),
    }
}

pub fn begin(s: &mut State, who: &Caller, p: Value) -> Reply {
    let q: ArtifactBegin = serde_json::from_value(p)?;
    let holder = Holder {
        run_id: q.run_id,
        worker_id: q.worker_id,
        attempt: q.attempt,
    };
    held(s, who, &holder, &q.name, &q.sha256)?;
    Ok(json!({}))
}

pub fn put(s: &mut State, who: &Caller, p: Value) -> Reply {
    let q: ArtifactPut = serde_json::from_value(p)?;
    let holder = Holder {
        run_id: q.run_id,
        worker_id: q.worker_id,
        attempt: q.attempt,
    };
    let bytes = match (q.content, q.content_base64, &q.url, &q.sha256) {
        (Some(text), None, None, None) => Some(text.into_bytes()),
        (None, Some(encoded), None, None) => {
            Some((STANDARD.decode(encoded)).map_err(|e| Stop::Malformed(e.to_string()))?)
        }
        (None, None, Some(url), None) => Some(url.clone().into_bytes()),
        (None, None, None, Some(_)) => None,
        _ => return Err(Stop::Malformed("one source of bytes".into())),
    };
    let sha256 = match &bytes {
        Some(bytes) => sha256(bytes),
        None => q.sha256.unwrap_or_default(),
    };
    let (place, known) = held(s, who, &holder, &q.name, &sha256)?;
    if let Some(answer) = known {
        return Ok(answer);
    }
    let artifact = Artifact {
        id: s.new_id(),
        attempt: q.attempt,
        name: q.name,
        kind: q.kind,
        mime: q.mime,
        sha256,
        size: bytes
            .as_ref()
            .map_or(q.size.unwrap_or_default(), |bytes| bytes.len() as u64),
        bytes,
        url: q.url,
        at: s.now,
    };
    let answer = stored(&artifact);
    s.runs[place].artifacts.push(artifact);
    Ok(answer)
}

fn sha256(bytes: &[u8]) -> String {
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn stored(a: &Artifact) -> Value {
    json!({ "artifact_id": a.id, "url": a.url, "sha256": a.sha256, "size": a.size })
}

fn shown(run: &Run, a: &Artifact) -> Value {
    json!({
        "id": a.id, "run_id": run.id, "attempt": a.attempt, "name": a.name, "kind": a.kind, "mime": a.mime,
        "sha256": a.sha256, "size": a.size, "ts": a.at.to_string(), "url": a.url,
    })
}

pub fn get(s: &mut State, _: &Caller, p: Value) -> Reply {
    let all = s
        .runs
        .iter()
        .flat_map(|run| run.artifacts.iter().map(move |a| (run, a)));
    let found = all.into_iter().find(|(_, a)| p["artifact_id"] == a.id);
    let (run, a) = found.ok_or_else(|| refuse("not_found", "there is no such artifact"))?;
    let mut artifact = shown(run, a);
    artifact["is_stored"] = a.bytes.is_none().into();
    if let (Some(bytes), None) = (&a.bytes, &a.url) {
        artifact["content_base64"] = STANDARD.encode(bytes).into();
    }
    Ok(json!({ "artifact": artifact }))
}

/// Of the newest attempt that left any, or of the one asked for.
pub fn list(s: &mut State, _: &Caller, p: Value) -> Reply {
    let run = &s.runs[runs::place(s, &p)?];
    let newest = run.artifacts.iter().map(|a| a.attempt).max();
    let attempt = p["attempt"].as_u64().map(|n| n as u32).or(newest);
    let rows = run.artifacts.iter().filter(|a| Some(a.attempt) == attempt);
    Ok(json!({ "artifacts": rows.map(|a| shown(run, a)).collect::<Vec<_>>() }))
}
