//! The verbs of the spec kit.

use super::parameter::{id, number, text, word};
use super::shapes::{of, page};
use super::verb::{Verb, read, write};
use super::verbs::{EVERYBODY, OPERATOR, READERS, WORKER, limit, version};
use crate::Code::*;
use serde_json::json;

/// The smallest text that a bundle comes of.
const PRD: &str = "# Search\n\n## Goals\n\n- Find a document by a word of it.\n\n## Requirements\n\n- The system MUST answer a search within 200 ms.\n";

pub fn verbs() -> Vec<Verb> {
    vec![
        write(
            "spec.generate",
            OPERATOR,
            "The four documents of a bundle from one PRD, or from a request",
            of("SpecGenerate"),
        )
        .such_as(json!({ "prd": PRD }))
        .note("Stored, 201, or with `store: false` only shown, 200. A bundle that is there is updated and keeps its ids; `conflict` where another call updated it meanwhile. `not_configured` by a component without the spec kit, where `ops-spec-kit` is not deployed beside it: a run of `generate-spec-kit` does the same")
        .answers(200, of("SpecGenerated"))
        .answers(201, of("SpecGenerated"))
        .refuses(&[Conflict, NotConfigured]),
        write(
            "spec.validate",
            READERS,
            "What the rules find in a stored bundle, or in documents that are sent",
            of("SpecValidate"),
        )
        .such_as(json!({ "documents": [{ "path": "search/prd.md", "text": PRD }] }))
        .note("200 whatever is found; `passed` is false from the fail level on. `config` is the text of a `spec-kit.toml`, else one among the documents counts; `baseline` is the text of one")
        .answers(200, of("SpecValidated"))
        .refuses(&[NotFound, NotConfigured]),
        write(
            "spec.put",
            WORKER,
            "Keeps the documents of a bundle that a step made",
            of("SpecPut"),
        )
        .answers(200, of("SpecStored"))
        .refuses(&[LeaseLost, AlreadyFinished, Conflict]),
        read(
            "spec.get",
            EVERYBODY,
            "A bundle or one document of it, as JSON or as a zip file",
        )
        .query([
            text("slug")
                .required()
                .says("`<bundle>`, or `<bundle>/<file>`."),
            word("format", &["json", "zip"]),
            id("run_id").says("Of whoever holds that run; together with the next two."),
            text("worker_id"),
            number("attempt", version()),
        ])
        .answers(200, of("SpecBundle"))
        .or_bytes()
        .refuses(&[NotFound, LeaseLost, AlreadyFinished]),
        read("spec.list", READERS, "Bundles by name, without their texts")
            .query([text("after").says("`next` of the page before."), limit()])
            .note("50 where no limit is given")
            .answers(200, page("bundles", "SpecBundle")),
    ]
}
