//! Steps of kind `spec_kit`, as they are read.

use ops_runbook::{FailOn, SpecFormat, SpecKitCall, SpecSubject, StepKind, parse};

fn step(call: &str) -> String {
    format!(
        "version: 1\nslug: r\ntitle: R\nparams: {{name: {{type: string}}}}\nsteps:\n  - id: a\n    spec_kit: {call}\n"
    )
}

fn read(call: &str) -> SpecKitCall {
    let runbook = parse(&step(call), "r.yaml").expect(call);
    // The canonical form is a runbook again.
    let canonical = serde_json::to_string(&runbook).expect("JSON");
    assert_eq!(parse(&canonical, "r.yaml").expect(&canonical), runbook);
    match &runbook.steps[0].kind {
        StepKind::SpecKit(call) => call.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_calls_are_read_with_what_they_leave_out() {
    let SpecKitCall::Generate(made) = read("{generate: {prd: \"{{ params.name }}\", out: specs}}")
    else {
        panic!("no generation");
    };
    assert_eq!((made.prd.as_str(), made.slug), ("{{ params.name }}", None));
    let SpecKitCall::Validate(checked) = read("{validate: {slug: search}}") else {
        panic!("no validation");
    };
    assert_eq!(checked.of, SpecSubject::Slug("search".into()));
    assert_eq!(checked.fail_on, FailOn::Error);
    assert_eq!(checked.formats, [SpecFormat::Json, SpecFormat::Markdown]);
    let SpecKitCall::Validate(checked) =
        read("{validate: {path: a, fail_on: never, formats: [sarif]}}")
    else {
        panic!("no validation");
    };
    assert_eq!(
        (checked.fail_on, checked.formats),
        (FailOn::Never, vec![SpecFormat::Sarif])
    );
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    for (call, path) in [
        ("x", "/steps/0/spec_kit"),
        ("{}", "/steps/0/spec_kit"),
        (
            "{generate: {prd: a}, validate: {path: a}}",
            "/steps/0/spec_kit",
        ),
        ("{generate: {slug: a}}", "/steps/0/spec_kit/generate"),
        (
            "{generate: {prd: a, out: ../x}}",
            "/steps/0/spec_kit/generate/out",
        ),
        (
            "{generate: {prd: \"{{ params.nam }}\"}}",
            "/steps/0/spec_kit/generate/prd",
        ),
        ("{validate: {}}", "/steps/0/spec_kit/validate"),
        (
            "{validate: {path: a, slug: b}}",
            "/steps/0/spec_kit/validate",
        ),
        (
            "{validate: {path: a, fail_on: panic}}",
            "/steps/0/spec_kit/validate/fail_on",
        ),
        (
            "{validate: {path: a, formats: [pdf]}}",
            "/steps/0/spec_kit/validate/formats/0",
        ),
    ] {
        let problems = parse(&step(call), "r.yaml").expect_err(call);
        assert_eq!(problems[0].path, path, "{call}: {problems:?}");
        assert!(problems.len() == 1 && !problems[0].message.is_empty());
    }
}
