//! Draining, archives, versions of templates, many runs at once.

use crate::story::{Story, text};
use crate::world::{World, in_every_world};
use serde_json::{Value, json};

in_every_world!(
    a_drained_worker_takes_no_more_and_is_told,
    a_draining_lane_gives_nothing_and_ends_its_workers,
    an_archived_session_takes_no_new_runs,
    only_an_empty_session_goes,
    a_session_changes_what_is_named,
    an_edit_makes_a_version_and_a_stale_edit_is_refused,
    a_template_in_use_stays,
    many_are_cancelled_and_retried_at_once,
);

async fn a_drained_worker_takes_no_more_and_is_told<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let drain = json!({ "worker_id": "w" });
    assert_eq!(s.call("workers_drain", drain).await["drain"], true);
    let waiting = s.create(json!({})).await;
    let beat = json!({ "run_id": held.run, "attempt": 1 });
    let p = json!({ "worker_id": "w", "runs": [beat] });
    assert_eq!(s.call("runs_heartbeat", p).await["drain"], true);
    let answer = s.claim("w", json!({})).await;
    assert_eq!(
        (&answer["drain"], &answer["runs"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(s.get(&waiting).await["waiting"]["reason"], "no_worker");
    assert_eq!(s.finish(&held, "succeeded").await["status"], "succeeded");
    let back = json!({ "worker_id": "w", "drain": false });
    assert_eq!(s.call("workers_drain", back).await["drain"], false);
    assert_eq!(s.take("w").await.run, waiting);
    let nobody = json!({ "worker_id": "nobody" });
    assert_eq!(s.call("workers_drain", nobody).await["code"], "not_found");
}

async fn a_draining_lane_gives_nothing_and_ends_its_workers<W: World>() {
    let s = Story::<W>::new().await;
    let held = s.running("w", json!({})).await;
    let waiting = s.create(json!({})).await;
    let update =
        |draining: bool| s.call("lanes_update", json!({ "name": "A", "draining": draining }));
    assert_eq!(update(true).await["lane"]["draining"], true);
    let answer = s.claim("w", json!({})).await;
    assert_eq!(
        (&answer["drain"], &answer["runs"]),
        (&json!(true), &json!([]))
    );
    // Who asks for another lane as well has work to wait for.
    let both = s.claim("v", json!({ "lanes": ["A", "B"] })).await;
    assert_eq!((&both["drain"], &both["runs"]), (&json!(false), &json!([])));
    assert_eq!(s.get(&waiting).await["waiting"]["reason"], "lane_draining");
    assert_eq!(s.finish(&held, "succeeded").await["status"], "succeeded");
    update(false).await;
    assert_eq!(s.take("w").await.run, waiting);
}

async fn session<W: World>(s: &Story<W>) -> String {
    let answer = s.call("sessions_create", json!({ "name": "night" })).await;
    text(&answer["session"]["id"])
}

async fn an_archived_session_takes_no_new_runs<W: World>() {
    let s = Story::<W>::new().await;
    let session = session(&s).await;
    let before = s.create(json!({ "session_id": session })).await;
    let archive = json!({ "session_id": session });
    let answer = s.call("sessions_archive", archive).await;
    assert_eq!(answer["session"]["status"], "archived");
    let run = crate::story::shaped(json!({ "session_id": session }));
    let answer = s.call("runs_create", json!({ "runs": [run] })).await;
    assert_eq!(
        (&answer["code"], &answer["errors"][0]["field"]),
        (&json!("invalid"), &json!("session_id"))
    );
    // What is there goes on.
    assert_eq!(s.take("w").await.run, before);
    let open = json!({ "session_id": session, "archived": false });
    assert_eq!(
        s.call("sessions_archive", open).await["session"]["status"],
        "active"
    );
    s.create(json!({ "session_id": session })).await;
}

async fn only_an_empty_session_goes<W: World>() {
    let s = Story::<W>::new().await;
    let (empty, used) = (session(&s).await, session(&s).await);
    s.create(json!({ "session_id": used })).await;
    let delete = async |id: &str| s.call("sessions_delete", json!({ "session_id": id })).await;
    assert_eq!(delete(&used).await["code"], "conflict");
    assert_eq!(delete(&empty).await["deleted"], true);
    assert_eq!(delete(&empty).await["code"], "not_found");
    let list = s.call("sessions_list", json!({})).await;
    assert_eq!(list["sessions"].as_array().unwrap().len(), 1);
}

async fn a_session_changes_what_is_named<W: World>() {
    let s = Story::<W>::new().await;
    let session = session(&s).await;
    let change = async |more: Value| {
        let p = crate::story::merged(json!({ "session_id": session }), more);
        s.call("sessions_update", p).await["session"].clone()
    };
    assert_eq!(change(json!({ "meta": { "k": 1 } })).await["name"], "night");
    let renamed = change(json!({ "name": "day" })).await;
    assert_eq!(
        (&renamed["name"], &renamed["meta"]),
        (&json!("day"), &json!({ "k": 1 }))
    );
    let members =
        json!([{ "user_id": "a", "role": "operator" }, { "user_id": "b", "role": "viewer" }]);
    change(json!({ "members": members })).await;
    let get = async || {
        s.call("sessions_get", json!({ "session_id": session }))
            .await["session"]["members"]
            .clone()
    };
    assert_eq!(get().await, members);
    change(json!({ "name": "noon" })).await;
    assert_eq!(get().await, members);
    change(json!({ "members": [] })).await;
    assert_eq!(get().await, json!([]));
}

fn edit(title: &str, expected: Option<i64>) -> Value {
    let runbook = json!({ "slug": "deploy", "title": title, "steps": [] });
    let mut p = json!({ "source": title, "runbook": runbook });
    if let Some(version) = expected {
        p["expected_version"] = version.into();
    }
    p
}

async fn an_edit_makes_a_version_and_a_stale_edit_is_refused<W: World>() {
    let s = Story::<W>::new().await;
    assert_eq!(
        s.call("templates_update", edit("one", None)).await["code"],
        "not_found"
    );
    s.call("templates_create", edit("one", None)).await;
    let second = s.call("templates_update", edit("two", Some(1))).await;
    assert_eq!(
        (&second["template"]["version"], &second["template"]["title"]),
        (&json!(2), &json!("two"))
    );
    let stale = s.call("templates_update", edit("three", Some(1))).await;
    assert_eq!(
        (&stale["code"], &stale["version"]),
        (&json!("conflict"), &json!(2))
    );
    let same = s.call("templates_update", edit("two", None)).await;
    assert_eq!(
        (&same["unchanged"], &same["template"]["version"]),
        (&json!(true), &json!(2))
    );
    let get = async |p: Value| s.call("templates_get", p).await;
    let newest = get(json!({ "slug": "deploy" })).await["template"].clone();
    assert_eq!(newest["source"], "two");
    let versions = newest["versions"].as_array().unwrap();
    let numbers: Vec<&Value> = versions.iter().map(|v| &v["version"]).collect();
    assert_eq!(json!(numbers), json!([2, 1]));
    let first = get(json!({ "slug": "deploy", "version": 1 })).await["template"].clone();
    assert_eq!(
        (&first["source"], &first["runbook"]["title"]),
        (&json!("one"), &json!("one"))
    );
    assert_eq!(
        get(json!({ "slug": "deploy", "version": 3 })).await["code"],
        "not_found"
    );
    // A run that was checked against the first is refused, and freezes the second.
    let run = |version: i64| json!({ "runs": [{ "template": "deploy", "template_version": version, "body_sha256": "0" }] });
    assert_eq!(
        s.call("runs_create", run(1)).await["code"],
        "template_changed"
    );
    let made = s.call("runs_create", run(2)).await;
    s.call("templates_update", edit("three", None)).await;
    assert_eq!(
        s.get(&text(&made["runs"][0]["run_id"])).await["title"],
        "two"
    );
}

async fn a_template_in_use_stays<W: World>() {
    let s = Story::<W>::new().await;
    s.call("templates_create", edit("one", None)).await;
    let run = json!({ "template": "deploy", "template_version": 1, "body_sha256": "0" });
    s.call("runs_create", json!({ "runs": [run] })).await;
    let delete = async || {
        s.call("templates_delete", json!({ "slug": "deploy" }))
            .await
    };
    assert_eq!(delete().await["code"], "conflict");
    let held = s.take("w").await;
    assert_eq!(delete().await["code"], "conflict");
    s.finish(&held, "succeeded").await;
    assert_eq!(delete().await["deleted"], true);
    assert_eq!(delete().await["code"], "not_found");
    assert_eq!(s.get(&held.run).await["template"], "deploy");
    // Made anew it goes on counting: version 1 is no second text.
    let anew = s.call("templates_create", edit("other", None)).await;
    assert_eq!(anew["template"]["version"], 2);
}

async fn many_are_cancelled_and_retried_at_once<W: World>() {
    let s = Story::<W>::new().await;
    let mut runs = Vec::new();
    for lane in ["A", "A", "A", "B"] {
        runs.push(s.create(json!({ "lane": lane })).await);
    }
    let held = s.take("w").await;
    s.finish(&held, "succeeded").await;
    let in_a = json!({ "filter": { "lane": "A" }, "reason": "all of them", "dry_run": true });
    assert_eq!(s.call("runs_cancel", in_a.clone()).await["count"], 2);
    assert_eq!(s.status(&runs[1]).await, "queued");
    let mut really = in_a;
    really["dry_run"] = false.into();
    let answer = s.call("runs_cancel", really).await;
    assert_eq!(answer["count"], 2);
    for answer in answer["runs"].as_array().unwrap() {
        assert_eq!(answer["status"], "cancelled");
    }
    assert_eq!(s.get(&runs[2]).await["reason"], "all of them");
    assert_eq!(s.status(&runs[0]).await, "succeeded");
    assert_eq!(s.status(&runs[3]).await, "queued");
    // By id each is answered for itself.
    let named = json!({ "run_ids": [runs[1], runs[3]] });
    let answer = s.call("runs_cancel", named).await;
    let of = |run: &str| {
        let answers = answer["runs"].as_array().unwrap();
        answers.iter().find(|a| a["run_id"] == run).unwrap().clone()
    };
    assert_eq!(of(&runs[1])["code"], "already_finished");
    assert_eq!(of(&runs[3])["status"], "cancelled");
    // What succeeded is not retried by a filter.
    let answer = s.call("runs_retry", json!({ "filter": {} })).await;
    assert_eq!(answer["count"], 3);
    let mut old: Vec<String> = answer["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| text(&a["retry_of"]))
        .collect();
    let mut expected = runs[1..].to_vec();
    old.sort();
    expected.sort();
    assert_eq!(old, expected);
    let queued = s.call("runs_list", json!({ "status": "queued" })).await;
    assert_eq!(queued["runs"].as_array().unwrap().len(), 3);
}
