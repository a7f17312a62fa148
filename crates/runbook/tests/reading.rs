//! What people write, and what they are told.

use ops_core::api::ArtifactKind;
use ops_runbook::*;
use serde_json::json;

const FULL: &str = r#"# A comment
version: 1
slug: deploy-web
title: Deploy the web service
description: Builds and deploys.
default_lane: B
timeout: 30m
max_attempts: 2
lease: 60s
on_interrupt: rerun
params:
  service: {type: string, required: true}
  my-x: {type: integer, default: 3}
secrets: [DEPLOY_TOKEN]
steps:
  - id: build
    title: Build it
    timeout: 10m
    env:
      GREETING: "hello {{ params.service }}"
      PORT: 8080
      EMPTY:
    workdir: workspace
    artifacts:
      - out/report.md
      - {name: Changes, path: out/changes.patch, mime: text/x-diff}
    run: |
      echo "$PARAM_service $PARAM_my_x $GREETING"
      docker inspect -f '{{ .State.Status }}' web
  - id: link
    if: steps.build.outputs.url != '' && params['my-x'] > 2
    artifact:
      name: "Site of {{ params.service }}"
      kind: link
      url: "{{ steps.build.outputs.url }}"
"#;

fn told(source: &str) -> Vec<String> {
    let problems = parse(source, "r.yaml").unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

/// Problems of one step whose keys are indented by four spaces.
fn told_of_step(step: &str) -> Vec<String> {
    told(&format!(
        "version: 1\nslug: r\ntitle: R\nsteps:\n  - id: a\n{step}"
    ))
}

#[test]
fn a_whole_runbook_is_read() {
    let runbook = parse(FULL, "deploy.yaml").unwrap();
    assert_eq!(runbook.slug, "deploy-web");
    assert_eq!(runbook.default_lane.as_deref(), Some("B"));
    assert_eq!(runbook.timeout_seconds, Some(1_800));
    assert_eq!(runbook.lease_seconds, Some(60));
    assert_eq!(runbook.max_attempts, Some(2));
    assert_eq!(runbook.secrets, ["DEPLOY_TOKEN"]);
    let build = &runbook.steps[0];
    assert_eq!(build.workdir, Workdir::Workspace);
    assert_eq!(
        build.env.clone().into_iter().collect::<Vec<_>>(),
        [
            ("EMPTY", ""),
            ("GREETING", "hello {{ params.service }}"),
            ("PORT", "8080")
        ]
        .map(|(name, value)| (name.to_string(), value.to_string()))
    );
    assert_eq!(
        build.artifacts,
        [
            ArtifactFile {
                name: "out/report.md".into(),
                path: "out/report.md".into(),
                kind: ArtifactKind::Markdown,
                mime: None,
            },
            ArtifactFile {
                name: "Changes".into(),
                path: "out/changes.patch".into(),
                kind: ArtifactKind::Diff,
                mime: Some("text/x-diff".into()),
            },
        ]
    );
    assert_eq!(
        runbook.steps[1].kind,
        StepKind::Artifact(ArtifactSpec {
            name: "Site of {{ params.service }}".into(),
            kind: ArtifactKind::Link,
            source: ArtifactSource::Url("{{ steps.build.outputs.url }}".into()),
            mime: None,
        })
    );
}

#[test]
fn the_canonical_json_is_a_runbook_again_and_steps_stand_alone() {
    let runbook = parse(FULL, "deploy.yaml").unwrap();
    let json = serde_json::to_value(&runbook).unwrap();
    assert_eq!(parse_json(&json).unwrap(), runbook);
    assert_eq!(parse_json(&json!(FULL)).unwrap(), runbook);
    let steps: Vec<Step> = serde_json::from_value(json["steps"].clone()).unwrap();
    assert_eq!(steps, runbook.steps);
    assert_eq!(
        json["steps"][1],
        json!({
            "id": "link",
            "if": "steps.build.outputs.url != '' && params['my-x'] > 2",
            "artifact": {
                "name": "Site of {{ params.service }}",
                "kind": "link",
                "url": "{{ steps.build.outputs.url }}",
            },
        })
    );
    assert_eq!(
        (&json["timeout"], &json["lease"]),
        (&json!(1800), &json!(60))
    );
}

#[test]
fn a_frozen_step_that_would_leave_its_folder_is_not_read() {
    let step = json!({"id": "a", "run": "ls", "workdir": "../../etc"});
    assert!(serde_json::from_value::<Step>(step).is_err());
}

#[test]
fn all_problems_are_told_at_once_each_with_its_place() {
    let source = "version: 2\nslug: My Deploy\ntitel: x\ndefault_lane: a b\ntimeout: soon\nmax_attempts: 21\nlease: 2s\nsecrets: [OPS_TOKEN, a-b, T, T]\nsteps:\n  - id: Build\n    run:\n  - id: b\n    timout: 3s\n    workdir: ../x\n    env: {PARAM_x: 1, 'a b': 2, T: 3}\n    run: echo\n  - run: echo\n  - id: b\n    run: echo\n    artifact: {}\n  - id: c\n  - just text\n";
    assert_eq!(
        told(source),
        [
            "r.yaml:1:1: a runbook needs `title`\n  hint: a line for people",
            "r.yaml:1:10: this version of the format is unknown\n  hint: write `version: 1`",
            "r.yaml:2:7: `My Deploy` is no slug\n  hint: lower-case letters, digits and `-`, at most 64, as in `deploy-web`",
            "r.yaml:3:1: a runbook has no key `titel`\n  hint: did you mean `title`?",
            "r.yaml:4:15: `a b` is no lane\n  hint: letters, digits, `_`, `.` and `-`, at most 64, as in `A` or `gpu`",
            "r.yaml:5:10: `soon` is no duration; write it as 90, 90s, 5m, 2h, 1d or 250ms",
            "r.yaml:6:15: `max_attempts` is 21; from 1 to 20 are allowed",
            "r.yaml:7:8: `lease` is 2 seconds; from 5 to 3600 are allowed\n  hint: a lease is kept alive by heartbeats; how long a run may take is `timeout`",
            "r.yaml:8:11: variables that begin with `OPS_` are set by the worker\n  hint: give the secret another name in the worker's environment",
            "r.yaml:8:22: `a-b` is no name of a variable\n  hint: letters, digits and `_`, not beginning with a digit, as in `API_TOKEN`",
            "r.yaml:8:30: the secret `T` is listed twice\n  hint: remove one of the two",
            "r.yaml:10:9: `Build` is no id of a step\n  hint: lower-case letters, digits, `_` and `-`, beginning with a letter, at most 64",
            "r.yaml:11:8: `run` is empty\n  hint: write `run: |` and the shell text indented below",
            "r.yaml:13:5: a step has no key `timout`\n  hint: did you mean `timeout`?",
            "r.yaml:14:14: `../x` is no folder below the run's own folder\n  hint: write `run`, `workspace`, or a relative path without `..`",
            "r.yaml:15:11: variables that begin with `PARAM_` are set by the worker\n  hint: choose another name",
            "r.yaml:15:23: `a b` is no name of a variable\n  hint: letters, digits and `_`, not beginning with a digit",
            "r.yaml:15:33: `T` is a secret of this runbook already\n  hint: remove it here, or from `secrets:`",
            "r.yaml:17:5: a step needs `id`\n  hint: lower-case letters, digits, `_` and `-`, beginning with a letter, at most 64",
            "r.yaml:18:5: a step does one thing, here are `run` and `artifact`\n  hint: make a step of each",
            "r.yaml:18:9: two steps have the id `b`\n  hint: rename one of the two",
            "r.yaml:21:5: a step needs a key that says what it does\n  hint: write `run: |` with shell text below, `http: {url: …}`, `wait_for: {…}`, `workflow: {…}`, `spec_kit: {…}`, or `artifact: {…}`",
            "r.yaml:22:5: a step has to be a map, not a text",
        ]
    );
}

#[test]
fn a_value_in_shell_text_is_refused_with_the_fix_at_its_very_place() {
    assert_eq!(
        told_of_step(
            "    run: |\n      set -x\n\n      echo é {{ params.my-x }} '{{ .State }}' ${{ secrets.TOKEN }}\n      echo {{steps.b.outputs.url}} {{ steps.b.status }} {{ run.id }} ${{ github.sha }}\n"
        ),
        [
            "r.yaml:9:14: `{{ params.my-x }}` in shell text could run a value as code\n  hint: use \"$PARAM_my_x\"",
            "r.yaml:9:48: `{{ secrets.TOKEN }}` in shell text could run a value as code\n  hint: list `TOKEN` under `secrets:` and use \"$TOKEN\"",
            "r.yaml:10:12: `{{ steps.b.outputs.url }}` in shell text could run a value as code\n  hint: use \"$STEP_b_url\"",
            "r.yaml:10:36: `{{ steps.b.status }}` in shell text could run a value as code\n  hint: give it to the step, as in `env: {VALUE: \"{{ steps.b.status }}\"}`, and use \"$VALUE\"",
            "r.yaml:10:57: `{{ run.id }}` in shell text could run a value as code\n  hint: use \"$OPS_RUN_ID\"",
            "r.yaml:10:71: `{{ github.sha }}` in shell text could run a value as code\n  hint: give the value to the step by `env:` and use the variable",
        ]
    );
    let problems = parse_json(&json!({
        "version": 1, "slug": "r", "title": "R",
        "steps": [{"id": "a", "run": "echo {{ params.x }}"}],
    }));
    assert_eq!(
        problems.unwrap_err()[0].to_string(),
        "runbook/steps/0/run: `{{ params.x }}` in shell text could run a value as code\n  hint: use \"$PARAM_x\""
    );
}

#[test]
fn a_variable_that_no_parameter_gives_is_found_before_the_run() {
    let source = "version: 1\nslug: r\ntitle: R\nparams: {service: {}}\nsteps:\n  - id: a\n    run: |\n      echo $PARAM_service ${PARAM_servce:-} '\\$PARAM_x'\n";
    assert_eq!(
        told(source),
        [
            "r.yaml:8:27: no parameter gives the variable `PARAM_servce`\n  hint: did you mean `PARAM_service`?"
        ]
    );
}

#[test]
fn what_is_not_built_yet_is_said_and_what_to_do_instead() {
    let codes = |source: &str| -> Vec<_> {
        let problems = parse(source, "r.yaml").unwrap_err();
        problems.iter().map(|problem| problem.code).collect()
    };
    let source = "version: 1\nslug: r\ntitle: R\nsteps:\n  - {id: c, agent: x}\n";
    assert_eq!(codes(source), [DiagnosticCode::NotBuilt]);
}

#[test]
fn conditions_and_texts_may_only_read_what_is_there_by_then() {
    let source = "version: 1\nslug: r\ntitle: R\nparams: {service: {}}\nsteps:\n  - id: build\n    if: params.servce == 'x'\n    run: echo\n  - id: test\n    if: \"steps.biuld.status == 'x' || steps.deploy.status == 'x'\"\n    run: echo\n    env:\n      URL: 'at {{ params.service }} {{ steps.test.outputs.u }}'\n  - id: deploy\n    if: steps.build.state = 1\n    artifact:\n      name: x\n      kind: markdown\n      content: |\n        # Title\n        {{ run.idd }} {{ params.service\n  - id: last\n    if: |\n      success() &&\n      params.x\n    run: echo\n";
    assert_eq!(
        told(source),
        [
            "r.yaml:7:9: there is no parameter `servce`\n  hint: did you mean `service`?",
            "r.yaml:10:10: there is no step `biuld`\n  hint: did you mean `build`?",
            "r.yaml:10:39: the step `deploy` runs later\n  hint: only what earlier steps left can be read; change the order",
            "r.yaml:13:37: the step `test` cannot read itself",
            "r.yaml:15:27: the condition cannot be read: `=` has no meaning here\n  hint: write `==` to compare",
            "r.yaml:21:23: this `{{` has no `}}`\n  hint: write `{{ '{{' }}` for the two braces themselves",
            "r.yaml:25:7: there is no parameter `x`\n  hint: parameters: service",
        ]
    );
}

#[test]
fn artifacts_have_one_source_inside_their_folder() {
    for (artifact, message) in [
        (
            "{name: x, kind: file, content: a, path: b}",
            "r.yaml:6:15: an artifact needs exactly one of `content`, `path` and `url`",
        ),
        (
            "{name: x, kind: file, url: 'https://a'}",
            "r.yaml:6:15: `url` and `kind: link` belong together\n  hint: a link has a `url`; everything else has `content` or `path`",
        ),
        (
            "{name: x, kind: link, url: 'javascript:alert(1)'}",
            "r.yaml:6:42: a link begins with `https://` or `http://`",
        ),
        (
            "{name: x, kind: file, path: /etc/passwd}",
            "r.yaml:6:43: `/etc/passwd` is no path below the step's folder\n  hint: a relative path without `..`, as in `out/report.md`",
        ),
        (
            "{name: x, kind: html, content: a}",
            "r.yaml:6:31: `html` is no kind of artifact here\n  hint: kinds: file, markdown, diff, link, json",
        ),
        (
            "{kind: json, content: a}",
            "r.yaml:6:15: an artifact needs `name`\n  hint: a line for people",
        ),
    ] {
        assert_eq!(
            told_of_step(&format!("    artifact: {artifact}\n")),
            [message]
        );
    }
    assert_eq!(
        told_of_step(
            "    run: echo\n    artifacts: [a.md, ../b, {path: c, name: a.md, kind: link}]\n"
        ),
        [
            "r.yaml:7:23: `../b` is no path below the step's folder\n  hint: a relative path without `..`, as in `out/report.md`",
            "r.yaml:7:57: `link` is no kind of artifact here\n  hint: kinds: file, markdown, diff, json",
        ]
    );
}
