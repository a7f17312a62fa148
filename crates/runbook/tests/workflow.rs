//! Steps of kind `workflow`: what they say, and what is refused and how it is mended.

use ops_runbook::{DiagnosticCode, Runbook, StepKind, WorkflowCall, parse, parse_json};
use serde_json::json;

const HEAD: &str = "version: 1\nslug: r\ntitle: R\nsecrets: [API_TOKEN]\nparams: {target: {}, dry-run: {type: boolean}}\nsteps:\n  - id: deploy\n";

fn told(text: &str) -> Vec<String> {
    let problems = parse(&format!("{HEAD}{text}"), "r.yaml").unwrap_err();
    problems.iter().map(|problem| problem.to_string()).collect()
}

fn call(runbook: &Runbook) -> &WorkflowCall {
    match &runbook.steps[0].kind {
        StepKind::Workflow(call) => call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_become_texts_and_the_canonical_form_is_read_back() {
    let text = "    timeout: 1h\n    workflow:\n      repository: octo/infra\n      workflow: deploy.yml\n      ref: ' release/{{ params.target }}'\n      inputs: {target: '{{ params.target }}', dry: true, count: 3, empty: }\n";
    let runbook = parse(&format!("{HEAD}{text}"), "r.yaml").unwrap();
    let read = call(&runbook);
    assert_eq!(read.repository, "octo/infra");
    assert_eq!(read.workflow, "deploy.yml");
    assert_eq!(read.git_ref, "release/{{ params.target }}");
    assert_eq!(
        json!(read.inputs),
        json!({"target": "{{ params.target }}", "dry": "true", "count": "3", "empty": ""})
    );
    assert_eq!(runbook.steps[0].kind.as_str(), "workflow");
    let again = parse_json(&serde_json::to_value(&runbook).unwrap()).unwrap();
    assert_eq!(again, runbook);

    let short = "    workflow: {repository: octo/infra, workflow: deploy.yaml}\n";
    let runbook = parse(&format!("{HEAD}{short}"), "r.yaml").unwrap();
    assert_eq!(call(&runbook).git_ref, "main");
    assert_eq!(
        serde_json::to_value(&runbook.steps[0].kind).unwrap(),
        json!({"workflow": {"repository": "octo/infra", "workflow": "deploy.yaml"}})
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_how_to_mend_it() {
    let hint = "write for example `workflow: {repository: owner/name, workflow: deploy.yml}`";
    for (text, message) in [
        (
            "    workflow: deploy.yml\n",
            format!("r.yaml:8:15: `workflow` has to be a map, not a text\n  hint: {hint}"),
        ),
        (
            "    workflow: {workflow: deploy.yml}\n",
            format!("r.yaml:8:15: `workflow` needs `repository`\n  hint: {hint}"),
        ),
        (
            "    workflow: {repository: octo/infra}\n",
            format!("r.yaml:8:15: `workflow` needs `workflow`\n  hint: {hint}"),
        ),
        (
            "    workflow: {repository: octo, workflow: d.yml}\n",
            "r.yaml:8:28: `octo` is no repository\n  hint: `owner/name`, as in the address of its page".into(),
        ),
        (
            "    workflow: {repository: octo/infra, workflow: deploy}\n",
            "r.yaml:8:50: `deploy` is no file of a workflow\n  hint: the name of a file in `.github/workflows`, such as `deploy.yml`".into(),
        ),
        (
            "    workflow: {repository: 'octo/{{ params.target }}', workflow: d.yml}\n",
            "r.yaml:8:28: `repository` is written out: readers see what the runbook may start\n  hint: `ref` and `inputs` may hold `{{ … }}`; make a step of each, with an `if`".into(),
        ),
        (
            "    workflow: {repository: o/i, workflow: d.yml, ref: a b}\n",
            "r.yaml:8:55: `a b` is no ref\n  hint: write a branch or a tag, such as `main` or `v1.2`".into(),
        ),
        (
            "    workflow: {repository: o/i, workflow: d.yml, inputs: [a]}\n",
            "r.yaml:8:58: `inputs` has to be a map, not a list".into(),
        ),
        (
            "    workflow: {repository: o/i, workflow: d.yml, inputs: {a b: c}}\n",
            "r.yaml:8:59: `a b` is no name of an input here\n  hint: at most 64 letters, digits, `-`, `_` and `.`".into(),
        ),
        (
            "    workflow: {repository: o/i, workflow: d.yml, inputs: {a: '{{ params.targt }}'}}\n",
            "r.yaml:8:63: there is no parameter `targt`\n  hint: did you mean `target`?".into(),
        ),
        (
            "    workflow: {repository: o/i, workflow: d.yml, input: {a: b}}\n",
            "r.yaml:8:50: `workflow` has no key `input`\n  hint: did you mean `inputs`?".into(),
        ),
    ] {
        assert_eq!(told(text), [message], "{text}");
    }
}

#[test]
fn keys_that_mean_nothing_beside_it_are_refused() {
    let call = "    workflow: {repository: o/i, workflow: d.yml}\n";
    for (key, hint) in [
        (
            "env: {A: b}",
            "no shell is started; give the workflow its `inputs`",
        ),
        ("workdir: workspace", "no shell is started; remove it"),
        (
            "artifacts: [a.md]",
            "nothing is done on this machine; the workflow keeps its own artifacts",
        ),
        ("retry: {}", "only `run` and `http` can be tried again"),
        (
            "once: true",
            "it is dispatched once anyway, and a later attempt follows the same workflow run",
        ),
    ] {
        let problems = told(&format!("{call}    {key}\n"));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].ends_with(hint), "{problems:?}");
    }
}

#[test]
fn no_secret_goes_where_people_see_it_and_no_more_inputs_than_github_takes() {
    let text = "    workflow: {repository: o/i, workflow: d.yml, inputs: {a: '{{ secrets.API_TOKEN }}'}}\n";
    let problems = parse(&format!("{HEAD}{text}"), "r.yaml").unwrap_err();
    assert_eq!(problems[0].code, DiagnosticCode::UnknownReference);

    let inputs: Vec<String> = (0..26).map(|n| format!("i{n}: x")).collect();
    let inputs = inputs.join(", ");
    let text =
        format!("    workflow: {{repository: o/i, workflow: d.yml, inputs: {{{inputs}}}}}\n");
    assert_eq!(
        told(&text),
        ["r.yaml:8:58: 26 inputs; GitHub takes 25\n  hint: put several into one, as JSON"]
    );
}
