use super::*;
use ops_core::FieldError;
use serde_json::json;

fn schema() -> Value {
    json!({"type": "object", "required": ["region", "replicas"], "properties": {
        "region": {"type": "string", "enum": ["eu", "us"], "title": "Region"},
        "replicas": {"type": "integer", "minimum": 1, "maximum": 9, "default": 2},
        "image": {"type": "string", "pattern": "^api", "description": "What is deployed."},
        "dry_run": {"type": "boolean", "default": true},
        "canary": {"type": "boolean"},
        "hosts": {"type": "array", "items": {"type": "string"}},
        "zones": {"type": "array", "items": {"enum": ["a", "b"]}},
        "limits": {"type": "object", "properties": {"cpu": {"type": "number"}, "deep": {"type": "object", "properties": {"x": {}}}}},
        "any": {},
    }})
}

fn by_name<'f>(form: &'f Form, name: &str) -> &'f Field {
    form.fields.iter().find(|field| field.name == name).unwrap()
}

#[test]
fn each_type_has_its_control() {
    let drawn = form(&schema(), &Map::new(), &[]);
    assert_eq!(drawn.fields[0].name, "/params/region");
    assert_eq!(drawn.fields[1].input.as_ref().unwrap().value, "2");
    assert_eq!(
        by_name(&drawn, "/params/replicas")
            .input
            .as_ref()
            .unwrap()
            .max,
        "9"
    );
    assert_eq!(
        by_name(&drawn, "/params/image")
            .input
            .as_ref()
            .unwrap()
            .pattern,
        ".*(?:^api).*"
    );
    assert!(
        by_name(&drawn, "/params/dry_run")
            .check
            .as_ref()
            .unwrap()
            .checked
    );
    assert_eq!(
        by_name(&drawn, "/params/canary")
            .select
            .as_ref()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        by_name(&drawn, "/params/zones")
            .checks
            .as_ref()
            .unwrap()
            .len(),
        2
    );
    assert!(
        by_name(&drawn, "/params/any")
            .area
            .as_ref()
            .unwrap()
            .is_code
    );
    let group = by_name(&drawn, "/params/limits").group.as_ref().unwrap();
    assert_eq!(group[0].name, "/params/limits/cpu");
    assert!(group[1].area.is_some());
}

#[test]
fn errors_stand_by_their_field() {
    let error = |field: &str, message: &str| FieldError {
        field: field.into(),
        message: message.into(),
    };
    let errors = [
        error("/params/image", "must match"),
        error("/params/hosts/1", "must not be empty"),
        error("/params/limits/cpu", "must be more"),
        error("/params/typo", "is not declared"),
    ];
    let drawn = form(&schema(), &Map::new(), &errors);
    let image = by_name(&drawn, "/params/image");
    assert_eq!(image.errors, ["must match"]);
    assert_eq!(
        image.described_by,
        "f-params-image-about f-params-image-error"
    );
    assert_eq!(
        by_name(&drawn, "/params/hosts").errors,
        ["must not be empty"]
    );
    let group = by_name(&drawn, "/params/limits");
    assert_eq!(
        (
            group.errors.len(),
            group.group.as_ref().unwrap()[0].errors.len()
        ),
        (0, 1)
    );
    assert_eq!(drawn.errors, ["typo: is not declared"]);
}

#[test]
fn what_was_sent_comes_back() {
    let sent: Vec<(String, String)> = [
        ("csrf", "x"),
        ("/params/region", "\"us\""),
        ("/params/replicas", " 3 "),
        ("/params/image", ""),
        ("/params/dry_run", "false"),
        ("/params/canary", ""),
        ("/params/hosts", "a\r\n\r\nb"),
        ("/params/zones", "\"b\""),
        ("/params/limits/cpu", "0.5"),
        ("/params/any", "[1]"),
    ]
    .map(|(name, value)| (name.to_string(), value.to_string()))
    .to_vec();
    assert_eq!(
        Value::Object(read_form(&schema(), &sent).unwrap()),
        json!({"region": "us", "replicas": 3, "dry_run": false, "hosts": ["a", "b"],
               "zones": ["b"], "limits": {"cpu": 0.5}, "any": [1]})
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    let sent = [
        ("/params/replicas".to_string(), "many".to_string()),
        ("/params/any".into(), "{".into()),
    ];
    let errors = read_form(&schema(), &sent).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[1].field, "/params/replicas");
    assert_eq!(errors[1].message, "must be a number");
}

#[test]
fn a_schema_that_is_none_has_no_fields() {
    for odd in [
        json!(null),
        json!([]),
        json!({"properties": 3}),
        json!({"properties": {"a": 1}}),
    ] {
        form(&odd, &Map::new(), &[]);
        assert!(read_form(&odd, &[]).is_ok());
    }
}

#[test]
fn fields_stand_as_they_were_written() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"x-order": 2}, "b": {"x-order": 0}, "c": {"x-order": 1}}});
    let drawn = form(&schema, &Map::new(), &[]);
    let names: Vec<&str> = drawn
        .fields
        .iter()
        .map(|field| field.label.as_str())
        .collect();
    assert_eq!(names, ["b", "c", "a"]);
}
