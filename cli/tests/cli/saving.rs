use crate::ops::{Folder, ops};
use crate::room::{RUN, Reply, ScriptedRoom, ok};
use serde_json::{Value, json};

/// SHA-256 of `hi`.
const HI: &str = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";

fn artifact(name: &str, sha256: &str) -> Value {
    json!({ "id": RUN, "run_id": RUN, "attempt": 1, "name": name, "kind": "file", "mime": "text/plain", "sha256": sha256, "size": 2, "ts": "", "url": "/x" })
}

fn room(artifacts: Vec<Value>) -> ScriptedRoom {
    ScriptedRoom::start(move |request| match request.verb.as_str() {
        "artifacts.list" => ok(json!({ "artifacts": artifacts })),
        // The bytes, from wherever they are.
        _ => Reply::Text(200, "hi"),
    })
}

fn save(room: &ScriptedRoom, out: &Folder) -> crate::ops::Done {
    ops(&[
        "runs",
        "artifacts",
        RUN,
        "--out",
        out.path().join("out").to_str().unwrap(),
    ])
    .at(&room.url)
    .run()
}

#[test]
fn files_are_saved_below_the_folder() {
    let (room, out) = (
        room(vec![artifact("a.txt", HI), artifact("deep/b.txt", HI)]),
        Folder::new(),
    );
    let done = save(&room, &out).exits(0);
    assert_eq!(done.out.lines().count(), 2);
    assert_eq!(
        std::fs::read(out.path().join("out/deep/b.txt")).unwrap(),
        b"hi"
    );
}

#[test]
fn names_that_lead_out_are_refused_and_the_others_saved() {
    let (room, out) = (
        room(vec![
            artifact("../evil", HI),
            artifact("/tmp/evil-ops", HI),
            artifact("good", HI),
        ]),
        Folder::new(),
    );
    save(&room, &out)
        .exits(1)
        .says("leads out of the folder")
        .says("2 artifacts could not be saved");
    assert!(!out.path().join("evil").exists() && out.path().join("out/good").exists());
}

#[test]
fn nothing_is_overwritten() {
    let (room, out) = (
        room(vec![artifact("new", HI), artifact("old", HI)]),
        Folder::new(),
    );
    std::fs::create_dir(out.path().join("out")).unwrap();
    out.write("out/old", "mine");
    save(&room, &out)
        .exits(7)
        .says("exists already; nothing was saved");
    assert_eq!(std::fs::read(out.path().join("out/old")).unwrap(), b"mine");
    assert!(!out.path().join("out/new").exists());
}

#[test]
fn bytes_that_changed_on_the_way_are_not_saved() {
    let (room, out) = (room(vec![artifact("a", &"0".repeat(64))]), Folder::new());
    save(&room, &out)
        .exits(1)
        .says("not saved: a: ")
        .says("SHA-256");
    assert!(!out.path().join("out/a").exists());
}
