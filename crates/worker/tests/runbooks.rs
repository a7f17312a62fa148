//! The bundled runbooks that ask the network, executed by a worker.

mod common;

use common::fake::FakeRun;
use common::postgres::{Postgres, has_psql};
use common::server::{Reply, Server, answer};
use common::world::World;
use common::{Folder, eventually, eventually_refused};
use ops_runbook::{Runbook, check_params, parse};
use serde_json::{Value, json};
use std::path::Path;

fn bundled(slug: &str) -> Runbook {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/runbooks");
    let source = std::fs::read_to_string(folder.join(format!("{slug}.yaml"))).unwrap();
    parse(&source, slug).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

/// Queues it as the control room does, and answers its end.
async fn play(world: &World, runbook: &Runbook, params: Value) -> FakeRun {
    let params = check_params(&runbook.params, params.as_object().unwrap()).unwrap();
    let more = json!({"params": params, "secrets": runbook.secrets});
    let steps = serde_json::to_value(&runbook.steps).unwrap();
    let id = world.fake.queue_with(steps, more);
    world.fake.ended(&id).await
}

fn report(run: &FakeRun) -> &str {
    let [artifact] = run.artifacts.as_slice() else {
        panic!("one artifact is wanted: {run:#?}");
    };
    artifact["content"].as_str().unwrap()
}

#[tokio::test]
async fn http_healthcheck_is_green_where_all_is_well_and_red_with_reasons() {
    let server = Server::start(|request, _| match request.line.contains("/teapot") {
        true => answer(418, "short and stout"),
        false => answer(200, "all systems go"),
    })
    .await;
    let world = World::start();
    let mut runbook = bundled("http-healthcheck");
    let params = json!({"url": server.url("/health?a=1&b=2"), "text": "systems go"});
    let run = play(&world, &runbook, params).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert!(report(&run).starts_with("# Health check: succeeded\n"));
    assert!(report(&run).contains("| status of the last answer | 200 |"));
    assert_eq!(server.requests()[0].line, "GET /health?a=1&b=2 HTTP/1.1");

    let params =
        json!({"url": server.url("/teapot"), "status": "200,2xx", "text": "tea", "tries": 1});
    let run = play(&world, &runbook, params).await;
    assert_eq!(
        run.finish()["error"],
        "step check: status 418 instead of 200 or 2xx; the body does not contain `tea`"
    );
    assert!(report(&run).contains("| status of the last answer | 418 |"));

    // The pauses of the bundled one are for people.
    let pause = serde_json::from_value(
        json!({"attempts": "{{ params.tries }}", "backoff": 0.001, "max": 0.001}),
    );
    runbook.steps[0].retry = pause.unwrap();
    let url = server.url("/");
    drop(server);
    let gone = eventually_refused(&url).await;
    let run = play(&world, &runbook, json!({"url": gone, "tries": 3})).await;
    let error = run.finish()["error"].as_str().unwrap();
    assert!(
        error.contains("Connection refused") && error.ends_with("(tried 3 times)"),
        "{error}"
    );
    assert!(report(&run).contains("| status of the last answer |  |"));
    world.end().await;
}

#[tokio::test]
async fn deploy_check_is_the_same_under_sh() {
    let programs = Folder::new();
    let path = without_bash(&programs);
    let world = World::start_with(move |config| {
        config.environment.insert("PATH".into(), path);
    });
    let params =
        json!({"build": "printf 'a\\nb' | cat", "smoke_test": "test -z \"${BASH_VERSION-}\""});
    let run = play(&world, &bundled("deploy-check"), params).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let text = report(&run);
    assert!(text.contains("| `printf 'a\\nb' \\| cat` |\n"), "{text}");
    world.end().await;
}

#[tokio::test]
async fn deploy_check_builds_tests_and_waits() {
    let server = Server::start(|_, before| match before {
        0 => answer(503, ""),
        _ => answer(204, ""),
    })
    .await;
    let world = World::start();
    let runbook = bundled("deploy-check");
    let params = json!({
        "build": "echo building | tee built.txt", "smoke_test": "grep -c building < built.txt",
        "health_url": server.url("/health"),
    });
    let run = play(&world, &runbook, params).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let text = report(&run);
    assert!(text.starts_with("# Deploy check: ready\n"), "{text}");
    assert!(text.contains("| build | succeeded | "), "{text}");
    assert!(
        text.contains(" s | `echo building \\| tee built.txt` |\n"),
        "{text}"
    );
    let health = format!(
        "| healthy | succeeded | – | {} answers 204 |",
        server.url("/health")
    );
    assert!(text.contains(&health), "{text}");
    assert_eq!(server.requests().len(), 2);
    assert_eq!(
        run.messages("stdout"),
        [
            "$ echo building | tee built.txt",
            "building",
            "$ grep -c building < built.txt",
            "1",
            "ready"
        ]
    );
    assert!(world.folder.path().join("workspace/built.txt").exists());

    // A failed build keeps the rest from running; the report is there all the same.
    let params = json!({"build": "false | true; echo never", "smoke_test": "echo never"});
    let run = play(&world, &runbook, params).await;
    assert_eq!(run.finish()["error"], "step build exited with 1");
    let text = report(&run);
    assert!(text.starts_with("# Deploy check: not ready\n"), "{text}");
    assert!(text.contains("| build | failed | – s |"), "{text}");
    assert!(text.contains("| smoke test | skipped | "), "{text}");

    let run = play(&world, &runbook, json!({})).await;
    assert!(report(&run).starts_with("# Deploy check: ready\n"));
    world.end().await;
}

#[tokio::test]
async fn deploy_check_can_be_cancelled_while_it_waits() {
    let server = Server::start(|_, _| Reply::Silence).await;
    let world = World::start();
    let runbook = bundled("deploy-check");
    let asked = async {
        server.until_asked(1).await;
        world.fake.with(|state| state.runs[0].cancel = true);
    };
    let params = json!({"health_url": server.url("/")});
    let (run, ()) = tokio::join!(play(&world, &runbook, params), asked);
    assert_eq!(run.finish()["status"], "cancelled");
    assert_eq!(run.step("report"), "");
    world.end().await;
}

async fn database(url: &str, path: String) -> World {
    let url = url.to_string();
    World::start_with(move |config| {
        config.environment.insert("DATABASE_URL".into(), url);
        config.environment.insert("PATH".into(), path);
    })
}

fn own_path() -> String {
    std::env::var("PATH").unwrap()
}

/// The programs of the machine without bash, so that steps run in `sh`.
fn without_bash(folder: &Folder) -> String {
    for from in std::env::split_paths(&own_path()) {
        for program in std::fs::read_dir(from).into_iter().flatten().flatten() {
            if program.file_name() != "bash" {
                let link = folder.path().join(program.file_name());
                let _ = std::os::unix::fs::symlink(program.path(), link);
            }
        }
    }
    folder.path().display().to_string()
}

#[tokio::test]
async fn database_maintenance_reads_and_vacuums_only_when_asked() {
    let Some(postgres) = Some(())
        .filter(|()| has_psql())
        .and_then(|()| Postgres::start())
    else {
        return eprintln!("NOT CHECKED: database-maintenance needs psql and initdb");
    };
    eventually("the server answers", || postgres.query("select 1").is_ok()).await;
    postgres
        .query(
            "create table \"odd | name\" (id int primary key, note text); \
             create index unused on \"odd | name\" (note); \
             insert into \"odd | name\" select n, n::text from generate_series(1, 9000) n",
        )
        .unwrap();
    postgres
        .query("delete from \"odd | name\" where id > 3000")
        .unwrap();
    eventually("the statistics arrive", || {
        let dead = postgres.query("select n_dead_tup from pg_stat_user_tables");
        dead.is_ok_and(|dead| dead == "6000")
    })
    .await;
    let runbook = bundled("database-maintenance");
    let programs = Folder::new();
    let world = database(&postgres.url(), without_bash(&programs)).await;
    let run = play(&world, &runbook, json!({"apply": true, "dead_rows": 7000})).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let under_sh = report(&run).to_string();
    assert!(
        under_sh.contains("No table had enough dead rows."),
        "{under_sh}"
    );
    world.end().await;
    let world = database(&postgres.url(), own_path()).await;
    let run = play(&world, &runbook, json!({})).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    let text = report(&run);
    println!("{text}");
    let tables = |text: &str| {
        let part = text.split("## Largest tables").nth(1);
        part.and_then(|rest| rest.split("## Tables").next())
            .map(str::to_string)
    };
    assert_eq!(tables(text), tables(&under_sh));
    for part in [
        "# Database maintenance: postgres\n",
        "## Overview\n\n| what | now |\n| --- | --- |\n| connections | 1 of 100 |\n",
        "## Largest tables\n\n| table | total | without indexes | indexes | rows, about |\n",
        "| public.\"odd \\| name\" | 6000 | 67 % | never | ",
        "## Long transactions\n\nNo transaction is open that long.\n",
        "| unused | public.\"odd \\| name\" | ",
        "## State of vacuum\n\n| table | last vacuum | last analyze | ",
        "## What was done\n\nNothing. ",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert_eq!(run.outputs("inspect")["candidates"], "1");
    let vacuums = || {
        postgres
            .query("select vacuum_count from pg_stat_user_tables")
            .unwrap()
    };
    assert_eq!(vacuums(), "0");

    let run = play(&world, &runbook, json!({"apply": true})).await;
    assert_eq!(run.status, "succeeded", "{run:#?}");
    assert_eq!(run.outputs("vacuum")["tables"], "1");
    let done = "```sql\nvacuum (analyze, skip_locked) public.\"odd | name\"\n```\n";
    assert!(report(&run).contains(done), "{}", report(&run));
    eventually("the vacuum is counted", || vacuums() == "1").await;

    let run = play(&world, &runbook, json!({"apply": true})).await;
    assert!(report(&run).contains("No table had enough dead rows."));
    let told = format!("{:?}", world.fake.with(|state| state.runs.clone()));
    assert!(!told.contains(Postgres::password()) && !told.contains("ss%2Fw"));
    world.end().await;
}

#[tokio::test]
async fn database_maintenance_says_what_is_missing() {
    if !has_psql() {
        return eprintln!("NOT CHECKED: database-maintenance needs psql");
    }
    let runbook = bundled("database-maintenance");
    let world = database("host=/nowhere password=gold", own_path()).await;
    let run = play(&world, &runbook, json!({})).await;
    assert_eq!(
        run.messages("stderr"),
        ["DATABASE_URL has to begin with postgresql://"]
    );
    world.end().await;
    let world = database(
        "postgresql://me:gold-of-mine@/x?host=/nowhere-at-all",
        own_path(),
    )
    .await;
    let run = play(&world, &runbook, json!({})).await;
    assert_eq!(run.finish()["error"], "step connect exited with 2");
    assert!(
        run.messages("stderr")[0].contains("/nowhere-at-all"),
        "{run:#?}"
    );
    assert!(run.artifacts.is_empty());
    assert!(!format!("{run:?}").contains("gold-of-mine"));
    world.end().await;
}
