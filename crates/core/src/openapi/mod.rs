//! The API as an OpenAPI 3.1 document, made from the types that requests and answers are. It is
//! checked in as docs/openapi.json, and what the product serves is that file: nothing of this module
//! is in it.

mod bounds;
mod parameter;
mod refusals;
mod shapes;
mod spec;
mod tables;
mod verb;
mod verbs;

#[cfg(test)]
mod tests;

use crate::{BASE_PATH, PROTOCOL_VERSION, limits};
use serde_json::{Map, Value, json};
pub use tables::fill;
use verb::Verb;

pub fn document() -> Value {
    let verbs = verbs::all();
    let mut paths = Map::new();
    for verb in &verbs {
        let operations = json!({ verb.method.word(): operation(verb) });
        paths.insert(format!("/{}", verb.name), operations);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ops Control Room",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache License 2.0", "identifier": "Apache-2.0" },
            "description": description(),
        },
        "servers": [{ "url": BASE_PATH }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": {
                "type": "http", "scheme": "bearer",
                "description": "A token of one or more kinds. Each verb names the kinds that may call it, one of which is enough.",
            } },
            "parameters": { "Ops-Protocol": {
                "name": "Ops-Protocol", "in": "header",
                "description": "The protocol that the caller speaks; a lower number than the server's is answered 426.",
                "schema": { "type": "integer", "minimum": PROTOCOL_VERSION, "maximum": u32::MAX },
            } },
            "responses": refusals::components(&verbs),
            "schemas": shapes::schemas(),
        },
    })
}

fn description() -> String {
    format!(
        "What only reads is a GET with a query, what changes something a POST with a JSON object of at most {} bytes and {} levels. \
         Answers may gain fields; a field that is not required may be absent. \
         What a schema cannot say is said by a refusal: lengths are characters here and bytes there, whole numbers have no \
         fraction, not even `.0`, operator verbs take no U+0000, an id stands once in a list, and a runbook has a format of \
         its own (docs/runbook.schema.json). docs/API.md is for people.",
        limits::BODY_BYTES,
        limits::JSON_DEPTH
    )
}

fn operation(verb: &Verb) -> Value {
    let mut operation = json!({
        "operationId": verb.name,
        "summary": verb.summary,
        "tags": [verb.name.split('.').next()],
        "security": verb.kinds.iter().map(|kind| json!({ "token": [kind] })).collect::<Value>(),
    });
    if let Some(note) = verb.note {
        operation["description"] = note.into();
    }
    let header = json!({ "$ref": "#/components/parameters/Ops-Protocol" });
    let header = Some(header).filter(|_| verb.takes_token());
    let parameters: Vec<Value> = verb
        .query
        .iter()
        .map(|p| p.schema())
        .chain(header)
        .collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = &verb.body {
        operation["requestBody"] = body.clone();
    }
    let mut responses = Map::new();
    for (status, content) in &verb.answers {
        responses.insert(
            status.to_string(),
            json!({ "description": verb::meaning(*status), "content": content }),
        );
    }
    responses.extend(refusals::of(verb));
    operation["responses"] = responses.into();
    operation
}
