//! docs/openapi.json as the oracle of every answer of every test.

use ops_core::BASE_PATH;
use reqwest::Url;
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON")
});

/// That the verb's entry knows the status, and with a refusal its code. What the router says by
/// itself, of verbs and methods that do not exist, is no verb's answer.
pub fn check(url: &Url, status: u16, body: &[u8]) {
    let verb = url.path().strip_prefix(BASE_PATH).unwrap_or_default();
    let Some(methods) = DOCUMENT["paths"].get(verb).and_then(Value::as_object) else {
        return;
    };
    if status == 405 {
        return;
    }
    let operation = methods.values().next().expect("a method");
    let answer = &operation["responses"][status.to_string()];
    let shown = String::from_utf8_lossy(body);
    assert!(
        !answer.is_null(),
        "{verb}: {status} is not documented: {shown}"
    );
    let Some(place) = answer["$ref"].as_str() else {
        return;
    };
    // An answer to HEAD has no body.
    if let Ok(problem) = serde_json::from_slice::<Value>(body) {
        let code = problem["code"].as_str().expect("a code");
        let codes = place.rsplit('/').next().unwrap_or_default();
        let known = codes.split("-or-").any(|known| known == code);
        assert!(known, "{verb}: {code} is not documented: {shown}");
    }
}
