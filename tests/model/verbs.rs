//! Which function is which verb, and which kinds of token may call it.

use super::access::Caller;
use super::state::State;
use super::{
    Reply, Stop, access, artifacts, cancel, claim, create, events, lanes, retry, runs, sessions,
    sweep, templates, tokens, worker,
};
use ops_core::api::TokenKind::{self, Operator, Viewer, Worker};
use serde_json::{Value, json};

pub type Verb = fn(&mut State, &Caller, Value) -> Reply;

pub fn run(state: &mut State, function: &str, p: Value) -> Reply {
    match function {
        "ops_health" => {
            return Ok(
                json!({ "schema": "model", "now": state.now.to_string(), "postgres": "none" }),
            );
        }
        "ops_first_token" => return tokens::first(state, p),
        _ => {}
    }
    let (_, verb) = find(function).ok_or(Stop::Unknown)?;
    let caller = access::of_caller(state, function, &p)?;
    verb(state, &caller, p)
}

pub fn find(function: &str) -> Option<(&'static [TokenKind], Verb)> {
    const CHANGE: &[TokenKind] = &[Operator];
    const READ: &[TokenKind] = &[Operator, Viewer];
    const WORK: &[TokenKind] = &[Worker];
    let (kinds, verb): (_, Verb) = match function {
        "runs_create" => (CHANGE, create::create),
        "runs_retry" => (CHANGE, retry::retry),
        "runs_cancel" => (CHANGE, cancel::cancel),
        "runs_get" => (READ, runs::get),
        "runs_list" => (READ, runs::list),
        "runs_sweep" => (&[Operator, Worker], sweep::verb),
        "runs_claim" => (WORK, claim::claim),
        "runs_start" => (WORK, worker::start),
        "runs_heartbeat" => (WORK, worker::heartbeat),
        "runs_finish" => (WORK, worker::finish),
        "events_append" => (WORK, events::append),
        "events_list" => (READ, events::list),
        "artifacts_begin" => (WORK, artifacts::begin),
        "artifacts_put" => (WORK, artifacts::put),
        "artifacts_get" => (READ, artifacts::get),
        "artifacts_list" => (READ, artifacts::list),
        "sessions_create" => (CHANGE, sessions::create),
        "sessions_get" => (READ, sessions::get),
        "sessions_update" => (CHANGE, sessions::update),
        "sessions_archive" => (CHANGE, sessions::archive),
        "sessions_delete" => (CHANGE, sessions::delete),
        "sessions_list" => (READ, sessions::list),
        "templates_create" => (CHANGE, templates::create),
        "templates_get" => (READ, templates::get),
        "templates_update" => (CHANGE, templates::update),
        "templates_delete" => (CHANGE, templates::delete),
        "templates_list" => (READ, templates::list),
        "lanes_list" => (READ, lanes::list),
        "lanes_update" => (CHANGE, lanes::update),
        "workers_list" => (READ, lanes::workers),
        "workers_drain" => (CHANGE, lanes::drain),
        "tokens_create" => (CHANGE, tokens::create),
        "tokens_list" => (CHANGE, tokens::list),
        "tokens_revoke" => (CHANGE, tokens::revoke),
        _ => return None,
    };
    Some((kinds, verb))
}
