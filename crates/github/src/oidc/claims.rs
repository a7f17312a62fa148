use super::object::Object;
use super::refused::{ClaimFault, Refused};
use crate::text::quoted;
use serde::Serialize;
use serde_json::Value;

/// How far the issuer's clock and ours may differ.
pub const LEEWAY_SECONDS: i64 = 60;
/// From `iat` to `exp`. GitHub's documentation shows tokens of 5 and of 15 minutes; `jti` has to be
/// remembered for as long.
pub const LIFETIME_SECONDS: i64 = 3_600;
/// Of one claim.
pub const CLAIM_CHARACTERS: usize = 1_000;
/// Of `jti`, which becomes a key in the database.
const JTI_CHARACTERS: usize = 200;

/// Events by which strangers start a job that has the rights of the repository.
const NEVER: [&str; 2] = ["pull_request_target", "workflow_run"];

/// Each of them is there, and a text.
const TEXTS: [&str; 9] = [
    "iss",
    "jti",
    "repository",
    "repository_owner",
    "workflow_ref",
    "ref",
    "sha",
    "actor",
    "runner_environment",
];

/// Each of them is there, and a text of digits.
const IDS: [&str; 5] = [
    "repository_id",
    "repository_owner_id",
    "run_id",
    "run_attempt",
    "actor_id",
];

/// These may be missing.
const OPTIONAL: [&str; 2] = ["job_workflow_ref", "environment"];

/// What a verified token says of its job. `sub` is not here: its form has changed, repositories may
/// change it again, and everything in it is a claim of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    pub iss: String,
    /// Used once, until `exp` plus [`LEEWAY_SECONDS`].
    pub jti: String,
    /// Unix seconds.
    pub iat: i64,
    /// Unix seconds.
    pub exp: i64,
    /// `owner/name`, which may change and be taken over by others; the ids may not.
    pub repository: String,
    pub repository_id: u64,
    pub repository_owner: String,
    pub repository_owner_id: u64,
    /// `owner/name/.github/workflows/file.yml@refs/heads/main`
    pub workflow_ref: String,
    /// The same of the workflow that has the job, where that is a reusable one.
    pub job_workflow_ref: Option<String>,
    pub environment: Option<String>,
    pub event_name: String,
    /// `refs/heads/main`
    #[serde(rename = "ref")]
    pub git_ref: String,
    pub sha: String,
    pub run_id: u64,
    /// From 1.
    pub run_attempt: u64,
    pub actor: String,
    pub actor_id: u64,
    /// `github-hosted` or `self-hosted`
    pub runner_environment: String,
}

impl Claims {
    /// Of a payload whose signature was checked.
    pub(super) fn read(payload: &Object, audience: &str, now: i64) -> Result<Self, Refused> {
        check_audience(payload, audience)?;
        let (iat, exp) = check_times(payload, now)?;
        check_text(payload, "event_name")?;
        let event_name = payload.string("event_name").unwrap_or_default();
        if let Some(never) = NEVER.into_iter().find(|never| event_name == *never) {
            return Err(Refused::Event(never));
        }
        OPTIONAL
            .iter()
            .try_for_each(|name| check_optional(payload, name))?;
        TEXTS
            .iter()
            .try_for_each(|name| check_text(payload, name))?;
        IDS.iter().try_for_each(|name| check_id(payload, name))?;
        check_jti(payload)?;
        // Checked, so nothing can be missing from here on.
        let text = |name| payload.string(name).unwrap_or_default();
        let id = |name| number(&text(name)).unwrap_or_default();
        Ok(Claims {
            iss: text("iss"),
            jti: text("jti"),
            iat,
            exp,
            repository: text("repository"),
            repository_id: id("repository_id"),
            repository_owner: text("repository_owner"),
            repository_owner_id: id("repository_owner_id"),
            workflow_ref: text("workflow_ref"),
            job_workflow_ref: payload.string("job_workflow_ref"),
            environment: payload.string("environment"),
            event_name,
            git_ref: text("ref"),
            sha: text("sha"),
            run_id: id("run_id"),
            run_attempt: id("run_attempt"),
            actor: text("actor"),
            actor_id: id("actor_id"),
            runner_environment: text("runner_environment"),
        })
    }
}

/// A token for two audiences could be shown to us by the other one.
fn check_audience(payload: &Object, ours: &str) -> Result<(), Refused> {
    let name = "aud";
    let audience = payload.get(name).ok_or(fault(name, ClaimFault::Missing))?;
    let one = match audience {
        Value::String(one) => Some(one),
        Value::Array(all) => match all.as_slice() {
            [Value::String(one)] => Some(one),
            _ => return Err(Refused::Audience(quoted(&audience.to_string()))),
        },
        _ => return Err(fault(name, ClaimFault::Type)),
    };
    match one.is_some_and(|one| one == ours && !ours.is_empty()) {
        true => Ok(()),
        false => Err(Refused::Audience(one.map_or(String::new(), |o| quoted(o)))),
    }
}

fn check_times(payload: &Object, now: i64) -> Result<(i64, i64), Refused> {
    let iat = time(payload, "iat")?.ok_or(fault("iat", ClaimFault::Missing))?;
    let exp = time(payload, "exp")?.ok_or(fault("exp", ClaimFault::Missing))?;
    let nbf = time(payload, "nbf")?.unwrap_or(iat);
    let age = now.saturating_sub(exp);
    if age >= LEEWAY_SECONDS {
        return Err(Refused::Expired(age));
    }
    let early = nbf.saturating_sub(now);
    if early > LEEWAY_SECONDS {
        return Err(Refused::NotYetValid(early));
    }
    let ahead = iat.saturating_sub(now);
    if ahead > LEEWAY_SECONDS {
        return Err(Refused::IssuedInFuture(ahead));
    }
    let lifetime = exp.saturating_sub(iat);
    if !(1..=LIFETIME_SECONDS).contains(&lifetime) {
        return Err(Refused::Lifetime(lifetime));
    }
    Ok((iat, exp))
}

fn fault(name: &'static str, fault: ClaimFault) -> Refused {
    Refused::Claim { name, fault }
}

/// Whole seconds, as GitHub has them.
fn time(payload: &Object, name: &'static str) -> Result<Option<i64>, Refused> {
    let number = |value: &Value| value.as_i64().ok_or(fault(name, ClaimFault::Type));
    payload.get(name).map(number).transpose()
}

fn check_text(payload: &Object, name: &'static str) -> Result<(), Refused> {
    match payload.get(name) {
        Some(_) => check_optional(payload, name),
        None => Err(fault(name, ClaimFault::Missing)),
    }
}

fn check_optional(payload: &Object, name: &'static str) -> Result<(), Refused> {
    let Some(text) = payload.text(name)? else {
        return Ok(());
    };
    if text.is_empty() {
        return Err(fault(name, ClaimFault::Empty));
    }
    if text.chars().count() > CLAIM_CHARACTERS {
        return Err(fault(name, ClaimFault::Long));
    }
    match text.contains(char::is_control) {
        true => Err(fault(name, ClaimFault::Characters)),
        false => Ok(()),
    }
}

fn check_jti(payload: &Object) -> Result<(), Refused> {
    let jti = payload.text("jti")?.unwrap_or_default();
    match jti.chars().count() <= JTI_CHARACTERS {
        true => Ok(()),
        false => Err(fault("jti", ClaimFault::Long)),
    }
}

fn check_id(payload: &Object, name: &'static str) -> Result<(), Refused> {
    check_text(payload, name)?;
    let id = payload.text(name)?.and_then(number);
    id.map(|_| ()).ok_or(fault(name, ClaimFault::Characters))
}

/// Digits without a leading zero, so that an id has one spelling; it fits SQL's `bigint`.
fn number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let id = text.parse().ok().filter(|id| i64::try_from(*id).is_ok());
    id.filter(|_| is_plain)
}
