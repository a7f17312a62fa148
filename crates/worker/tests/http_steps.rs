//! `http` steps against servers that behave and servers that do not.

mod common;

use common::fake::FakeRun;
use common::server::{Reply, Server, answer, redirect};
use common::world::World;
use serde_json::{Value, json};

/// Runs one `http` step called `ask` to the end of its run.
async fn ask(call: Value) -> FakeRun {
    World::run(json!([{"id": "ask", "timeout": 20, "http": call}])).await
}

fn error(run: &FakeRun) -> &str {
    run.finish()["error"].as_str().unwrap_or("none")
}

#[tokio::test]
async fn a_request_carries_values_and_secrets_and_leaves_outputs() {
    let server = Server::start(|request, _| {
        let key = request
            .header("authorization")
            .unwrap_or_default()
            .to_string();
        let body = json!({"id": 7, "items": [{"name": "first"}], "your key": key});
        Reply::Answer(
            201,
            vec![("x-kind", "deploy; v=1".into())],
            body.to_string(),
        )
    })
    .await;
    let world = World::start_with(|config| {
        let environment = &mut config.environment;
        environment.insert("API_TOKEN".into(), "t0ken-of-gold".into());
    });
    let id = world.fake.queue_with(
        json!([
            {"id": "ask", "http": {
                "method": "POST",
                "url": server.url("/deploys?by={{ params.who }}"),
                "headers": {"authorization": "Bearer {{ secrets.API_TOKEN }}", "accept": "a/b"},
                "json": {"n": "{{ params.n }}", "text": "n={{ params.n }}",
                    "key": "{{ secrets.API_TOKEN }}"},
                "expect": {"status": [200, 201], "body_contains": ["first"],
                    "json": {"/items/0": {"name": "first"}, "/id": 7.0},
                    "header": {"x-kind": "deploy*"}},
                "outputs": {"id": "/id", "name": "/items/0/name", "key": "/your key"},
            }},
            {"id": "use", "if": "steps.ask.outputs.status == 201 && steps.ask.outputs.id == 7",
             "run": "echo \"$STEP_ask_id $STEP_ask_name $STEP_ask_status\"; test \"$STEP_ask_key\" = \"Bearer $API_TOKEN\""},
        ]),
        json!({"params": {"who": "a b", "n": 3}, "secrets": ["API_TOKEN"]}),
    );
    let run = world.fake.ended(&id).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(run.messages("stdout"), ["7 first 201"]);
    let sent = &server.requests()[0];
    assert_eq!(sent.line, "POST /deploys?by=a%20b HTTP/1.1");
    assert_eq!(sent.header("authorization"), Some("Bearer t0ken-of-gold"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("accept"), Some("a/b"));
    assert!(
        sent.header("user-agent")
            .unwrap()
            .starts_with("ops-control-room/")
    );
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body, json!({"n": 3, "text": "n=3", "key": "t0ken-of-gold"}));
    let outputs = run.outputs("ask");
    assert_eq!(
        (&outputs["id"], &outputs["key"]),
        (&json!(7), &json!("Bearer ***"))
    );
    let note = &run.notes("ask")[0];
    let (request, result) = note.split_once(" → ").unwrap();
    assert_eq!(request, format!("POST {}", server.url("/deploys?by=a%20b")));
    assert!(
        result.starts_with("201 in ") && result.ends_with(" bytes"),
        "{note}"
    );
    let told = format!("{:?} {:?}", run.events, run.finishes);
    assert!(!told.contains("of-gold"), "{told}");
    world.end().await;
}

#[tokio::test]
async fn everything_that_is_not_as_expected_is_told_with_the_body() {
    let server = Server::start(|_, _| {
        Reply::Answer(
            503,
            vec![("x-a", "1".into())],
            r#"{"state": "down",  "why": "disk"}"#.into(),
        )
    })
    .await;
    let run = ask(json!({"url": server.url("/"), "expect": {
        "status": "2xx", "body_contains": ["down", "up"],
        "json": {"/state": "up", "/none": 1}, "header": {"x-a": "2", "x-b": "*"},
    }}))
    .await;
    assert_eq!(
        error(&run),
        "step ask: status 503 instead of 2xx; the body does not contain `up`; \
         the header x-a is `1` instead of `2`; there is no header x-b, which should be `*`; \
         there is nothing at `/none`, which should be 1; `/state` is \"down\" instead of \"up\""
    );
    assert_eq!(run.finish()["reason"], "step_failed");
    assert_eq!(
        run.notes("ask")[1],
        r#"the answer begins: {"state": "down", "why": "disk"}"#
    );
    assert_eq!(run.outputs("ask")["status"], 503, "also of a failed step");
}

#[tokio::test]
async fn bodies_that_are_too_long_or_no_json_or_cut_off_fail_the_step() {
    let server = Server::start(|request, _| match request.line.split(' ').nth(1) {
        Some("/endless") => Reply::Endless,
        Some("/cut") => Reply::BreaksOff,
        Some("/long") => answer(200, &"x".repeat(2_000)),
        _ => answer(200, "<html>"),
    })
    .await;
    for (call, message) in [
        (
            json!({"url": server.url("/endless"), "max_bytes": 100_000}),
            "step ask: the body is longer than 100000 bytes, which `max_bytes` allows",
        ),
        (
            json!({"url": server.url("/long"), "max_bytes": 1_999}),
            "step ask: the body is longer than 1999 bytes, which `max_bytes` allows",
        ),
        (
            json!({"url": server.url("/long"), "max_bytes": 2_000}),
            "none",
        ),
        (
            json!({"url": server.url("/long"), "method": "HEAD", "max_bytes": 1}),
            "none",
        ),
        (
            json!({"url": server.url("/html"), "outputs": {"a": "/a"}}),
            "step ask: the body is no JSON: expected value at line 1 column 1",
        ),
        (
            json!({"url": server.url("/cut")}),
            "step ask: the answer broke off: end of file before message length reached",
        ),
    ] {
        assert_eq!(error(&ask(call.clone()).await), message, "{call}");
    }
}

#[tokio::test]
async fn only_the_beginning_of_a_long_body_becomes_an_output() {
    let server = Server::start(|_, _| answer(200, &"é".repeat(20_000))).await;
    let run = ask(json!({"url": server.url("/")})).await;
    assert_eq!(run.status, "succeeded");
    assert_eq!(
        run.outputs("ask")["body"].as_str().unwrap().len(),
        16 * 1024
    );
}

/// Wherever a text is cut, in a message, an excerpt or an output, no half of a secret is left.
#[tokio::test]
async fn a_secret_is_never_cut_in_two() {
    const SECRET: &str = "Qx7-Zk9-Wm3-Vt5-Hj8-Lp2-Rb6-Nd4";
    let server = Server::start(|request, _| {
        let fill = request.header("x-fill").unwrap().parse().unwrap();
        let text = format!("{}{SECRET}", "x".repeat(fill));
        let headers = vec![("x-echo", text.clone())];
        Reply::Answer(200, headers, json!({"a": text}).to_string())
    })
    .await;
    let world = World::start_with(|config| {
        config.environment.insert("TOKEN".into(), SECRET.into());
    });
    let mut ids = Vec::new();
    for cut in [120, 500, 16 * 1024] {
        for fill in (cut - 40..cut).step_by(7) {
            let call = json!({
                "url": server.url("/"), "headers": {"x-fill": fill.to_string()},
                "expect": {"json": {"/a": "b"}, "header": {"x-echo": "b"}},
            });
            let more = json!({"secrets": ["TOKEN"]});
            ids.push(
                world
                    .fake
                    .queue_with(json!([{"id": "ask", "http": call}]), more),
            );
        }
    }
    for id in ids {
        let run = world.fake.ended(&id).await;
        assert_eq!(run.finish()["reason"], "step_failed");
        let told = format!("{run:?}");
        assert!(!told.contains(&SECRET[..6]), "{told}");
    }
    world.end().await;
}

#[tokio::test]
async fn redirects_are_followed_and_other_servers_see_no_secrets() {
    let there = Server::start(|_, _| answer(200, "there")).await;
    let to = there.url("/there");
    let here = Server::start(move |request, _| match request.line.as_str() {
        "POST /form HTTP/1.1" => redirect(303, "/next"),
        _ => redirect(302, to.clone()),
    })
    .await;
    let run = ask(json!({
        "method": "POST", "url": here.url("/form"), "body": "secret",
        "headers": {"x-api-key": "secret", "accept": "text/plain"},
        "expect": {"body_contains": ["there"]},
    }))
    .await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let second = &here.requests()[1];
    assert_eq!(second.line, "GET /next HTTP/1.1");
    assert_eq!(
        (second.header("x-api-key"), second.body.as_str()),
        (Some("secret"), "")
    );
    let last = &there.requests()[0];
    assert_eq!(
        (last.header("x-api-key"), last.header("accept")),
        (None, Some("text/plain"))
    );
    let note = &run.notes("ask")[0];
    assert!(
        note.contains(&format!("→ 302 leads to {} → 200 in ", there.url("/there"))),
        "{note}"
    );
    // Not followed where the step wants to see it.
    let run = ask(json!({"url": here.url("/"), "follow_redirects": false,
        "expect": {"status": 302, "header": {"location": there.url("/there")}}}))
    .await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
}

#[tokio::test]
async fn a_redirect_to_what_is_out_of_reach_is_refused_and_never_repeated() {
    let server = Server::start(|_, before| match before {
        0 => redirect(307, "http://169.254.169.254/latest/meta-data/"),
        _ => redirect(302, "/again"),
    })
    .await;
    let steps = json!([
        {"id": "ask", "retry": {"attempts": 5, "backoff": 0.001, "max": 0.001},
         "http": {"url": server.url("/")}},
    ]);
    let run = World::run(steps).await;
    assert_eq!(
        error(&run),
        "step ask: `169.254.169.254` is where a cloud keeps the machine's credentials \
         (169.254.169.254), which steps may not reach unless the worker allows it"
    );
    assert_eq!(server.requests().len(), 1);
    let run = ask(json!({"url": server.url("/")})).await;
    assert_eq!(
        error(&run),
        "step ask: the answer leads on for the 6th time; 5 redirects are followed"
    );
    assert_eq!(server.requests().len(), 7);
}

#[tokio::test]
async fn addresses_out_of_reach_are_refused_however_they_are_written() {
    for url in [
        "http://169.254.169.254/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://169.254.43518/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0:1/",
        "http://[::]:1/",
        "http://metadata.google.internal./",
    ] {
        let run = ask(json!({"url": url})).await;
        let error = error(&run);
        assert!(
            error.ends_with("which steps may not reach unless the worker allows it"),
            "{url}: {error}"
        );
    }
    for url in [
        "http://me:pw@localhost/",
        "ftp://localhost/",
        "localhost",
        "http://a b/",
    ] {
        let run = ask(json!({"url": url})).await;
        assert_eq!(run.finish()["reason"], "step_failed", "{url}");
    }
}

#[tokio::test]
async fn a_worker_may_allow_an_address() {
    let server = Server::start(|_, _| answer(200, "ok")).await;
    let world =
        World::start_with(|config| config.allow_addresses = vec!["0.0.0.0/32".parse().unwrap()]);
    // Which the kernel takes for loopback.
    let url = format!("http://0.0.0.0:{}/", server.address.port());
    let id = world
        .fake
        .queue(json!([{"id": "ask", "http": {"url": url}}]));
    assert_eq!(world.fake.ended(&id).await.status, "succeeded");
    world.end().await;
}

#[tokio::test]
async fn servers_that_are_not_there_or_silent_are_told_apart() {
    let server = Server::start(|_, _| Reply::Silence).await;
    let steps = json!([{"id": "ask", "timeout": 1, "http": {"url": server.url("/")}}]);
    let run = World::run(steps).await;
    assert_eq!(error(&run), "step ask: no answer within 1 s");
    assert_eq!(
        (run.step("ask").as_str(), &run.finish()["reason"]),
        ("timed_out", &json!("step_timed_out"))
    );
    let plain = Server::start(|_, _| answer(200, "")).await;
    let run = ask(json!({"url": plain.url("/").replace("http:", "https:")})).await;
    let error_text = error(&run);
    assert!(
        error_text.starts_with("step ask: no connection: "),
        "no TLS there: {error_text}"
    );
    let url = server.url("/");
    drop(server);
    let gone = common::eventually_refused(&url).await;
    let run = ask(json!({"url": gone})).await;
    assert!(
        error(&run).starts_with("step ask: no connection: Connection refused"),
        "{}",
        error(&run)
    );
    let run = ask(json!({"url": "http://no-such-name.invalid/"})).await;
    assert!(
        error(&run).starts_with("step ask: the name `no-such-name.invalid` cannot be looked up: "),
        "{}",
        error(&run)
    );
}
