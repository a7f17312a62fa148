use regex_lite::Regex;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::sync::LazyLock;

/// What must be the same everywhere: not ids and times, and not what a host says about its own pace.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<String>,
    pub body: String,
}

/// Headers that a caller acts on.
const HEADERS: [&str; 9] = [
    "allow",
    "cache-control",
    "content-disposition",
    "content-security-policy",
    "content-type",
    "location",
    "ops-protocol",
    "retry-after",
    "x-content-type-options",
];

/// What hosts may say differently: docs/API.md tells clients to follow it.
const PACE: [&str; 7] = [
    "seen_ms_ago",
    // A component is not told who calls.
    "source_address",
    "waited_ms",
    "poll_after_ms",
    "heartbeat_after_ms",
    "lease_seconds",
    "id",
];

impl Answer {
    pub fn of(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let mut kept: Vec<String> = HEADERS
            .iter()
            .filter_map(|name| Some(format!("{name}: {}", masked(text(name)?))))
            .collect();
        // Each cookie, although there may be two headers of one name.
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap_or_default();
            let (name, rest) = cookie.split_once('=').unwrap_or_default();
            let attributes = rest.split_once(';').unwrap_or_default().1;
            // A host whose front ends TLS marks its cookies so.
            let attributes = attributes.replace("; Secure", "");
            kept.push(format!("set-cookie: {name}{}", masked(&attributes)));
        }
        let kind = text("content-type").unwrap_or_default();
        Answer {
            status,
            headers: kept,
            body: shown(kind, body),
        }
    }
}

fn shown(kind: &str, body: &[u8]) -> String {
    if kind.contains("json") && !body.is_empty() {
        let mut value: Value = serde_json::from_slice(body).expect("JSON");
        without_pace(&mut value);
        return masked(&value.to_string());
    }
    let text = String::from_utf8_lossy(body);
    if kind.starts_with("text/html") {
        // The bones: what stands between them holds ages, tokens and addresses.
        static TAG: LazyLock<Regex> =
            LazyLock::new(|| Regex::new("<(/?[a-z][a-z0-9]*)").expect("a pattern"));
        static DRAWN: LazyLock<Regex> =
            LazyLock::new(|| Regex::new("(?s)<svg.*?</svg>").expect("a pattern"));
        // A timeline has as many ticks as time has passed.
        let text = DRAWN.replace_all(&text, "");
        let tags = TAG.captures_iter(&text).map(|tag| tag[1].to_string());
        return tags.collect::<Vec<_>>().join(" ");
    }
    masked(&text)
}

fn without_pace(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !PACE.contains(&name.as_str()));
            fields.values_mut().for_each(without_pace);
        }
        Value::Array(items) => items.iter_mut().for_each(without_pace),
        _ => {}
    }
}

fn masked(text: &str) -> String {
    static MASKS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (
                r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                "<uuid>",
            ),
            (
                r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?",
                "<time>",
            ),
            (r"ops_[A-Za-z0-9_-]{43}", "<token>"),
            (r"id [0-9a-f]{16}", "<id>"),
            (r"127\.0\.0\.1(:\d+)?", "<here>"),
        ]
        .map(|(pattern, name)| (Regex::new(pattern).expect("a pattern"), name))
        .into()
    });
    let mut text = text.to_string();
    for (pattern, name) in MASKS.iter() {
        text = pattern.replace_all(&text, *name).into_owned();
    }
    text
}
