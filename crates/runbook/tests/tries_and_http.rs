//! `http`, `wait_for`, `retry` and `continue_on_error`: what people write, and what they are told.

use ops_runbook::*;
use serde_json::{Value, json};

const HEAD: &str = "version: 1\nslug: r\ntitle: R\nparams: {url: {}, tries: {type: integer}}\nsecrets: [API_TOKEN]\nsteps:\n  - id: a\n";

/// The step `a`, whose keys are indented by four spaces.
fn step(text: &str) -> Step {
    let source = format!("{HEAD}{text}");
    let runbook = parse(&source, "r.yaml").unwrap_or_else(|problems| panic!("{}", problems[0]));
    let json = serde_json::to_value(&runbook).unwrap();
    assert_eq!(parse_json(&json).unwrap(), runbook, "the canonical form");
    let frozen: Vec<Step> = serde_json::from_value(json["steps"].clone()).unwrap();
    assert_eq!(frozen, runbook.steps);
    runbook.steps[0].clone()
}

fn told(text: &str) -> Vec<String> {
    let problems = parse(&format!("{HEAD}{text}"), "r.yaml").unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_request_is_read_with_all_it_can_say() {
    let read = step(
        r#"    timeout: 10s
    retry: {attempts: 5, backoff: 250ms, factor: 1.5, max: 1m}
    continue_on_error: true
    http:
      method: post
      url: "https://api.example.org/deploys?of={{ params.url }}"
      headers:
        Authorization: "Bearer {{ secrets.API_TOKEN }}"
        X-Count: 3
      json: {text: "{{ secrets.API_TOKEN }}", n: "{{ params.tries }}", flag: true}
      expect:
        status: [201, 2xx]
        body_contains: accepted
        json: {/state: accepted, /items/0/n: 1, "": {a: 1}}
        header: {Content-Type: application/json*}
      outputs: {id: /items/0/id, whole: ""}
      follow_redirects: false
      max_bytes: 1000
"#,
    );
    let StepKind::Http(call) = &read.kind else {
        panic!("{read:?}");
    };
    assert_eq!(call.method, HttpMethod::Post);
    assert_eq!(
        call.headers["authorization"],
        "Bearer {{ secrets.API_TOKEN }}"
    );
    assert_eq!(call.headers["x-count"], "3");
    let statuses = [StatusMatch::Code(201), StatusMatch::Class(2)];
    assert_eq!(call.expect.status, WantedStatus::OneOf(statuses.to_vec()));
    assert_eq!(call.expect.body_contains, ["accepted"]);
    assert_eq!(call.expect.json["/items/0/n"], 1);
    assert_eq!(call.outputs["whole"], "");
    assert!(!call.follow_redirects);
    assert_eq!(
        (read.timeout_seconds, read.continue_on_error),
        (Some(10), true)
    );
    assert_eq!(
        serde_json::to_value(&read).unwrap()["retry"],
        json!({"attempts": 5, "backoff": 0.25, "factor": 1.5, "max": 60})
    );
}

#[test]
fn what_is_not_said_is_the_usual() {
    let read = step("    http: {url: 'http://localhost:8080/health'}\n");
    let StepKind::Http(call) = &read.kind else {
        panic!("{read:?}");
    };
    assert_eq!(**call, HttpCall::get("http://localhost:8080/health"));
    assert_eq!(
        serde_json::to_value(&read).unwrap(),
        json!({"id": "a", "http": {"url": "http://localhost:8080/health"}})
    );
    let read = step("    wait_for: {run: test -e ready}\n");
    assert_eq!(
        serde_json::to_value(&read).unwrap()["wait_for"],
        json!({"run": "test -e ready", "every": 5, "timeout": 300, "backoff": 1.0, "max_every": 60})
    );
    let read = step("    wait_for: {every: 5m, http: {url: 'http://a'}}\n");
    let StepKind::WaitFor(wait) = &read.kind else {
        panic!("{read:?}");
    };
    assert_eq!(
        wait.max_every.as_duration().as_secs(),
        300,
        "not shorter than the first"
    );
    let read = step("    retry: {attempts: '{{ params.tries }}'}\n    run: make\n");
    let retry = read.retry.unwrap();
    assert_eq!(retry.attempts, Count::Late("{{ params.tries }}".into()));
    assert_eq!(retry.pause(3).as_secs(), 8);
    assert_eq!(step("    retry: false\n    run: make\n").retry, None);
}

#[test]
fn a_wrong_request_is_told_with_its_place_and_how_to_mend_it() {
    for (text, message) in [
        (
            "    http: https://example.org\n",
            "r.yaml:8:11: `http` has to be a map, not a text\n  hint: write for example `http: {url: \"https://example.org/health\"}`",
        ),
        (
            "    http: {method: FETCH}\n",
            "r.yaml:8:11: `http` needs `url`\n  hint: write for example `http: {url: \"https://example.org/health\"}`",
        ),
        (
            "    http: {url: 'https://a', methd: GET}\n",
            "r.yaml:8:30: `http` has no key `methd`\n  hint: did you mean `method`?",
        ),
        (
            "    http: {url: 'ftp://a'}\n",
            "r.yaml:8:17: a link begins with `https://` or `http://`",
        ),
        (
            "    http: {url: 'https://me:pw@a/x'}\n",
            "r.yaml:8:17: an address with a password in it would be shown to everybody\n  hint: send it as `headers: {authorization: \"… {{ secrets.NAME }}\"}`",
        ),
        (
            "    http: {url: 'https://a', body: x}\n",
            "r.yaml:8:36: a GET request has no body\n  hint: write `method: POST`",
        ),
        (
            "    http: {url: 'https://a', method: POST, body: x, json: {}}\n",
            "r.yaml:8:50: a request has either `body` or `json`\n  hint: remove one of the two",
        ),
        (
            "    http: {url: 'https://a', headers: {A b: x}}\n",
            "r.yaml:8:40: `a b` is no name of a header\n  hint: as in `content-type`",
        ),
        (
            "    http: {url: 'https://a', headers: {Content-Length: 3}}\n",
            "r.yaml:8:40: the header `content-length` is written by the worker\n  hint: remove it",
        ),
        (
            "    http: {url: 'https://a', headers: {x-a: \"1\\n2\"}}\n",
            "r.yaml:8:45: a header is one line without control characters",
        ),
        (
            "    http: {url: 'https://a', expect: {status: 99}}\n",
            "r.yaml:8:47: `99` is no HTTP status\n  hint: write `200`, `[200, 204]` or `2xx`",
        ),
        (
            "    http: {url: 'https://a', expect: {json: {status: ok}}}\n",
            "r.yaml:8:46: `status` is no JSON pointer\n  hint: a JSON pointer, as in `/items/0/id`; empty is the whole answer",
        ),
        (
            "    http: {url: 'https://a', outputs: {status: /a}}\n",
            "r.yaml:8:40: `status` is an output of every `http` step already\n  hint: choose another name",
        ),
        (
            "    http: {url: 'https://a', outputs: {a: $.x}}\n",
            "r.yaml:8:43: `$.x` is no JSON pointer\n  hint: a JSON pointer, as in `/items/0/id`; empty is the whole answer",
        ),
        (
            "    http: {url: 'https://a', max_bytes: 1000000000}\n",
            "r.yaml:8:41: 1000000000 is outside of what is allowed: 1 to 16777216",
        ),
        (
            "    http: {url: 'https://a'}\n    env: {A: b}\n",
            "r.yaml:9:10: `env` means nothing in a step of kind `http`\n  hint: no shell is started; write `{{ … }}` into the request",
        ),
    ] {
        assert_eq!(told(text)[0], message, "{text}");
    }
    let insecure = told("    http: {url: 'https://a', insecure: true}\n");
    assert_eq!(
        insecure[1],
        "r.yaml:8:40: certificates are always checked\n  hint: give the worker the authority's certificate by its variable SSL_CERT_FILE"
    );
}

#[test]
fn secrets_are_read_only_where_they_are_sent() {
    let sent = "    http:\n      method: POST\n      url: https://a\n      headers: {x: '{{ secrets.API_TOKN }}'}\n      json: [{a: '{{ secrets.OTHER }}'}]\n";
    assert_eq!(
        told(sent),
        [
            "r.yaml:11:21: the runbook has no secret `API_TOKN`\n  hint: did you mean `API_TOKEN`?",
            "r.yaml:12:19: the runbook has no secret `OTHER`\n  hint: list it, as in `secrets: [OTHER]`",
        ]
    );
    let hint = "`headers`, `body` and `json` of `http` may; a shell has it as \"$API_TOKEN\"";
    for text in [
        "    http: {url: 'https://a/{{ secrets.API_TOKEN }}'}\n",
        "    http: {url: 'https://a', expect: {body_contains: '{{ secrets.API_TOKEN }}'}}\n",
        "    run: make\n    env: {A: '{{ secrets.API_TOKEN }}'}\n",
        "    artifact: {name: x, kind: file, content: '{{ secrets.API_TOKEN }}'}\n",
    ] {
        let problems = parse(&format!("{HEAD}{text}"), "r.yaml").unwrap_err();
        assert_eq!(problems[0].hint, hint, "{text}");
        assert_eq!(problems[0].code, DiagnosticCode::UnknownReference);
    }
    let shell = told("    wait_for: {run: 'curl {{ secrets.API_TOKEN }}'}\n");
    assert_eq!(
        shell,
        [
            "r.yaml:8:27: `{{ secrets.API_TOKEN }}` in shell text could run a value as code\n  hint: list `API_TOKEN` under `secrets:` and use \"$API_TOKEN\""
        ]
    );
}

#[test]
fn waiting_and_trying_again_have_limits_and_places() {
    for (text, message) in [
        (
            "    wait_for: 5m\n",
            "r.yaml:8:15: `wait_for` has to be a map, not a text\n  hint: write `wait_for: {http: {url: …}}`, or `wait_for: {run: …}` with shell text that ends with 0",
        ),
        (
            "    wait_for: {run: x, http: {url: 'http://a'}}\n",
            "r.yaml:8:15: `wait_for` asks exactly one of `run` and `http`\n  hint: write `wait_for: {http: {url: …}}`, or `wait_for: {run: …}` with shell text that ends with 0",
        ),
        (
            "    wait_for: {run: x, every: 0}\n",
            "r.yaml:8:31: `0` is no time from 1 ms to 1 day",
        ),
        (
            "    wait_for: {run: x, every: 30s, max_every: 10s}\n",
            "r.yaml:8:47: `max_every` is shorter than the first pause\n  hint: make it longer, or remove it",
        ),
        (
            "    wait_for: {run: x, backoff: 5s}\n",
            "r.yaml:8:33: here should be a number from 1 to 10",
        ),
        (
            "    wait_for: {run: x}\n    timeout: 5m\n",
            "r.yaml:9:14: `timeout` means nothing in a step of kind `wait_for`\n  hint: write it inside, as in `wait_for: {timeout: 10m, …}`",
        ),
        (
            "    wait_for: {run: x}\n    retry: {attempts: 3}\n",
            "r.yaml:9:12: `retry` means nothing in a step of kind `wait_for`\n  hint: it tries again by itself, until its `timeout`",
        ),
        (
            "    run: x\n    retry: {attempts: 21}\n",
            "r.yaml:9:23: 21 is outside of what is allowed: 1 to 20",
        ),
        (
            "    run: x\n    retry: {attempts: '{{ params.trie }}'}\n",
            "r.yaml:9:24: there is no parameter `trie`\n  hint: did you mean `tries`?",
        ),
        (
            "    run: x\n    retry: {attempt: 2}\n",
            "r.yaml:9:13: `retry` has no key `attempt`\n  hint: did you mean `attempts`?",
        ),
        (
            "    run: x\n    retry: 3\n",
            "r.yaml:9:12: `retry` has to be a map, not a number\n  hint: write `retry: {attempts: 3}`",
        ),
        (
            "    artifact: {name: x, kind: file, content: x}\n    retry: {attempts: 3}\n",
            "r.yaml:9:12: `retry` means nothing in a step of kind `artifact`\n  hint: only `run` and `http` can be tried again",
        ),
        (
            "    run: x\n    continue_on_error: sometimes\n",
            "r.yaml:9:24: here should be true or false, not a text",
        ),
    ] {
        assert_eq!(told(text), [message], "{text}");
    }
}

#[test]
fn json_has_no_lines_and_the_same_rules() {
    let runbook = |call: Value| json!({"version": 1, "slug": "r", "title": "R", "steps": [{"id": "a", "http": call}]});
    assert_eq!(
        parse_json(&runbook(json!({"url": "x"}))).unwrap_err()[0].to_string(),
        "runbook/steps/0/http/url: a link begins with `https://` or `http://`"
    );
    assert!(
        parse_json(&runbook(
            json!({"url": "https://a", "expect": {"status": "5xx"}})
        ))
        .is_ok()
    );
}
