//! Templates: their versions, and a folder that says which there are.

use crate::ops::ops;
use crate::room::{Reply, ScriptedRoom, ok, problem};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn runbook(slug: &str, title: &str) -> String {
    format!("version: 1\nslug: {slug}\ntitle: {title}\nsteps:\n  - id: a\n    run: echo hi\n")
}

fn template(slug: &str, version: u64) -> Value {
    json!({ "slug": slug, "version": version, "title": slug, "default_lane": null, "created_at": "", "updated_at": "",
        "params": { "type": "object", "properties": {} } })
}

/// Keeps templates as the real one does; `busy` cannot be deleted, and `raced` is a version ahead of
/// what was read.
fn keeping(slugs: &[&str]) -> ScriptedRoom {
    let mut kept: BTreeMap<String, (u64, String)> = slugs
        .iter()
        .map(|slug| (slug.to_string(), (3, runbook(slug, "Old"))))
        .collect();
    ScriptedRoom::start(move |request| {
        let source = request.body["source"].as_str().unwrap_or_default();
        let line = source.lines().find_map(|line| line.strip_prefix("slug: "));
        let slug = line.unwrap_or_default().to_string();
        match request.verb.as_str() {
            "templates.list" => {
                // In pages of one.
                let after = request.query.get("after").cloned().unwrap_or_default();
                let next = kept.iter().find(|(slug, _)| **slug > after);
                let rows: Vec<_> = next
                    .iter()
                    .map(|(slug, (version, _))| template(slug, *version))
                    .collect();
                ok(json!({ "templates": rows, "next": next.map(|(slug, _)| slug) }))
            }
            "templates.get" => {
                let (version, source) = &kept[&request.query["slug"]];
                let mut one = template(&request.query["slug"], *version);
                one["source"] = source.clone().into();
                ok(json!({ "template": one }))
            }
            "templates.validate" if source.contains("Unheard of") => {
                ok(json!({ "valid": false, "diagnostics": [{
                "file": "runbook.yaml", "line": 3, "column": 8, "path": "/title", "code": "bad_value", "message": "not with me",
            }] }))
            }
            "templates.validate" => ok(json!({ "valid": true, "diagnostics": [] })),
            "templates.create" => {
                kept.insert(slug.clone(), (1, source.into()));
                Reply::Json(201, json!({ "template": template(&slug, 1) }))
            }
            "templates.update" if slug == "raced" => problem(
                409,
                "conflict",
                "the template is at version 4; this edit is based on 3",
            ),
            "templates.update" => {
                let version = kept[&slug].0 + 1;
                kept.insert(slug.clone(), (version, source.into()));
                ok(json!({ "template": template(&slug, version) }))
            }
            _ if request.body["slug"] == "busy" => {
                problem(409, "conflict", "2 runs of it are queued or running")
            }
            _ => {
                kept.remove(request.body["slug"].as_str().unwrap());
                ok(json!({ "deleted": true }))
            }
        }
    })
}

/// The verbs that changed something.
fn changes(room: &ScriptedRoom) -> Vec<String> {
    let verbs = room.requests().into_iter().map(|request| request.verb);
    let reads = ["templates.list", "templates.get", "templates.validate"];
    verbs
        .filter(|verb| !reads.contains(&verb.as_str()))
        .collect()
}

#[test]
fn a_folder_is_applied() {
    let room = keeping(&["changed", "gone", "same"]);
    let apply = |more: &[&str]| {
        ops(&[&["templates", "apply", "rb"], more].concat())
            .file("rb/b.yaml", &runbook("changed", "New"))
            .file("rb/deep/a.yml", &runbook("fresh", "Fresh"))
            .file("rb/same.yaml", &runbook("same", "Old"))
            .file("rb/.github/ci.yaml", "on: push\n")
            .file("rb/notes.txt", "no runbook")
            .at(&room.url)
            .run()
    };
    let plan = "   SLUG     VERSION  FILE\n\
                ~  changed  3 → 4    rb/b.yaml\n\
                +  fresh    new      rb/deep/a.yml\n";
    let last = "=  same     3        rb/same.yaml\n";
    apply(&["--dry-run"])
        .exits(0)
        .prints(&format!("{plan}{last}"))
        .says("1 to create, 1 to update, 1 unchanged; nothing was changed")
        .says("1 template that rb has not; --prune");
    assert_eq!(changes(&room), [""; 0]);

    let pruned = format!("{plan}-  gone     3        -\n{last}");
    apply(&["--prune"])
        .exits(0)
        .prints(&pruned)
        .says("1 created, 1 updated, 1 deleted, 1 unchanged");
    let all = room.requests();
    let update = all
        .iter()
        .find(|request| request.verb == "templates.update")
        .unwrap();
    assert_eq!(update.body["expected_version"], 3);
    assert_eq!(
        all.last().unwrap().verb,
        "templates.delete",
        "deletions come last"
    );

    // Once more is nothing.
    let told = apply(&["--prune", "--json"]).exits(0).json();
    assert_eq!(changes(&room), [""; 0]);
    let words: Vec<_> = told["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| &change["change"])
        .collect();
    assert_eq!(words, ["unchanged"; 3]);
}

#[test]
fn one_faulty_file_stops_all() {
    let room = keeping(&["gone"]);
    ops(&["templates", "apply", "rb", "--prune"])
        .file("rb/a.yaml", &runbook("one", "One"))
        .file("rb/b.yaml", &runbook("one", "Two"))
        .file("rb/c.yaml", "slug: c\n")
        .at(&room.url)
        .run()
        .exits(6)
        .prints("")
        .says("rb/b.yaml:2:1: the slug `one` is that of rb/a.yaml too")
        .says("rb/c.yaml:")
        .says("nothing was changed");
    assert!(room.requests().is_empty());
    // The control room judges too: it may be of another version.
    ops(&["templates", "apply", "rb", "--prune"])
        .file("rb/a.yaml", &runbook("one", "One"))
        .file("rb/b.yaml", &runbook("two", "Unheard of"))
        .at(&room.url)
        .run()
        .exits(6)
        .says("rb/b.yaml:3:8: not with me");
    assert_eq!(changes(&room), [""; 0]);
}

#[test]
fn a_folder_without_runbooks_deletes_nothing() {
    let room = keeping(&["gone"]);
    ops(&["templates", "apply", "rb", "--prune"])
        .file("rb/notes.txt", "none here")
        .at(&room.url)
        .run()
        .exits(2)
        .says("no runbook in rb");
    assert!(room.requests().is_empty());
}

#[test]
fn a_refusal_is_told_and_the_others_go_on() {
    let room = keeping(&["busy", "gone", "raced"]);
    let done = ops(&["templates", "apply", "rb", "--prune", "--json"])
        .file("rb/new.yaml", &runbook("zoo", "New"))
        .file("rb/raced.yaml", &runbook("raced", "New"))
        .at(&room.url)
        .run()
        .exits(7)
        .says("not done: raced: ")
        .says("not done: busy: ")
        .says("2 runs of it are queued or running");
    let told = done.json();
    let refused = |at: usize| !told["changes"][at]["refused"].is_null();
    assert_eq!(
        [refused(0), refused(1), refused(2), refused(3)],
        [true, false, true, false],
        "{told}"
    );
    assert_eq!(changes(&room).len(), 4);
}

#[test]
fn a_template_gets_a_new_version() {
    let room = keeping(&["hello", "raced"]);
    ops(&["templates", "update", "hello.yaml"])
        .file("hello.yaml", &runbook("hello", "New"))
        .at(&room.url)
        .run()
        .exits(0)
        .prints("hello\n")
        .says("version 4");
    assert!(room.next().body.get("expected_version").is_none());
    ops(&[
        "templates",
        "update",
        "raced.yaml",
        "--expected-version",
        "3",
    ])
    .file("raced.yaml", &runbook("raced", "New"))
    .at(&room.url)
    .run()
    .exits(7)
    .says("based on 3")
    .says("--history");
    assert_eq!(room.next().body["expected_version"], 3);
}

#[test]
fn versions_are_listed_and_shown() {
    let room = ScriptedRoom::start(|_| {
        let mut one = template("hello", 2);
        one["source"] = runbook("hello", "Old").into();
        one["versions"] = json!([{ "version": 2, "created_by": "ann", "created_at": "" }, { "version": 1, "created_by": "bob", "created_at": "" }]);
        ok(json!({ "template": one }))
    });
    ops(&["templates", "show", "hello", "--version", "1"])
        .at(&room.url)
        .run()
        .exits(0)
        .prints(&runbook("hello", "Old"));
    assert_eq!(room.next().query["version"], "1");
    ops(&["templates", "show", "hello", "--history"])
        .at(&room.url)
        .run()
        .exits(0)
        .prints("VERSION  BY   AGE\n2        ann  -\n1        bob  -\n");
}
