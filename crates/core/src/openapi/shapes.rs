//! Schemas of the contract's types, and of what verbs put around them.

use super::bounds::{self, UUID};
use crate::api::*;
use crate::{Problem, RunStatus, limits};
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// A type by its name.
pub fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

/// An object whose other fields are refused.
pub fn exactly(required: &[&str], properties: Value) -> Value {
    let mut schema = object(required, properties);
    schema["additionalProperties"] = false.into();
    schema
}

/// `{name: T}`
pub fn one(name: &str, of_type: &str) -> Value {
    object(&[name], json!({ name: of(of_type) }))
}

/// `{name: [T]}`
pub fn list(name: &str, of_type: &str) -> Value {
    object(
        &[name],
        json!({ name: { "type": "array", "items": of(of_type) } }),
    )
}

/// `{name: [T], next}`
pub fn page(name: &str, of_type: &str) -> Value {
    let mut page = list(name, of_type);
    page["properties"]["next"] = json!({
        "type": ["string", "null"], "description": "What `after` is for the next page; null at the end.",
    });
    page
}

pub fn either(one: Value, other: Value) -> Value {
    json!({ "anyOf": [one, other] })
}

pub fn id() -> Value {
    json!({ "type": "string", "format": "uuid", "pattern": UUID })
}

pub fn text(least: usize, most: usize) -> Value {
    json!({ "type": "string", "minLength": least, "maxLength": most })
}

pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn maybe(kind: &str) -> Value {
    json!({ "type": [kind, "null"] })
}

pub fn schemas() -> Map<String, Value> {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .with_transform(RecursiveTransform(whole_numbers))
        .into_generator();
    name_types(&mut generator);
    let mut schemas = generator.take_definitions(true);
    for (name, fields) in not_in_types() {
        let properties = schemas[name]["properties"].as_object_mut();
        let Value::Object(fields) = fields else {
            continue;
        };
        properties.expect("a struct").extend(fields);
    }
    bounds::apply(&mut schemas);
    schemas.extend(around(&schemas));
    schemas
}

/// Those that are reached from no other.
fn name_types(generator: &mut SchemaGenerator) {
    fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
        generator.subschema_for::<T>();
    }
    add::<Problem>(generator);
    add::<NewRun>(generator);
    add::<CreatedRun>(generator);
    add::<RunPage>(generator);
    add::<BulkRuns>(generator);
    add::<BulkAnswer>(generator);
    add::<ClaimRequest>(generator);
    add::<ClaimAnswer>(generator);
    add::<Beat>(generator);
    add::<HeartbeatAnswer>(generator);
    add::<AppendRequest>(generator);
    add::<AppendAnswer>(generator);
    add::<EventPage>(generator);
    add::<ArtifactPut>(generator);
    add::<ArtifactBegin>(generator);
    add::<ArtifactBegun>(generator);
    add::<ArtifactStored>(generator);
    add::<Artifact>(generator);
    add::<NewSession>(generator);
    add::<Session>(generator);
    add::<SessionUpdate>(generator);
    add::<SessionArchive>(generator);
    add::<TemplateSource>(generator);
    add::<TemplateUpdate>(generator);
    add::<TemplateDelete>(generator);
    add::<Template>(generator);
    add::<Lane>(generator);
    add::<LaneUpdate>(generator);
    add::<Metrics>(generator);
    add::<Worker>(generator);
    add::<WorkerDrain>(generator);
    add::<AuditPage>(generator);
    add::<NewToken>(generator);
    add::<CreatedToken>(generator);
    add::<Token>(generator);
    add::<Exchange>(generator);
    add::<Exchanged>(generator);
    add::<NewTrustRule>(generator);
    add::<TrustRule>(generator);
    add::<TrustRemoved>(generator);
    add::<NewDispatch>(generator);
    add::<Dispatch>(generator);
    add::<StepDispatch>(generator);
    add::<HeldDispatch>(generator);
    add::<Followed>(generator);
    add::<SpecGenerate>(generator);
    add::<SpecGenerated>(generator);
    add::<SpecValidate>(generator);
    add::<SpecValidated>(generator);
    add::<SpecPut>(generator);
    add::<SpecStored>(generator);
    add::<SpecBundle>(generator);
}

/// A whole number of Rust has an end, which `format` alone does not say; and a null that stands for
/// an absent field needs no mention.
fn whole_numbers(schema: &mut Schema) {
    let format = schema.get("format").and_then(Value::as_str);
    let range: Option<(Value, Value)> = match format {
        Some("uint16") => Some((0.into(), u16::MAX.into())),
        Some("uint32") => Some((0.into(), u32::MAX.into())),
        Some("int32") => Some((i32::MIN.into(), i32::MAX.into())),
        Some("int64") => Some((i64::MIN.into(), i64::MAX.into())),
        // Counts and seconds: the database has no larger ones.
        Some("uint64") => Some((0.into(), i64::MAX.into())),
        _ => None,
    };
    if let Some((least, most)) = range {
        schema.insert("minimum".into(), least);
        schema.insert("maximum".into(), most);
        schema.remove("format");
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    transform_subschemas(&mut whole_numbers, schema);
}

/// What answers carry and no program of ours reads.
fn not_in_types() -> Vec<(&'static str, Value)> {
    let text = || maybe("string");
    vec![
        (
            "Run",
            json!({
                "handbacks": count(), "template_version": maybe("integer"), "intent": text(), "env": text(), "repo": text(),
                "lease_seconds": count(), "timeout_seconds": count(), "not_before": text(), "created_by": text(),
                "cancelled_at": text(), "step": text(),
                "runbook": { "type": "object", "description": "Only in `runs.get`: what was frozen at its creation." },
                "log": {
                    "type": ["object", "null"], "description": "Only in `runs.get`.",
                    "properties": { "last_pos": count(), "bytes": count(), "dropped_events": count(), "dropped_bytes": count() },
                },
            }),
        ),
        ("Session", json!({ "created_by": text() })),
        ("Template", json!({ "created_by": text() })),
        (
            "BeatAnswer",
            json!({ "lease_expires_at": { "type": "string" } }),
        ),
        (
            "EventPage",
            json!({
                "status": of("RunStatus"),
                "held": { "type": "boolean", "description": "Somebody holds the run and may go on logging." },
            }),
        ),
        ("BulkAnswer", json!({ "dry_run": flag() })),
        (
            "CreatedRun",
            json!({ "retry_of": { "type": "string", "description": "Only of `runs.retry`." } }),
        ),
    ]
}

/// Requests and answers that stand around a type, and have none of their own.
fn around(schemas: &Map<String, Value>) -> Vec<(String, Value)> {
    let bulk = json!({
        "type": "array", "minItems": 1, "maxItems": limits::BULK_RUNS, "items": of("NewRun"),
    });
    let entry = object(
        &["run_id", "status"],
        json!({ "run_id": id(), "status": of("RunStatus"), "seen": { "const": true } }),
    );
    let beats = json!({ "type": "array", "maxItems": limits::HEARTBEAT_RUNS, "items": of("Beat") });
    let pause = json!({ "heartbeat_after_ms": count(), "drain": flag() });
    vec![
        (
            "RunsToCreate".into(),
            exactly(&["runs"], json!({ "runs": bulk })),
        ),
        (
            "CreatedRuns".into(),
            object(
                &["runs"],
                json!({ "runs": { "type": "array", "items": entry } }),
            ),
        ),
        ("Holder".into(), holder()),
        (
            "FinishOne".into(),
            with(
                &schemas["Finish"],
                json!({ "worker_id": { "type": "string" } }),
            ),
        ),
        (
            "BeatOne".into(),
            with(
                &schemas["Beat"],
                json!({ "worker_id": { "type": "string" } }),
            ),
        ),
        (
            "Beats".into(),
            object(
                &["worker_id", "runs"],
                json!({ "worker_id": { "type": "string" }, "runs": beats }),
            ),
        ),
        ("BeatOneAnswer".into(), with(&schemas["BeatAnswer"], pause)),
        (
            "ArtifactForm".into(),
            artifact_form(&schemas["ArtifactPut"]),
        ),
        ("Diagnostic".into(), diagnostic()),
    ]
}

fn holder() -> Value {
    let properties = json!({
        "run_id": id(), "worker_id": { "type": "string" },
        "attempt": { "type": "integer", "minimum": 0, "maximum": i32::MAX },
    });
    object(&["run_id", "worker_id", "attempt"], properties)
}

/// The same object with more fields, all of which are there.
fn with(schema: &Value, more: Value) -> Value {
    let mut schema = schema.clone();
    for (name, field) in more.as_object().into_iter().flatten() {
        schema["properties"][name] = field.clone();
        if let Some(required) = schema["required"].as_array_mut() {
            required.push(name.as_str().into());
        }
    }
    schema
}

/// The same fields as text parts, and the bytes as the part `file`.
fn artifact_form(put: &Value) -> Value {
    let mut form = put.clone();
    let file = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
    if let Some(fields) = form.as_object_mut() {
        fields.remove("oneOf");
    }
    if let Some(fields) = form["properties"].as_object_mut() {
        fields.retain(|name, _| {
            !["content", "content_base64", "url", "sha256", "size"].contains(&name.as_str())
        });
        fields.insert("file".into(), file);
        fields.insert(
            "kind".into(),
            json!({ "enum": ["file", "markdown", "diff", "json"] }),
        );
    }
    if let Some(required) = form["required"].as_array_mut() {
        required.push("file".into());
    }
    form
}

fn diagnostic() -> Value {
    let text = || json!({ "type": "string" });
    object(
        &["file", "line", "column", "path", "code", "message"],
        json!({
            "file": text(), "line": count(), "column": count(), "path": text(), "code": text(), "message": text(), "hint": text(),
        }),
    )
}

/// `GET health`.
pub fn health() -> Value {
    let text = json!({ "type": "string" });
    let database = object(
        &["schema", "postgres", "now"],
        json!({ "schema": text, "postgres": text, "now": text }),
    );
    object(
        &["status", "version", "database"],
        json!({ "status": { "const": "ok" }, "version": text, "database": database }),
    )
}

/// `POST runs.sweep`.
pub fn swept() -> Value {
    let names = [
        "requeued",
        "ended",
        "leases_released",
        "overdue",
        "unparked",
    ];
    let counts: Map<_, _> = names
        .iter()
        // Only of a host that deletes old runs.
        .chain(&["deleted"])
        .map(|name| (name.to_string(), count()))
        .collect();
    object(&names, counts.into())
}

pub fn run_status_words() -> Vec<&'static str> {
    RunStatus::ALL
        .iter()
        .map(|status| status.as_str())
        .collect()
}
