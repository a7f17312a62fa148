use super::*;
use crate::parse;
use serde_json::json;

/// The canonical schema of `params:` text, which is indented by two spaces here.
fn schema_of(params: &str) -> Value {
    parse(&runbook(params), "r.yaml").unwrap().params
}

fn problems_of(params: &str) -> Vec<String> {
    let problems = parse(&runbook(params), "r.yaml").unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

fn runbook(params: &str) -> String {
    format!("version: 1\nslug: r\ntitle: R\nsteps: [{{id: a, run: echo}}]\nparams:\n{params}")
}

fn check(schema: &Value, params: Value) -> Result<Value, Vec<String>> {
    check_params(schema, params.as_object().unwrap())
        .map(Value::Object)
        .map_err(|errors| {
            let line = |error: &FieldError| format!("{}: {}", error.field, error.message);
            errors.iter().map(line).collect()
        })
}

#[test]
fn the_order_in_which_they_were_written_is_kept() {
    let order = |schema: &Value, name: &str| schema["properties"][name]["x-order"].as_u64();
    let written = schema_of("  zone: {type: string}\n  area: {type: string}\n");
    assert_eq!(
        (order(&written, "zone"), order(&written, "area")),
        (Some(0), Some(1))
    );
    // As a program reads it, whose maps are sorted.
    let again = parse(
        &json!({ "version": 1, "slug": "r", "title": "R",
        "steps": [{ "id": "a", "run": "echo" }], "params": written })
        .to_string(),
        "r.json",
    );
    assert_eq!(again.unwrap().params, written);
}

#[test]
fn short_and_full_form_are_the_same_schema() {
    let short = schema_of(
        "  service: {type: string, required: true}\n  port: {type: integer, default: 80}\n",
    );
    let full = schema_of(
        "  type: object\n  required: [service]\n  properties:\n    port: {type: integer, default: 80, x-order: 1}\n    service: {type: string, x-order: 0}\n",
    );
    assert_eq!(short, full);
    assert_eq!(
        short,
        json!({
            "type": "object",
            "properties": {
                "port": {"type": "integer", "default": 80, "x-order": 1},
                "service": {"type": "string", "x-order": 0},
            },
            "required": ["service"],
            "additionalProperties": false,
        })
    );
}

#[test]
fn a_parameter_may_be_called_type_or_properties() {
    let schema = schema_of("  type: {type: string}\n  properties: {type: object}\n");
    assert_eq!(
        schema["properties"],
        json!({"type": {"type": "string", "x-order": 0}, "properties": {"type": "object", "x-order": 1}})
    );
}

#[test]
fn a_runbook_without_parameters_takes_none() {
    assert_eq!(schema_of("  {}\n"), empty());
    assert_eq!(check(&empty(), json!({})), Ok(json!({})));
    assert_eq!(
        check(&Value::Null, json!({"x": 1})),
        Err(vec![
            "/params/x: there is no parameter `x`; there are no known names".into()
        ])
    );
}

#[test]
fn defaults_fill_what_is_missing_also_inside() {
    let schema = schema_of(
        "  port: {type: integer, default: 80}\n  target:\n    type: object\n    properties: {host: {type: string, default: localhost}}\n  hosts:\n    type: array\n    items: {type: object, properties: {user: {default: root}}}\n",
    );
    assert_eq!(
        check(
            &schema,
            json!({"target": {}, "hosts": [{}, {"user": "me"}]})
        ),
        Ok(json!({
            "port": 80,
            "target": {"host": "localhost"},
            "hosts": [{"user": "root"}, {"user": "me"}],
        }))
    );
    assert_eq!(check(&schema, json!({"port": 1})), Ok(json!({"port": 1})));
}

#[test]
fn every_wrong_parameter_is_named_with_what_is_wrong() {
    let schema = schema_of(
        r#"  service: {type: string, required: true, minLength: 1}
  severity: {enum: [sev1, sev2]}
  port: {type: integer, minimum: 1, exclusiveMaximum: 65536}
  ratio: {type: [number, "null"]}
  tags: {type: array, items: {type: string, maxLength: 3}, maxItems: 2, uniqueItems: true}
  name: {type: string, pattern: "^[a-z]+$"}
  fixed: {const: 7}
  options: {type: object, properties: {a: {type: boolean}}, additionalProperties: false}
"#,
    );
    assert_eq!(
        check(
            &schema,
            json!({
                "severity": "sev", "port": 65536, "ratio": "high", "tags": ["a", "long", "a"],
                "name": "A1", "fixed": 8, "options": {"a": 1, "b": 2}, "servce": "x",
            })
        ),
        Err([
            "/params/service: is required",
            "/params/fixed: must be `7`",
            "/params/name: does not match the pattern `^[a-z]+$`",
            "/params/options/a: must be true or false, not a number",
            "/params/options/b: there is no parameter `b`; known names: a",
            "/params/port: must be less than 65536, is 65536",
            "/params/ratio: must be a number or null, not a string",
            "/params/servce: there is no parameter `servce`; did you mean `service`?",
            "/params/severity: must be one of `sev1`, `sev2`; did you mean `sev1`?",
            "/params/tags: must have at most 2 items, has 3",
            "/params/tags: must not hold `a` twice",
            "/params/tags/1: must have at most 3 characters, has 4",
        ]
        .map(String::from)
        .to_vec())
    );
    let right = json!({
        "service": "web", "severity": "sev2", "port": 443.0, "ratio": null, "tags": ["a", "b"],
        "name": "abc", "fixed": 7.0, "options": {"a": true},
    });
    assert_eq!(check(&schema, right.clone()), Ok(right));
    assert_eq!(
        check(&schema, json!({"service": ""})),
        Err(vec!["/params/service: must not be empty".into()])
    );
}

#[test]
fn what_is_outside_the_supported_part_is_refused_where_it_stands() {
    assert_eq!(
        problems_of(
            "  a: {type: strng}\n  b: {oneOf: []}\n  c: {minLenght: 1}\n  d: {type: string, secret: true}\n  e: {pattern: \"(?=x)\"}\n  f: {type: integer, default: many}\n  g: {minLength: -1}\n  h:\n  1x: {}\n  i: {type: object, properties: {x: {}}, required: [y]}\n"
        ),
        [
            "r.yaml:6:13: `strng` is no type\n  hint: did you mean `string`?",
            "r.yaml:7:7: `oneOf` is no supported keyword of a parameter's schema\n  hint: supported: type, enum, const, default, title, description, examples, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, pattern, format, items, minItems, maxItems, uniqueItems, properties, required, additionalProperties, x-order, $schema, $comment",
            "r.yaml:8:7: `minLenght` is no supported keyword of a parameter's schema\n  hint: did you mean `minLength`?",
            "r.yaml:9:21: parameters are shown and stored, so `secret` cannot be kept\n  hint: take it out of `params` and list the variable under `secrets:`",
            "r.yaml:10:16: the pattern cannot be used: look-around is not supported\n  hint: look-around and back references are not supported",
            "r.yaml:11:31: the default does not fit its own schema: must be an integer, not a string",
            "r.yaml:12:18: here should be a whole number from 0, not a number",
            "r.yaml:13:4: the parameter `h` has no schema\n  hint: write for example `{type: string}`",
            "r.yaml:14:3: `1x` is no name of a parameter\n  hint: letters, digits, `_`, `-` and `.`, at most 64, not beginning with a digit",
            "r.yaml:15:53: `y` is required but not declared\n  hint: declared: x",
        ]
    );
}

#[test]
fn two_parameters_may_not_become_one_variable() {
    assert_eq!(
        problems_of("  my-x: {}\n  my_x: {}\n"),
        [
            "r.yaml:7:3: `my-x` and `my_x` would both be the variable PARAM_my_x\n  hint: rename one of the two"
        ]
    );
}

#[test]
fn the_command_line_is_read_by_the_types_of_the_schema() {
    let schema = schema_of(
        "  n: {type: integer}\n  b: {type: boolean}\n  l: {type: array}\n  o: {type: object}\n  s: {type: string}\n  e: {enum: [1, two]}\n  nul: {type: [\"null\", string]}\n  any: {}\n",
    );
    for (key, text, value) in [
        ("n", "3", json!(3)),
        ("n", "three", json!("three")),
        ("b", "true", json!(true)),
        ("b", "yes", json!("yes")),
        ("l", "[1, 2]", json!([1, 2])),
        ("o", r#"{"a": 1}"#, json!({"a": 1})),
        ("s", "3", json!("3")),
        ("e", "1", json!(1)),
        ("e", "two", json!("two")),
        ("nul", "", json!(null)),
        ("nul", "x", json!("x")),
        ("any", "3", json!("3")),
        ("unknown", "3", json!("3")),
    ] {
        assert_eq!(parse_cli_param(&schema, key, text), value, "{key}={text}");
    }
}
