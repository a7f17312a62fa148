use super::*;
use serde_json::json;

fn values() -> Value {
    json!({
        "params": {"x": 3, "name": "web", "my-x": "yes", "list": ["a", 2], "flag": false, "none": null},
        "steps": {"build-it": {"status": "succeeded", "exit_code": 0, "outputs": {"url": "https://a"}}},
        "run": {"id": "r1", "attempt": 2, "lane": "A", "env": "production", "repo": null},
    })
}

fn answer(source: &str, state: JobState) -> bool {
    let values = values();
    let context = Context {
        values: &values,
        state,
    };
    Expr::parse(source).unwrap().eval(&context)
}

#[test]
fn numbers_are_the_same_at_any_depth() {
    let left = json!({"a": [1, {"b": 2.0}], "c": "1"});
    assert!(json_equal(&left, &json!({"a": [1.0, {"b": 2}], "c": "1"})));
    for right in [
        json!({"a": [1, {"b": 2.5}], "c": "1"}),
        json!({"a": [1], "c": "1"}),
        json!({"a": [1, {"b": 2.0}], "c": 1}),
        json!({"a": [1, {"b": 2.0}], "c": "1", "d": null}),
        json!({"a": [1, {"b": 2.0}]}),
    ] {
        assert!(!json_equal(&left, &right), "{right}");
    }
}

#[test]
fn conditions_that_hold() {
    for source in [
        "true",
        "params.x == 3",
        "params.x == 3.0 && params.name != 'db'",
        "params['my-x'] == \"yes\"",
        "params.list[0] == 'a'",
        "steps.build-it.status == 'succeeded'",
        "steps.build-it.exit_code == 0",
        "starts_with(steps.build-it.outputs.url, 'https://')",
        "ends_with(params.name, 'eb')",
        "contains(params.list, 2) && contains(params.name, 'e') && contains(params, 'flag')",
        "run.attempt > 1 && run.attempt <= 2",
        "'a' < 'b'",
        "!params.flag",
        "params.missing == null && params.missing.deeper == null && run.repo == null",
        "false || (params.x >= 3 && !(params.x > 3))",
        "'it''s' == \"it's\"",
        "-1 < 0",
        "params.list",
        "success()",
        "(params.x == 3) == true",
        "9007199254740993 > 9007199254740992",
    ] {
        assert!(answer(source, JobState::Ok), "{source}");
    }
}

#[test]
fn conditions_that_do_not_hold() {
    for source in [
        "false",
        "null",
        "0",
        "''",
        "params.none",
        "params.x == '3'",
        "params.x > 'a'",
        "params.x < params.missing",
        "null >= null",
        "contains(params.x, 'a')",
        "contains(params.name, 3)",
        "failure()",
        "cancelled()",
        "params.list[7]",
        "params.name[0]",
    ] {
        assert!(!answer(source, JobState::Ok), "{source}");
    }
}

#[test]
fn after_a_failure_only_steps_that_ask_for_it_run() {
    for (source, ok, failed, cancelled) in [
        ("true", true, false, false),
        ("success()", true, false, false),
        ("failure()", false, true, false),
        ("always()", true, true, true),
        ("cancelled()", false, false, true),
        ("!cancelled()", true, true, false),
        ("failure() && params.x == 3", false, true, false),
    ] {
        assert_eq!(answer(source, JobState::Ok), ok, "{source}");
        assert_eq!(answer(source, JobState::Failed), failed, "{source}");
        assert_eq!(answer(source, JobState::Cancelled), cancelled, "{source}");
    }
    let values = values();
    let failed = Context {
        values: &values,
        state: JobState::Failed,
    };
    assert_eq!(should_run(None, &failed), Ok(false));
    assert_eq!(should_run(Some("always()"), &failed), Ok(true));
}

#[test]
fn mistakes_are_named_with_their_column() {
    for (source, column, message, hint) in [
        (
            "params.x = 3",
            10,
            "`=` has no meaning here",
            "write `==` to compare",
        ),
        (
            "param.x == 3",
            1,
            "`param` is unknown",
            "did you mean `params`?",
        ),
        (
            "${{ params.x }}",
            1,
            "`$` has no meaning here",
            "write the expression alone, without `${{` and `}}`",
        ),
        (
            "sucess()",
            1,
            "there is no function `sucess`",
            "did you mean `success`?",
        ),
        (
            "contains(params.x)",
            1,
            "`contains` takes 2 arguments, here are 1",
            "",
        ),
        (
            "1 < params.x < 5",
            14,
            "comparisons do not chain",
            "combine two with `&&`",
        ),
        ("'open", 1, "this text has no end", "end it with '"),
        ("(true", 6, "here should be `)`", ""),
        (
            "true and false",
            6,
            "`and` has no meaning here",
            "write `&&` for and, `||` for or, `!` for not",
        ),
        (
            "",
            1,
            "the expression ends too early",
            "write for example `params.x`, `steps.build.outputs.url` or `run.id`",
        ),
        ("3x", 1, "`3x` is no number", "put a text into quotes"),
        (
            "secrets.TOKEN != ''",
            1,
            "`secrets` is unknown",
            "expressions see `params`, `steps` and `run`; test a variable in a `run` step",
        ),
    ] {
        let error = Expr::parse(source).unwrap_err();
        assert_eq!(
            (error.column, error.message.as_str(), error.hint.as_str()),
            (column, message, hint),
            "{source}"
        );
    }
}

#[test]
fn depth_and_length_are_limited() {
    let deep = |levels| format!("{}true{}", "(".repeat(levels), ")".repeat(levels));
    assert!(Expr::parse(&deep(31)).is_ok());
    assert_eq!(
        Expr::parse(&deep(32)).unwrap_err().message,
        "nested deeper than 32 levels"
    );
    assert!(Expr::parse(&format!("{}true", "!".repeat(900))).is_err());
    assert!(Expr::parse(&format!("true{}", " || true".repeat(120))).is_ok());
    assert_eq!(
        Expr::parse(&" ".repeat(1_001)).unwrap_err().message,
        "the expression is longer than 1000 bytes"
    );
}

#[test]
fn paths_are_listed_as_they_are_written() {
    let expr = Expr::parse("params['a b'] == steps.x.outputs.y || params.l[0]").unwrap();
    let written: Vec<_> = expr.paths().iter().map(PathRef::to_string).collect();
    assert_eq!(
        written,
        ["params['a b']", "steps.x.outputs.y", "params.l[0]"]
    );
    assert_eq!(expr.paths()[1].column, 18);
}
