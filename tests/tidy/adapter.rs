//! docs/pulser-adapter.schema.json and the messages beside it say the same.

use crate::workflows::{ROOT, files, packages, program};
use ops_tests::harness::not_run;
use ops_tests::harness::process::{Folder, shown};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SCHEMA: &str = "docs/pulser-adapter.schema.json";
const EXAMPLES: &str = "docs/examples/pulser";

pub(crate) fn check(arguments: &[&str], files: &[PathBuf]) -> Output {
    Command::new("python3")
        .args(["-m", "check_jsonschema"])
        .args(arguments)
        .args(files)
        .env("PYTHONPATH", packages())
        .current_dir(ROOT)
        .output()
        .expect("the tool runs")
}

fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(Path::new(ROOT).join(file)).expect("text");
    serde_json::from_str(&text).expect("JSON")
}

fn is_there() -> bool {
    program("check-jsonschema").is_file()
}

#[test]
fn each_message_of_the_examples_is_one_of_the_protocol() {
    if !is_there() {
        return not_run("check-jsonschema, which `cargo xtask test` brings by pip");
    }
    for output in [
        check(&["--check-metaschema"], &[PathBuf::from(SCHEMA)]),
        check(&["--schemafile", SCHEMA], &files(EXAMPLES, ".json")),
    ] {
        assert!(output.status.success(), "{}", shown(&output));
    }
}

/// A schema that takes everything takes the examples too.
#[test]
fn what_is_no_message_is_refused() {
    if !is_there() {
        return not_run("check-jsonschema, which `cargo xtask test` brings by pip");
    }
    let folder = Folder::new();
    let request = json!({"v": 1, "id": "1", "method": "describe", "params": {}});
    let artifact = json!({"name": "a", "kind": "file", "content": "a"});
    let mut wrong = vec![
        json!([]),
        json!({"v": 1, "id": "1"}),
        json!({"v": 2, "id": "1", "method": "health", "params": {}}),
        json!({"v": 1, "id": "1", "method": "sing", "params": {}}),
        json!({"v": 1, "id": "1", "result": {"outcome": "perhaps"}}),
        json!({"v": 1, "id": "1", "error": {"code": "odd", "message": "a"}}),
        json!({"v": 1, "id": "1", "event": {"seq": 0, "level": "info", "message": "a"}}),
    ];
    for (field, value) in [("result", json!({"status": "ready"})), ("id", json!(1))] {
        let mut other = request.clone();
        other[field] = value;
        wrong.push(other);
    }
    for (field, value) in [("url", json!("https://a.example")), ("kind", json!("odd"))] {
        let mut other = artifact.clone();
        other[field] = value;
        wrong.push(json!({"v": 1, "id": "1", "artifact": other}));
    }
    for path in ["/etc/passwd", "../a", "a/../../b"] {
        let artifact = json!({"name": "a", "kind": "file", "path": path});
        wrong.push(json!({"v": 1, "id": "1", "artifact": artifact}));
    }
    let mut written = Vec::new();
    for (at, message) in wrong.iter().enumerate() {
        let file = folder.path().join(format!("wrong-{at:02}.json"));
        std::fs::write(&file, message.to_string()).expect("a file");
        written.push(file);
    }
    let output = check(&["--schemafile", SCHEMA], &written);
    let said = shown(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (at, message) in wrong.iter().enumerate() {
        let is_named = said.contains(&format!("wrong-{at:02}.json"));
        assert!(is_named, "{message}: {said}");
    }
}

#[test]
fn every_method_and_every_form_has_an_example() {
    let all: Vec<Value> = files(EXAMPLES, ".json").iter().map(|f| read(f)).collect();
    let schema = read(Path::new(SCHEMA));
    let names = |pointer: &str| -> BTreeSet<String> {
        let list = schema.pointer(pointer).and_then(Value::as_array);
        let names = list.expect("a list").iter().filter_map(|one| {
            let name = one["$ref"].as_str()?;
            name.rsplit('/').next().map(str::to_owned)
        });
        names.collect()
    };
    let methods: BTreeSet<String> = all
        .iter()
        .filter_map(|message| message["method"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(methods, names("/$defs/request/oneOf"));
    let has = |form: &str| {
        let field = if form == "request" { "method" } else { form };
        all.iter().any(|message| message.get(field).is_some())
    };
    for form in names("/oneOf") {
        assert!(has(&form), "{form}");
    }
}

#[test]
fn the_document_names_every_example_and_prints_no_message_that_is_none() {
    let text = std::fs::read_to_string(Path::new(ROOT).join("docs/PULSER.md")).expect("text");
    for file in files(EXAMPLES, ".json") {
        let name = file.file_name().expect("a name").to_string_lossy();
        assert!(text.contains(&format!("examples/pulser/{name}")), "{name}");
    }
    // Lines that it shows are those of the examples.
    let all: Vec<Value> = files(EXAMPLES, ".json").iter().map(|f| read(f)).collect();
    let shown = text.lines().filter(|line| line.starts_with("{\"v\""));
    let mut count = 0;
    for line in shown {
        let message: Value = serde_json::from_str(line).expect("JSON");
        assert!(all.contains(&message), "{line}");
        count += 1;
    }
    assert!(count > 0);
}
