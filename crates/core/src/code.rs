//! Refusals: each has a stable code, an HTTP status and a hint that says what to do.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $title:literal, $hint:literal;)*) => {
        /// A refusal of the API. The word is stable; programs decide on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(any(test, feature = "schema"), derive(schemars::JsonSchema))]
        pub enum Code { $($(#[$doc])* #[serde(rename = $word)] $variant,)* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];
            pub fn as_str(self) -> &'static str { match self { $(Code::$variant => $word,)* } }
            /// HTTP status with which the refusal leaves the API.
            pub fn status(self) -> u16 { match self { $(Code::$variant => $status,)* } }
            pub fn title(self) -> &'static str { match self { $(Code::$variant => $title,)* } }
            /// What the caller can do about it.
            pub fn hint(self) -> &'static str { match self { $(Code::$variant => $hint,)* } }
            pub fn parse(word: &str) -> Option<Code> { match word { $($word => Some(Code::$variant),)* _ => None } }
        }
    };
}

codes! {
    MalformedJson = "malformed_json", 400, "The body is not JSON", "Send a JSON object in UTF-8; the detail names line and column.";
    BadRequest = "bad_request", 400, "The request cannot be read", "See the detail.";
    Unauthenticated = "unauthenticated", 401, "No valid token", "Send `Authorization: Bearer <token>`; `ops up` prints one, `ops tokens create` mints one.";
    Forbidden = "forbidden", 403, "The token may not do this", "Use a token of the kind and lanes that the detail names.";
    NotFound = "not_found", 404, "There is no such thing", "Check the id or slug; `ops runs` and `GET templates.list` show what exists.";
    UnknownVerb = "unknown_verb", 404, "There is no such verb", "Verbs are dotted, as in `POST runs.create`; docs/API.md lists them.";
    MethodNotAllowed = "method_not_allowed", 405, "Wrong method for this verb", "Reads are GET, writes are POST.";
    LeaseLost = "lease_lost", 409, "This attempt no longer holds the run", "Stop the work at once: another attempt may be running. Nothing was changed.";
    AlreadyFinished = "already_finished", 409, "The run has ended", "Nothing leaves a terminal state; `runs.retry` makes a new run.";
    EventsGap = "events_gap", 409, "Events are missing before these", "Send from `last_seq` + 1 on.";
    EventsMissing = "events_missing", 409, "The log is not complete yet", "Send the events after `last_seq`, then finish again.";
    StaleRequest = "stale_request", 409, "A later claim of this worker was already answered", "Raise `request_id` by one with every claim.";
    NameTaken = "name_taken", 409, "An artifact of this name has other bytes", "Choose another name; artifacts never change.";
    IdempotencyMismatch = "idempotency_mismatch", 409, "The idempotency key was used with another body", "Use a new key for a different run.";
    SlugTaken = "slug_taken", 409, "A template with this slug exists", "Choose another slug.";
    Conflict = "conflict", 409, "The state does not allow this", "See the detail.";
    /// Internal to one request: the template that was validated against is no longer the newest.
    TemplateChanged = "template_changed", 409, "The template changed meanwhile", "Try again.";
    TooLarge = "too_large", 413, "The body is too large", "The detail names the limit; send less at a time.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The content type is not understood", "Send `Content-Type: application/json` (artifacts.put takes multipart/form-data too).";
    Invalid = "invalid", 422, "The request is not valid", "`errors` names each field and what is wrong with it.";
    UpgradeRequired = "upgrade_required", 426, "This client is too old for the server", "Install the version of `ops` that the server runs.";
    RateLimited = "rate_limited", 429, "Too many calls from this caller", "Try again after the seconds of `Retry-After`, and call less often; many runs travel in one call.";
    QueueFull = "queue_full", 429, "The lane holds as many queued runs as it may", "Try again after the seconds of `Retry-After`: workers have to take some first, or an operator raises the lane's `queue_limit`.";
    NotConfigured = "not_configured", 409, "This control room is not set up for that", "See the detail: it names the setting that is missing.";
    NotInstalled = "not_installed", 503, "The database has no schema of ours", "Run `ops setup`: it installs the schema and says what is wrong.";
    Unavailable = "unavailable", 503, "The database does not answer", "Try again; the answer says after how long.";
    Internal = "internal", 500, "Something went wrong on our side", "The server's log has the reason under the same id.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_says_what_to_do() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!(code.hint().len() > 8 && (400..600).contains(&code.status()));
        }
    }
}
