use crate::common::{Room, inline, runbook, with};
use ops_core::{Code, text};
use serde_json::{Value, json};

#[tokio::test]
async fn one_run_is_answered_with_all_of_it() {
    let room = Room::new().await;
    let fields = json!({
        "lane": "B", "priority": 7, "intent": "why", "env": "production", "repo": "o/r", "max_attempts": 5,
        "lease_seconds": 30, "timeout_seconds": 600,
    });
    let made = room
        .post("runs.create", inline(fields.clone()))
        .await
        .is(201);
    let run = &made["run"];
    assert!(text::is_uuid(made["run_id"].as_str().unwrap()));
    assert_eq!(
        (&made["status"], &run["id"]),
        (&json!("queued"), &made["run_id"])
    );
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(&run[name], value, "{name}");
    }
    // What nobody said.
    let run = &room.post("runs.create", inline(json!({}))).await.is(201)["run"];
    for (name, value) in [
        ("lane", json!("A")),
        ("priority", json!(100)),
        ("attempt", json!(0)),
        ("max_attempts", json!(3)),
        ("lease_seconds", json!(15)),
        ("timeout_seconds", json!(21_600)),
        ("title", json!("T")),
        ("template", json!(null)),
    ] {
        assert_eq!(run[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_seen_key_answers_with_the_run_as_it_is_now() {
    let room = Room::new().await;
    let keyed = inline(json!({ "idempotency_key": "k", "params": {}, "priority": 5 }));
    let first = room.post("runs.create", keyed.clone()).await.is(201);
    // The order of fields is no difference, nor is a null or an empty object.
    let text = format!(
        r#"{{"priority":5,"idempotency_key":"k","runbook":{},"lane":null}}"#,
        runbook()
    );
    let again = room.post_text("runs.create", text).await.is(200);
    assert_eq!(again, first);
    room.claim("w", json!({ "start": true })).await;
    let later = room.post("runs.create", keyed.clone()).await.is(200);
    assert_eq!(
        (&later["run_id"], &later["status"]),
        (&first["run_id"], &json!("running"))
    );
    assert_eq!(later["run"]["claimed_by"], "w");

    let bulk = json!({ "runs": [inline(json!({})), keyed] });
    let made = room.post("runs.create", bulk).await.is(201);
    assert_eq!(made["runs"][1]["run_id"], first["run_id"]);
    assert_eq!(made["runs"][1]["status"], "running");
    assert_eq!(made["runs"][0]["status"], "queued");
}

#[tokio::test]
async fn a_list_is_answered_in_the_order_sent() {
    let room = Room::new().await;
    // Keys in the opposite order of sending, a few without: the database inserts in another order.
    let runs: Vec<Value> = (0..40)
        .map(|i| match i % 4 {
            0 => inline(json!({ "priority": i })),
            _ => inline(json!({ "priority": i, "idempotency_key": format!("k{}", 99 - i) })),
        })
        .collect();
    let body = json!({ "runs": runs });
    let made = room.post("runs.create", body.clone()).await.is(201);
    let ids = |made: &Value| -> Vec<Value> {
        made["runs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|run| run["run_id"].clone())
            .collect()
    };
    let mut last = 0;
    for (i, id) in ids(&made).iter().enumerate() {
        let run = room.run(id).await;
        assert_eq!(run["priority"], i);
        assert!(run["seq"].as_i64().unwrap() > last, "first in, first out");
        last = run["seq"].as_i64().unwrap();
    }
    let again = room.post("runs.create", body).await.is(201);
    for (i, (one, other)) in ids(&made).iter().zip(ids(&again)).enumerate() {
        assert_eq!(*one == other, i % 4 != 0, "{i}");
    }
}

#[tokio::test]
async fn all_or_none() {
    let room = Room::new().await;
    room.queue(json!({ "idempotency_key": "taken" })).await;
    let runs = json!({ "runs": [
        inline(json!({ "idempotency_key": "new" })),
        inline(json!({ "idempotency_key": "taken", "lane": "B" })),
    ] });
    assert_eq!(room.post("runs.create", runs).await.status, 409);
    let list = room.get("runs.list").await.is(200);
    assert_eq!(list["runs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_template_gives_what_the_run_does_not_say() {
    let room = Room::new().await;
    let params = json!({ "who": { "type": "string", "default": "world" } });
    let more = json!({ "slug": "greet", "default_lane": "C", "timeout": "2m", "lease": "20s", "max_attempts": 2, "params": params });
    let source = with(runbook(), more).to_string();
    room.post("templates.create", json!({ "source": source }))
        .await
        .is(201);
    let made = room
        .post("runs.create", json!({ "template": "greet" }))
        .await
        .is(201);
    let run = room.run(&made["run_id"]).await;
    for (name, value) in [
        ("template", json!("greet")),
        ("template_version", json!(1)),
        ("lane", json!("C")),
        ("timeout_seconds", json!(120)),
        ("lease_seconds", json!(20)),
        ("max_attempts", json!(2)),
        ("params", json!({ "who": "world" })),
    ] {
        assert_eq!(run[name], value, "{name}");
    }
    let own = json!({ "template": "greet", "lane": "D", "params": { "who": "Ada" } });
    let made = room.post("runs.create", own).await.is(201);
    let run = room.run(&made["run_id"]).await;
    assert_eq!(
        (&run["lane"], &run["params"]["who"]),
        (&json!("D"), &json!("Ada"))
    );
}

#[tokio::test]
async fn a_run_waits_for_those_that_it_names_and_a_wrong_name_is_told_at_its_place() {
    let room = Room::new().await;
    let after = |names: Value| inline(json!({ "depends_on": names }));
    let bulk = json!({ "runs": [inline(json!({})), after(json!(["#0"]))] });
    let made = room.post("runs.create", bulk).await.is(201);
    let (first, second) = (&made["runs"][0]["run_id"], &made["runs"][1]["run_id"]);
    let path = format!("runs.get?run_id={}", second.as_str().unwrap());
    let waiting = &room.get(&path).await.is(200)["run"]["waiting"];
    assert_eq!(waiting["reason"], "depends_on");
    assert!(
        waiting["detail"]
            .as_str()
            .unwrap()
            .contains(first.as_str().unwrap())
    );
    let third = room
        .post("runs.create", after(json!([second])))
        .await
        .is(201);
    assert_eq!(third["status"], "queued");

    let nobody = "00000000-0000-4000-8000-000000000000";
    for names in [json!(["x"]), json!(["#x"]), json!([nobody]), json!(["#0"])] {
        let reply = room.post("runs.create", after(names.clone())).await;
        let problem = reply.refused(Code::Invalid);
        assert_eq!(problem.0["errors"][0]["field"], "/depends_on", "{names}");
        let bulk = json!({ "runs": [inline(json!({})), after(names)] });
        let reply = room.post("runs.create", bulk).await;
        if reply.status == 201 {
            continue;
        }
        let problem = reply.refused(Code::Invalid);
        assert_eq!(problem.0["errors"][0]["field"], "/runs/1/depends_on");
    }
}
