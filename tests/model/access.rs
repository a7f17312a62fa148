//! Who calls, and what every worker-side write must prove.

use super::rules::Bearer;
use super::state::State;
use super::{Stop, refuse, verbs};
use ops_core::RunStatus;
use ops_core::api::TokenKind;
use serde_json::{Value, json};

pub struct Caller {
    pub token: String,
    pub name: String,
    /// Bound to these; empty: to none in particular.
    pub lanes: Vec<String>,
}

pub fn authenticate(s: &mut State, auth: &Value, kinds: &[TokenKind]) -> Result<Caller, Stop> {
    let now = s.now;
    let shown = auth["token_sha256"].as_str();
    let token = s
        .tokens
        .iter_mut()
        .find(|t| Some(t.sha256.as_str()) == shown);
    let token = token.ok_or_else(|| refuse("unauthenticated", "nobody knows this token"))?;
    if token.revoked_at.is_some() || token.expires_at.is_some_and(|at| at <= now) {
        return Err(refuse("unauthenticated", "this token is no longer valid"));
    }
    if !token.kinds.iter().any(|kind| kinds.contains(kind)) {
        return Err(refuse("forbidden", format!("this verb takes {kinds:?}")));
    }
    if token.last_used_at.is_none_or(|at| at.plus(60) < now) {
        token.last_used_at = Some(now);
    }
    Ok(Caller {
        token: token.id.clone(),
        name: token.name.clone(),
        lanes: token.lanes.clone(),
    })
}

/// What every worker-side call carries.
#[derive(serde::Deserialize)]
pub struct Holder {
    pub run_id: String,
    pub worker_id: String,
    pub attempt: u32,
}

impl Holder {
    pub fn bearer<'a>(&'a self, who: &'a Caller) -> Bearer<'a> {
        Bearer {
            worker: &self.worker_id,
            attempt: self.attempt,
            token: &who.token,
        }
    }
}

/// Who calls a verb, if it may.
pub fn of_caller(s: &mut State, function: &str, p: &Value) -> Result<Caller, Stop> {
    let (kinds, _) = verbs::find(function).ok_or(Stop::Unknown)?;
    authenticate(s, &p["auth"], kinds)
}

/// The place of the run, if the caller holds it.
pub fn hold(s: &mut State, who: &Caller, holder: &Holder) -> Result<usize, Stop> {
    let found = s.find(&holder.run_id);
    if let Some(place) = found
        && s.rules.holds(&s.runs[place], &holder.bearer(who))
    {
        return Ok(place);
    }
    Err(Stop::Refused(lost(s, found, who, holder)))
}

/// The answer to a write without a lease. An attempt that ended itself is late, nothing more;
/// everybody else is counted on the run.
pub fn lost(s: &mut State, place: Option<usize>, who: &Caller, holder: &Holder) -> Value {
    if let Some(status) = place.and_then(|place| recorded(s, place, who, holder)) {
        return json!({ "run_id": holder.run_id, "code": "already_finished", "status": status });
    }
    if let Some(place) = place {
        let rules = s.rules;
        rules.refuse_a_write(&mut s.runs[place]);
    }
    json!({ "run_id": holder.run_id, "code": "lease_lost" })
}

/// What the attempt's own finish was told, if that is the caller's attempt.
pub fn recorded(s: &State, place: usize, who: &Caller, holder: &Holder) -> Option<RunStatus> {
    let index = (holder.attempt as usize).checked_sub(1)?;
    let attempt = s.runs[place].attempts.get(index)?;
    let own = attempt.worker == holder.worker_id && attempt.token == who.token;
    s.rules.recorded(attempt).filter(|_| own)
}
