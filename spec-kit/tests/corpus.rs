//! Documents of many shapes, and what a person counts in each.

mod facts_support;

use facts_support::facts;
use ops_spec_kit::facts::{Check, Document, Id, InventoryKind, Task};
use ops_spec_kit::read;
use ops_spec_kit::text::Span;
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn every_document_is_read_as_a_person_counts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".expect.json"))
        .collect();
    names.sort();
    assert!(names.len() >= 25, "{} documents", names.len());
    let mut wrong = Vec::new();
    for path in names {
        let expected: Value =
            serde_json::from_slice(&std::fs::read(&path).expect("file")).expect("JSON");
        let stem = path.to_string_lossy().replace(".expect.json", ".md");
        let file = expected["path"]
            .as_str()
            .map_or_else(|| stem.clone().into(), |other| folder.join(other));
        let bytes = std::fs::read(&file).expect("document");
        let name = Path::new(&stem)
            .file_name()
            .expect("name")
            .to_string_lossy()
            .into_owned();
        let document =
            read::document(expected["file"].as_str().unwrap_or(&name), &bytes).expect("text");
        for (key, value) in expected.as_object().expect("an object") {
            let Some(found) = fact(&document, key, value) else {
                continue;
            };
            if found != *value {
                wrong.push(format!(
                    "{name}: {key}\n  expected {value}\n  found    {found}"
                ));
            }
        }
        assert_eq!(
            read::document(&name, &bytes).map(|d| d.items),
            read::document(&name, &bytes).map(|d| d.items)
        );
        let crlf = String::from_utf8(bytes)
            .expect("text")
            .replace('\n', "\r\n");
        let windows = read::document(document.source.file(), format!("\u{feff}{crlf}").as_bytes())
            .expect("text");
        assert_eq!(
            facts(&windows),
            facts(&document),
            "{name} with other line ends"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What was read of a key, in the form of the expectation; `None` for keys that say how to read.
fn bytes(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    std::fs::read(folder.join(name)).expect("a file")
}

#[test]
fn a_request_as_json_is_read_as_a_person_counts() {
    let (slug, document) =
        ops_spec_kit::model::request("request.json", &bytes("request.json")).expect("a request");
    assert_eq!(slug, "ticket-desk");
    assert_eq!(lines(&document, "problem"), [4]);
    assert_eq!(lines(&document, "goals"), [6, 7]);
    assert_eq!(document.items.len(), 3);
}

#[test]
fn what_is_no_utf_8_is_refused_with_its_line() {
    let refused = read::document("docs/kasse.md", &bytes("latin1_prd.txt"));
    assert_eq!(
        refused.expect_err("a refusal").to_string(),
        "docs/kasse.md: not UTF-8 at byte 122 (line 10); save it as UTF-8"
    );
}

fn fact(document: &Document, key: &str, expected: &Value) -> Option<Value> {
    let inventory = |kind: InventoryKind| -> Vec<&str> {
        document
            .inventory
            .iter()
            .filter(|thing| thing.kind == kind && thing.is_listed)
            .map(|thing| thing.name.as_str())
            .collect()
    };
    let asked = expected.as_object();
    Some(match key {
        "path" | "file" => return None,
        "kind" => json!(document.kind),
        "title" => json!(document.title.as_ref().map(|title| &title.text)),
        "status" => json!(document.status.as_ref().map(|status| &status.text)),
        "items" => by_key(asked, |role| {
            json!(
                document
                    .items
                    .iter()
                    .filter(|item| json!(item.role) == json!(role))
                    .count()
            )
        }),
        "lines" => by_key(asked, |role| json!(lines(document, role))),
        "definitions" => json!(
            document
                .definitions
                .iter()
                .map(|definition| written(&definition.id))
                .collect::<Vec<_>>()
        ),
        "citations" => json!(
            document
                .citations
                .iter()
                .map(|citation| written(&citation.id))
                .collect::<Vec<_>>()
        ),
        "scenarios" => json!(
            document
                .items
                .iter()
                .map(|item| item.scenarios.len())
                .sum::<usize>()
        ),
        "scenarios_of" => by_key(asked, |role| {
            json!(
                document
                    .items
                    .iter()
                    .filter(|item| json!(item.role) == json!(role))
                    .map(|item| item.scenarios.len())
                    .sum::<usize>()
            )
        }),
        "keywords" => json!(
            document
                .items
                .iter()
                .filter(|item| json!(item.role) == "requirements" && item.keyword.is_some())
                .count()
        ),
        "priorities" => json!(
            requirements(document)
                .filter_map(|item| item.priority)
                .collect::<Vec<_>>()
        ),
        "marks" => json!(
            requirements(document)
                .filter_map(|item| item.mark)
                .collect::<Vec<_>>()
        ),
        "titles" => json!(
            requirements(document)
                .filter_map(|item| item.title.as_ref().map(|title| &title.text))
                .collect::<Vec<_>>()
        ),
        "clarifications" => json!(document.clarifications.len()),
        "todos" => json!(document.todos.len()),
        "tokens" => json!(document.tokens.len()),
        "links" => json!(document.links.len()),
        "claims" => json!(document.claims.len()),
        "tasks" => json!(document.tasks.len()),
        "done" => json!(
            document
                .tasks
                .iter()
                .filter(|task| task.check == Check::Done)
                .count()
        ),
        "nested" => json!(
            document
                .tasks
                .iter()
                .filter(|task| task.parent.is_some())
                .count()
        ),
        "parallel" => json!(
            document
                .tasks
                .iter()
                .filter(|task| task.is_parallel)
                .count()
        ),
        "markers" => json!(
            document
                .tasks
                .iter()
                .filter(|task| task.marker.is_some())
                .count()
        ),
        "phases" => json!(
            document
                .phases
                .iter()
                .map(|phase| &phase.label)
                .collect::<Vec<_>>()
        ),
        "task_phases" => json!(
            document
                .tasks
                .iter()
                .map(|task| task.phase)
                .collect::<Vec<_>>()
        ),
        "depends_of" => by_task(document, asked, |task| {
            json!(
                task.depends_on
                    .iter()
                    .map(|c| written(&c.id))
                    .collect::<Vec<_>>()
            )
        }),
        "refs_of" => by_task(document, asked, |task| {
            json!(task.refs.iter().map(|c| written(&c.id)).collect::<Vec<_>>())
        }),
        "stories_of" => by_task(document, asked, |task| {
            json!(
                task.stories
                    .iter()
                    .map(|c| written(&c.id))
                    .collect::<Vec<_>>()
            )
        }),
        "paths_of" => by_task(document, asked, |task| {
            json!(task.paths.iter().map(|path| &path.0).collect::<Vec<_>>())
        }),
        "commands_of" => by_task(document, asked, |task| {
            json!(task.commands.iter().map(|path| &path.0).collect::<Vec<_>>())
        }),
        "exits" => json!(
            document
                .phases
                .iter()
                .filter(|phase| phase.exit.is_some())
                .count()
        ),
        "principles" => json!(
            document
                .principles
                .iter()
                .map(|principle| &principle.title)
                .collect::<Vec<_>>()
        ),
        "normative" => json!(
            document
                .principles
                .iter()
                .filter(|principle| principle.is_normative)
                .count()
        ),
        "enforced" => json!(
            document
                .principles
                .iter()
                .filter_map(|principle| principle.enforced_by.as_ref())
                .collect::<Vec<_>>()
        ),
        "version" => document.version.as_ref().map_or(Value::Null, |version| {
            json!([version.version, version.ratified, version.amended])
        }),
        "empty" => json!(
            document
                .sections
                .iter()
                .filter(|section| section.is_empty)
                .filter_map(|section| section.path.last())
                .collect::<Vec<_>>()
        ),
        "tables" => json!(inventory(InventoryKind::Table)),
        "columns" => json!(inventory(InventoryKind::Column)),
        "endpoints" => json!(inventory(InventoryKind::Endpoint)),
        "environment" => json!(inventory(InventoryKind::Environment)),
        "screens" => json!(inventory(InventoryKind::Screen)),
        "indexes" => json!(inventory(InventoryKind::Index).len()),
        "sets" => json!(
            document
                .sets
                .iter()
                .map(|set| (
                    &set.subject,
                    set.members
                        .iter()
                        .map(|member| member.text.as_str())
                        .collect::<Vec<_>>()
                        .join("|")
                ))
                .collect::<Vec<_>>()
        ),
        "counts" => json!(
            document
                .counts
                .iter()
                .map(|count| (count.stated, &count.noun))
                .collect::<Vec<_>>()
        ),
        "quantities" => json!(
            document
                .quantities
                .iter()
                .map(|q| (&q.subject, q.low as u64, q.high as u64, &q.unit))
                .collect::<Vec<_>>()
        ),
        "suppressions" => json!(
            document
                .suppressions
                .iter()
                .map(|s| (&s.rule, s.lines.0, s.lines.1))
                .collect::<Vec<_>>()
        ),
        "open_fence" => json!(document.outline.open_fence.is_some()),
        other => panic!("no such key: {other}"),
    })
}

fn requirements(document: &Document) -> impl Iterator<Item = &ops_spec_kit::facts::Item> {
    document
        .items
        .iter()
        .filter(|item| json!(item.role) == "requirements")
}

fn by_key(asked: Option<&serde_json::Map<String, Value>>, read: impl Fn(&str) -> Value) -> Value {
    let asked = asked.expect("an object");
    Value::Object(asked.keys().map(|key| (key.clone(), read(key))).collect())
}

fn by_task(
    document: &Document,
    asked: Option<&serde_json::Map<String, Value>>,
    read: impl Fn(&Task) -> Value,
) -> Value {
    by_key(asked, |id| {
        let task = document
            .tasks
            .iter()
            .find(|task| task.id.as_ref().is_some_and(|own| own.written == id));
        task.map_or(Value::Null, &read)
    })
}

fn lines(document: &Document, role: &str) -> Vec<u32> {
    let line = |span: Span| document.place(span).line;
    match role {
        "task" => document.tasks.iter().map(|task| line(task.span)).collect(),
        role => document
            .items
            .iter()
            .filter(|item| json!(item.role) == json!(role))
            .map(|item| line(item.span))
            .collect(),
    }
}

fn written(id: &Id) -> String {
    id.bundle
        .iter()
        .cloned()
        .chain([id.written.clone()])
        .collect::<Vec<_>>()
        .join("/")
}
