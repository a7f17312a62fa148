//! Unique per (run, attempt, name).

use super::access::{Caller, Holder, hold};
use super::state::{Artifact, Run, State};
use super::{Reply, Stop, refuse, runs};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ops_core::api::ArtifactPut;
use serde_json::{Value, json};
use sha2::Digest;

pub fn put(s: &mut State, who: &Caller, p: Value) -> Reply {
    let q: ArtifactPut = serde_json::from_value(p)?;
    let holder = Holder {
        run_id: q.run_id,
        worker_id: q.worker_id,
        attempt: q.attempt,
    };
    let place = hold(s, who, &holder)?;
    let bytes = match (q.content, q.content_base64, &q.url) {
        (Some(text), None, None) => text.into_bytes(),
        (None, Some(encoded), None) => {
            (STANDARD.decode(encoded)).map_err(|e| Stop::Malformed(e.to_string()))?
        }
        (None, None, Some(url)) => url.clone().into_bytes(),
        _ => {
            return Err(Stop::Malformed(
                "one of content, content_base64 and url".into(),
            ));
        }
    };
    let same = |a: &&Artifact| a.attempt == q.attempt && a.name == q.name;
    if let Some(known) = s.runs[place].artifacts.iter().find(same) {
        return if known.bytes == bytes {
            Ok(stored(known))
        } else {
            Err(refuse(
                "name_taken",
                format!("`{}` has other bytes", q.name),
            ))
        };
    }
    let artifact = Artifact {
        id: s.new_id(),
        attempt: q.attempt,
        name: q.name,
        kind: q.kind,
        mime: q.mime,
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
    json!({ "artifact_id": a.id, "url": a.url, "sha256": sha256(&a.bytes), "size": a.bytes.len() })
}

fn shown(run: &Run, a: &Artifact) -> Value {
    json!({
        "id": a.id, "run_id": run.id, "attempt": a.attempt, "name": a.name, "kind": a.kind, "mime": a.mime,
        "sha256": sha256(&a.bytes), "size": a.bytes.len(), "ts": a.at.to_string(), "url": a.url,
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
    if a.url.is_none() {
        artifact["content_base64"] = STANDARD.encode(&a.bytes).into();
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
