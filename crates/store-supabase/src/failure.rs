//! What a failed exchange means. The `code` of the body decides first, then the HTTP status: a
//! missing `code` means that something in front of PostgREST answered.
//! Codes of PostgREST 12 to 16; <https://docs.postgrest.org/en/stable/references/errors.html>.

use ops_core::port::{HttpResponse, StoreError};
use serde_json::Value;

/// The part of an error body that is used. `details` and `hint` are not even read: they may hold the
/// values of a row.
struct Said {
    code: String,
    message: String,
}

pub fn classify(response: &HttpResponse) -> StoreError {
    match said(&response.body) {
        Some(said) if !said.code.is_empty() => by_code(&said, response),
        said => by_status(said.as_ref(), response),
    }
}

/// Whether everything was rolled back, so that the call may simply be made again.
pub fn was_rolled_back(response: &HttpResponse) -> bool {
    said(&response.body).is_some_and(|said| matches!(said.code.as_str(), "40001" | "40P01"))
}

fn said(body: &[u8]) -> Option<Said> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| {
        let text = body.get(name).and_then(Value::as_str);
        text.unwrap_or_default().chars().take(300).collect()
    };
    body.is_object().then(|| Said {
        code: text("code"),
        message: text("message"),
    })
}

fn by_code(said: &Said, response: &HttpResponse) -> StoreError {
    let text = format!("{} {}", said.code, said.message);
    match said.code.as_str() {
        // A missing function, table or schema, in the words of different versions.
        "PGRST202" | "PGRST205" | "PGRST106" | "42P01" | "42883" => StoreError::NotInstalled(text),
        // Somebody else's function of the same name: the migration cannot have made it.
        "PGRST203" => StoreError::Misconfigured(text),
        // No right to execute, or a key that PostgREST cannot read.
        "42501" | "PGRST300" | "PGRST301" | "PGRST302" | "PGRST303" => {
            StoreError::Misconfigured(text)
        }
        // No connection, no schema cache yet, or no room in the pool.
        "PGRST000" | "PGRST001" | "PGRST002" | "PGRST003" => passing(text, response),
        code if code.starts_with("PGRST") => StoreError::Failed(text),
        code if is_passing(code) => passing(text, response),
        _ => StoreError::Failed(text),
    }
}

/// Connection (08), a conflict that rolled everything back (40), resources (53), cancelled or
/// shutting down (57), system (58).
fn is_passing(code: &str) -> bool {
    ["08", "40", "53", "57", "58"]
        .iter()
        .any(|class| code.starts_with(class))
}

fn by_status(said: Option<&Said>, response: &HttpResponse) -> StoreError {
    let words = said.map(|said| said.message.as_str()).unwrap_or_default();
    let text = format!("HTTP {} {words}", response.status);
    let text = text.trim_end();
    match response.status {
        401 | 403 => StoreError::Misconfigured(format!("{text}: the key is refused")),
        // PostgREST says which function it misses; a bare 404 is another server.
        300..=399 | 404 | 405 => {
            StoreError::Misconfigured(format!("{text}: there is no Supabase REST at this address"))
        }
        // Supabase's own status for a project that sleeps.
        540 => StoreError::Misconfigured(format!("{text}: the project is paused")),
        408 | 425 | 429 | 500..=599 => passing(text.into(), response),
        _ => StoreError::Failed(text.into()),
    }
}

/// Longest pause that is passed on, in seconds: a worker's lease must not depend on a proxy's whim.
const LONGEST_PAUSE: u32 = 60;

fn passing(why: String, response: &HttpResponse) -> StoreError {
    let asked = response
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
        .and_then(|(_, value)| value.trim().parse::<u32>().ok());
    StoreError::Unavailable {
        why,
        retry_after_seconds: asked.unwrap_or(1).clamp(1, LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("Retry-After".into(), "7".into())],
            body: body.into(),
        }
    }

    fn kind(status: u16, body: &str) -> &'static str {
        match classify(&answered(status, body)) {
            StoreError::NotInstalled(_) => "not installed",
            StoreError::Unavailable { .. } => "unavailable",
            StoreError::Misconfigured(_) => "misconfigured",
            StoreError::Failed(_) => "failed",
        }
    }

    #[test]
    fn the_code_decides_before_the_status() {
        for (status, code, expected) in [
            (404, "PGRST202", "not installed"),
            (404, "PGRST205", "not installed"),
            (406, "PGRST106", "not installed"),
            (404, "42P01", "not installed"),
            (404, "42883", "not installed"),
            (300, "PGRST203", "misconfigured"),
            (401, "42501", "misconfigured"),
            (403, "42501", "misconfigured"),
            (401, "PGRST301", "misconfigured"),
            (401, "PGRST303", "misconfigured"),
            (503, "PGRST000", "unavailable"),
            (503, "PGRST001", "unavailable"),
            (503, "PGRST002", "unavailable"),
            (504, "PGRST003", "unavailable"),
            (500, "57014", "unavailable"),
            (503, "57P01", "unavailable"),
            (503, "53300", "unavailable"),
            (503, "08006", "unavailable"),
            (500, "40P01", "unavailable"),
            (400, "P0001", "failed"),
            (400, "22P02", "failed"),
            (409, "23505", "failed"),
            (400, "PGRST102", "failed"),
            (500, "XX000", "failed"),
        ] {
            let body = format!(r#"{{"code":"{code}","message":"m","details":null,"hint":null}}"#);
            assert_eq!(kind(status, &body), expected, "{status} {code}");
        }
    }

    #[test]
    fn what_stands_in_front_is_told_by_its_status() {
        let key = r#"{"message":"Invalid API key","hint":"Double check"}"#;
        assert_eq!(kind(401, key), "misconfigured");
        assert_eq!(kind(404, "<html>not found</html>"), "misconfigured");
        assert_eq!(kind(301, ""), "misconfigured");
        assert_eq!(kind(540, "project paused"), "misconfigured");
        assert_eq!(kind(502, "<html>bad gateway</html>"), "unavailable");
        assert_eq!(kind(429, r#"{"message":"slow down"}"#), "unavailable");
        assert_eq!(kind(520, ""), "unavailable");
        assert_eq!(kind(418, ""), "failed");
        assert_eq!(kind(500, r#"["no object"]"#), "unavailable");
    }

    #[test]
    fn a_pause_that_was_asked_for_is_passed_on_within_reason() {
        let pause = |headers: Vec<(String, String)>| {
            let response = HttpResponse {
                status: 503,
                headers,
                body: Vec::new(),
            };
            match classify(&response) {
                StoreError::Unavailable {
                    retry_after_seconds,
                    ..
                } => retry_after_seconds,
                other => panic!("{other}"),
            }
        };
        let asked = |value: &str| pause(vec![("retry-after".into(), value.into())]);
        assert_eq!(pause(Vec::new()), 1);
        assert_eq!(asked("7"), 7);
        assert_eq!(asked("0"), 1);
        assert_eq!(asked("86400"), 60);
        assert_eq!(asked("Wed, 25 Nov 2026 10:00:00 GMT"), 1);
    }

    #[test]
    fn the_values_of_a_row_never_come_along() {
        let body = r#"{"code":"23502","message":"null value in column \"name\"","details":"Failing row contains (hunter2)","hint":"hunter2"}"#;
        assert!(
            !classify(&answered(400, body))
                .to_string()
                .contains("hunter2")
        );
    }
}
