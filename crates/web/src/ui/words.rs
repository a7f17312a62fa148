//! A run in words, the same on each page.

use super::json::{number, some_text, status, text, time};
use ops_core::RunStatus;
use ops_render::Href;
use ops_render::view::{Badge, Link, Span};
use ops_render::words::{Freshness, UnixMs};
use serde_json::Value;

pub fn run_href(run: &Value) -> Href {
    Href::path(&["runs", text(run, "id")])
}

pub fn short_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// Whether somebody holds the run by the database's clock.
pub fn is_held(run: &Value) -> bool {
    time(run, "lease_expires_at").is_some()
}

/// From the age of the lease, never from the stored word alone: a run whose worker is silent is not
/// running, and one that was cancelled is being cancelled until its worker has said so.
pub fn badge(run: &Value, now: UnixMs) -> Badge {
    let status = status(run);
    match (status, time(run, "lease_expires_at")) {
        (RunStatus::Cancelled, Some(end)) if end > now => Badge::cancelling(),
        (RunStatus::Claimed | RunStatus::Running, Some(end)) if end <= now => Badge::lost(),
        _ => Badge::run(status),
    }
}

pub fn freshness(run: &Value, now: UnixMs) -> Option<Freshness> {
    Some(Freshness::of(
        time(run, "heartbeat_at")?,
        time(run, "lease_expires_at")?,
        now,
    ))
}

/// `1 of 3`; empty before the first.
pub fn attempt(run: &Value) -> String {
    match number(run, "attempt") {
        0 => String::new(),
        attempt => format!("{attempt} of {}", number(run, "max_attempts").max(attempt)),
    }
}

/// From its start to its end, or to now; of a queued one, nothing.
pub fn took(run: &Value, now: UnixMs) -> Span {
    let start = time(run, "started_at").or_else(|| time(run, "claimed_at"));
    match (start, time(run, "finished_at")) {
        (Some(start), end) => Span::between(start, end, now),
        (None, Some(end)) => {
            Span::fixed(end.saturating_sub(time(run, "created_at").unwrap_or(end)))
        }
        (None, None) => Span::default(),
    }
}

pub fn can_cancel(run: &Value) -> bool {
    !status(run).is_terminal()
}

/// What did not succeed can be tried again, by a new run.
pub fn can_retry(run: &Value) -> bool {
    let status = status(run);
    status.is_terminal() && status != RunStatus::Succeeded
}

pub fn template_link(run: &Value) -> Option<Link> {
    let slug = some_text(run, "template")?;
    let words = match number(run, "template_version") {
        0 => slug.to_string(),
        version => format!("{slug} v{version}"),
    };
    Some(Link::to(words, Href::path(&["templates", slug])))
}

/// A worker; all its runs are behind the link.
pub fn worker_link(id: &str) -> Link {
    match id {
        "" => Link::plain(""),
        id => Link::to(id, Href::path(&["runs"]).with("worker", id)),
    }
}

/// Why it failed or why it waits, in a line.
pub fn note(run: &Value) -> String {
    let reason = some_text(run, "reason").map(|word| word.replace('_', " "));
    match (some_text(run, "error"), reason) {
        (Some(error), _) => error.lines().next().unwrap_or_default().into(),
        (None, Some(reason)) => reason,
        (None, None) => text(&run["waiting"], "detail").into(),
    }
}

/// How often a page asks where there is no stream: quickly while something goes on.
pub fn poll_ms(is_busy: bool) -> u32 {
    if is_busy { 1_000 } else { 3_000 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: UnixMs = 1_764_023_400_000;

    fn run(status: &str, lease: Option<i64>) -> Value {
        let lease = lease.map(|ms| ops_render::words::iso(NOW + ms));
        json!({ "id": "8dfdee46-0f3f-4305-aba3-c316f6576a6f", "status": status, "lease_expires_at": lease })
    }

    #[test]
    fn a_badge_looks_at_the_lease_before_the_word() {
        let word = |status, lease| badge(&run(status, lease), NOW).word;
        assert_eq!(word("running", Some(9_000)), "running");
        assert_eq!(word("running", Some(-1)), "no heartbeat");
        assert_eq!(word("cancelled", Some(9_000)), "cancelling…");
        assert_eq!(word("cancelled", None), "cancelled");
        assert_eq!(word("queued", None), "queued");
    }

    #[test]
    fn only_what_did_not_succeed_is_tried_again() {
        assert!(can_cancel(&run("queued", None)) && !can_retry(&run("queued", None)));
        assert!(can_retry(&run("failed", None)) && !can_cancel(&run("failed", None)));
        assert!(!can_retry(&run("succeeded", None)));
    }

    #[test]
    fn the_error_says_more_than_the_reason() {
        assert_eq!(
            note(&json!({ "reason": "step_failed", "error": "exit 1\nmore" })),
            "exit 1"
        );
        assert_eq!(note(&json!({ "reason": "step_failed" })), "step failed");
        assert_eq!(
            note(&json!({ "waiting": { "detail": "after 1 run" } })),
            "after 1 run"
        );
    }
}
