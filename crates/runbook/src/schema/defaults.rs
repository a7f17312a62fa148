//! Defaults of the schema for what is missing.

use serde_json::{Map, Value};

/// Fills in what is missing, also inside of objects and lists that are there.
pub(super) fn apply(schema: &Value, object: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return;
    };
    for (name, property) in properties {
        match object.get_mut(name) {
            Some(value) => inside(property, value),
            None => {
                if let Some(default) = property.get("default") {
                    object.insert(name.clone(), default.clone());
                }
            }
        }
    }
}

fn inside(schema: &Value, value: &mut Value) {
    match value {
        Value::Object(object) => apply(schema, object),
        Value::Array(items) => {
            if let Some(item_schema) = schema.get("items") {
                items.iter_mut().for_each(|item| inside(item_schema, item));
            }
        }
        _ => {}
    }
}
