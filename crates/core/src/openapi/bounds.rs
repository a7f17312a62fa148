//! What the checks of `ops-web` ask of a field beyond its type.
//! The fuzz test sends what is outside of these, and takes nothing but a refusal.

use crate::limits;
use serde_json::{Map, Value, json};

/// As `text::is_uuid`.
pub const UUID: &str = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
/// As `text::is_lane`.
pub const LANE: &str = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

/// Seconds of ten years.
const TEN_YEARS: u64 = 10 * 366 * 86_400;

fn id() -> Value {
    json!({ "format": "uuid", "pattern": UUID })
}

fn lane() -> Value {
    json!({ "pattern": LANE })
}

fn text(least: usize, most: usize) -> Value {
    json!({ "minLength": least, "maxLength": most })
}

fn number(least: u64, most: u64) -> Value {
    json!({ "minimum": least, "maximum": most })
}

fn items(least: usize, most: usize) -> Value {
    json!({ "minItems": least, "maxItems": most })
}

/// The database counts attempts and versions in 31 bits.
fn counted() -> Value {
    number(0, i32::MAX as u64)
}

/// Type, field, and what is asked of it.
fn bounds() -> Vec<(&'static str, &'static str, Value)> {
    let (least, most) = limits::LEASE_SECONDS.into_inner();
    vec![
        (
            "NewRun",
            "runbook",
            json!({ "type": ["string", "object", "null"], "minLength": 1 }),
        ),
        ("NewRun", "session_id", id()),
        ("NewRun", "lane", lane()),
        ("NewRun", "max_attempts", number(1, 20)),
        ("NewRun", "lease_seconds", number(least.into(), most.into())),
        ("NewRun", "timeout_seconds", number(1, 604_800)),
        ("NewRun", "start_within_seconds", number(1, 31_622_400)),
        ("NewRun", "not_before", json!({ "format": "date-time" })),
        (
            "NewRun",
            "depends_on",
            json!({ "maxItems": limits::DEPENDENCIES }),
        ),
        (
            "NewRun",
            "depends_on/items",
            json!({ "pattern": "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|#[0-9]{1,3})$" }),
        ),
        ("NewRun", "intent", text(1, 2_000)),
        ("NewRun", "env", text(1, 200)),
        ("NewRun", "repo", text(1, 300)),
        ("NewRun", "idempotency_key", text(1, 200)),
        (
            "BulkRuns",
            "run_ids",
            json!({ "maxItems": limits::BULK_CHANGES }),
        ),
        ("BulkRuns", "run_ids/items", id()),
        ("BulkRuns", "reason", text(1, 2_000)),
        ("RunFilter", "lane", lane()),
        ("RunFilter", "session_id", id()),
        ("ClaimRequest", "worker_id", text(1, 200)),
        ("ClaimRequest", "lanes", items(1, 64)),
        ("ClaimRequest", "lanes/items", lane()),
        ("ClaimRequest", "session_id", id()),
        (
            "ClaimRequest",
            "limit",
            number(0, limits::CLAIM_RUNS as u64),
        ),
        ("ClaimRequest", "request_id", number(1, i64::MAX as u64)),
        (
            "ClaimRequest",
            "finish",
            json!({ "maxItems": limits::CLAIM_RUNS }),
        ),
        ("ClaimRequest", "wait_seconds", waits()),
        ("Finish", "run_id", id()),
        ("Finish", "attempt", counted()),
        ("Beat", "run_id", id()),
        ("Beat", "attempt", counted()),
        ("StepDispatch", "run_id", id()),
        ("StepDispatch", "attempt", counted()),
        ("StepDispatch", "step", text(1, 64)),
        ("HeldDispatch", "run_id", id()),
        ("HeldDispatch", "attempt", counted()),
        ("HeldDispatch", "dispatch_id", id()),
        (
            "SpecGenerate",
            "prd",
            json!({ "maxLength": limits::SPEC_SOURCE_BYTES }),
        ),
        ("SpecGenerate", "slug", text(1, 80)),
        (
            "SpecValidate",
            "documents",
            json!({ "maxItems": limits::SPEC_DOCUMENTS }),
        ),
        ("SpecText", "path", text(1, 300)),
        (
            "SpecText",
            "text",
            json!({ "maxLength": limits::SPEC_SOURCE_BYTES }),
        ),
        ("SpecPut", "run_id", id()),
        ("SpecPut", "attempt", counted()),
        ("SpecPut", "bundle", text(1, 80)),
        ("SpecPut", "documents", items(1, limits::SPEC_DOCUMENTS)),
        ("SpecPut", "lock_sha256", sha256()),
        (
            "SpecDocumentText",
            "name",
            json!({ "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$" }),
        ),
        ("AppendRequest", "run_id", id()),
        ("AppendRequest", "attempt", counted()),
        ("AppendRequest", "first_seq", number(1, i64::MAX as u64)),
        (
            "AppendRequest",
            "events",
            json!({ "maxItems": limits::APPEND_EVENTS }),
        ),
        (
            "NewEvent",
            "message",
            json!({ "maxLength": limits::MESSAGE_BYTES }),
        ),
        ("StepUpdate", "step", text(1, 200)),
        ("ArtifactPut", "run_id", id()),
        ("ArtifactPut", "attempt", counted()),
        ("ArtifactPut", "worker_id", text(0, 200)),
        ("ArtifactPut", "mime", text(0, 200)),
        ("ArtifactPut", "name", text(1, 200)),
        (
            "ArtifactPut",
            "url",
            json!({ "pattern": "^https?://", "maxLength": 2_000 }),
        ),
        (
            "ArtifactPut",
            "content_base64",
            json!({ "contentEncoding": "base64" }),
        ),
        ("ArtifactPut", "sha256", sha256()),
        (
            "ArtifactPut",
            "size",
            number(0, limits::ARTIFACT_BYTES as u64),
        ),
        ("ArtifactBegin", "run_id", id()),
        ("ArtifactBegin", "attempt", counted()),
        ("ArtifactBegin", "worker_id", text(0, 200)),
        ("ArtifactBegin", "name", text(1, 200)),
        ("ArtifactBegin", "sha256", sha256()),
        (
            "ArtifactBegin",
            "size",
            number(0, limits::ARTIFACT_BYTES as u64),
        ),
        ("NewSession", "name", text(1, 200)),
        ("SessionUpdate", "session_id", id()),
        ("SessionUpdate", "name", text(1, 200)),
        ("SessionUpdate", "members", json!({ "maxItems": 1_000 })),
        ("Member", "user_id", text(1, 200)),
        ("Member", "role", json!({ "enum": ["viewer", "operator"] })),
        ("SessionArchive", "session_id", id()),
        ("TemplateUpdate", "source", json!({ "minLength": 1 })),
        ("TemplateUpdate", "expected_version", counted()),
        ("LaneUpdate", "name", lane()),
        ("LaneUpdate", "concurrency_limit", number(0, 10_000)),
        ("LaneUpdate", "queue_limit", number(0, 100_000_000)),
        ("LaneUpdate", "reason", text(0, 2_000)),
        ("WorkerDrain", "worker_id", text(1, 200)),
        ("NewToken", "name", text(1, 200)),
        ("NewToken", "kinds", json!({ "minItems": 1 })),
        ("NewToken", "lanes/items", lane()),
        ("NewToken", "expires_in_seconds", number(60, TEN_YEARS)),
    ]
}

fn sha256() -> Value {
    json!({ "pattern": "^[0-9a-f]{64}$" })
}

fn waits() -> Value {
    json!({ "description": format!(
        "A long poll: where nothing is queued the answer waits that long for a run, at most {} seconds, and only where \
         `finish` is empty. Hosts that cannot wait answer at once; `poll_after_ms` says when to ask again.",
        limits::WAIT_SECONDS
    ) })
}

/// Rules of a whole type.
fn rules() -> Vec<(&'static str, Value)> {
    let each = |fields: &[&str]| -> Value {
        let one = |field: &&str| json!({ "required": [field], "properties": { *field: { "not": { "type": "null" } } } });
        fields.iter().map(one).collect()
    };
    let one_of = |fields: &[&str]| json!({ "oneOf": each(fields) });
    let any_of = |fields: &[&str]| json!({ "anyOf": each(fields) });
    vec![
        (
            "RunFilter",
            any_of(&["status", "lane", "template", "session_id"]),
        ),
        ("NewRun", one_of(&["template", "runbook"])),
        ("BulkRuns", one_of(&["run_ids", "filter"])),
        ("SpecGenerate", one_of(&["prd", "request"])),
        ("SpecValidate", one_of(&["slug", "documents"])),
        (
            "ArtifactPut",
            one_of(&["content", "content_base64", "url", "sha256"]),
        ),
    ]
}

/// Panics where a type or a field is gone: then its line goes too.
pub fn apply(schemas: &mut Map<String, Value>) {
    for (name, field, bound) in bounds() {
        let place = format!("/{name}/properties/{field}");
        merge(at(schemas, &place), bound);
    }
    for (name, rule) in rules() {
        merge(at(schemas, &format!("/{name}")), rule);
    }
}

fn at<'a>(schemas: &'a mut Map<String, Value>, place: &str) -> &'a mut Value {
    let mut steps = place.split('/').skip(1);
    let name = steps.next().unwrap_or_default();
    let start = schemas.get_mut(name);
    let found = steps.fold(start, |value: Option<&mut Value>, step| {
        value?.get_mut(step)
    });
    found.unwrap_or_else(|| panic!("no such field in the schemas: {place}"))
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => into.extend(from),
        (into, from) => *into = from,
    }
}
