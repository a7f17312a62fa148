//! Queueing: all or none, and each idempotency key once.

use super::access::Caller;
use super::state::{Frozen, Parked, Run, State};
use super::{Reply, Stop, Time, dependencies, runs};
use ops_core::{RunStatus, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
struct New {
    title: Option<String>,
    template: Option<String>,
    template_version: Option<u64>,
    runbook: Option<Value>,
    session_id: Option<String>,
    lane: Option<String>,
    priority: Option<i64>,
    params: Option<Value>,
    intent: Option<String>,
    env: Option<String>,
    repo: Option<String>,
    max_attempts: Option<u32>,
    lease_seconds: Option<i64>,
    timeout_seconds: Option<i64>,
    start_within_seconds: Option<i64>,
    not_before: Option<String>,
    idempotency_key: Option<String>,
    body_sha256: Option<String>,
    depends_on: Option<Vec<String>>,
}

pub fn create(s: &mut State, who: &Caller, p: Value) -> Reply {
    let news: Vec<New> = serde_json::from_value(p["runs"].clone())?;
    if let Some(answer) = repeated(s, &news) {
        return answer;
    }
    let wrong: Vec<Value> = (news.iter().enumerate())
        .flat_map(|(at, new)| {
            unknown(s, new).into_iter().map(
                move |(field, message)| json!({ "at": at, "field": field, "message": message }),
            )
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Stop::Refused(json!({ "code": "invalid", "errors": wrong })));
    }
    let mut stale = BTreeMap::new();
    for new in &news {
        if let Some((slug, template)) = new
            .template
            .as_ref()
            .and_then(|slug| s.templates.get_key_value(slug))
            && new.template_version != Some(template.newest().0)
        {
            let (number, newest) = template.newest();
            let newest = json!({ "slug": slug, "version": number, "runbook": newest.runbook });
            stale.insert(slug, newest);
        }
    }
    if !stale.is_empty() {
        let templates: Vec<Value> = stale.into_values().collect();
        return Err(Stop::Refused(
            json!({ "code": "template_changed", "templates": templates }),
        ));
    }
    let lease = p["lease_seconds"]
        .as_i64()
        .unwrap_or(limits::LEASE_SECONDS_NATIVE.into());
    let mut frozen = Vec::new();
    for new in news {
        let start_by = new.start_within_seconds.map(|seconds| s.now.plus(seconds));
        let depends_on = new.depends_on.clone().unwrap_or_default();
        frozen.push((freeze(s, new, lease)?, start_by, depends_on));
    }
    let full = frozen.iter().map(|(new, _, _)| new.lane.as_str());
    if let Some(lane) = full.filter(|lane| s.lanes[*lane].queue_full).min() {
        return Err(super::refuse("queue_full", format!("lane {lane} is full")));
    }
    insert(s, who, frozen)
}

/// Where every key was seen nothing is judged but the bodies: what is named may have gone since.
fn repeated(s: &State, news: &[New]) -> Option<Reply> {
    let seen = |new: &New| {
        let same = |run: &&Run| s.rules.is_same_key(&run.frozen.key, &new.idempotency_key);
        s.runs.iter().find(same)
    };
    let runs: Vec<&Run> = news.iter().map(seen).collect::<Option<_>>()?;
    let differ = |(_, (run, new)): &(usize, (&&Run, &New))| run.frozen.body != new.body_sha256;
    let mismatch: Vec<usize> = (runs.iter().zip(news).enumerate())
        .filter(differ)
        .map(|(at, _)| at)
        .collect();
    if !mismatch.is_empty() {
        let refusal = json!({ "code": "idempotency_mismatch", "at": mismatch });
        return Some(Err(Stop::Refused(refusal)));
    }
    let answer = |run: &&Run| json!({ "run_id": run.id, "status": run.status, "seen": true });
    let mut answers: Vec<Value> = runs.iter().map(answer).collect();
    if let ([answer], [run]) = (&mut answers[..], &runs[..]) {
        answer["run"] = runs::shown(run);
    }
    Some(Ok(json!({ "runs": answers })))
}

/// What is named and does not exist.
fn unknown(s: &State, new: &New) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let template = new.template.as_ref().map(|slug| s.templates.get(slug));
    let newest = template.flatten().map(|t| &t.newest().1.runbook);
    let runbook = new.runbook.as_ref().or(newest);
    let default = runbook.and_then(|runbook| runbook["default_lane"].as_str());
    if let Some(lane) = new.lane.as_deref().or(default)
        && !s.lanes.contains_key(lane)
    {
        wrong.push(("lane", format!("there is no lane `{lane}`")));
    }
    if let Some(id) = &new.session_id {
        match s.sessions.iter().find(|session| &session.id == id) {
            None => wrong.push(("session_id", "there is no such session".into())),
            Some(session) if session.status == "archived" => {
                wrong.push(("session_id", "this session is archived".into()));
            }
            Some(_) => {}
        }
    }
    if template.is_some_and(|t| t.is_none()) {
        wrong.push(("template", "there is no such template".into()));
    }
    wrong
}

fn freeze(s: &State, new: New, lease: i64) -> Result<Frozen, Stop> {
    let of_template = new.template.as_ref().and_then(|slug| s.templates.get(slug));
    let runbook = new
        .runbook
        .or_else(|| of_template.map(|t| t.newest().1.runbook.clone()));
    let runbook = runbook.ok_or_else(|| Stop::Malformed("neither template nor runbook".into()))?;
    let said = |name: &str| runbook[name].as_i64();
    let text = |name: &str| runbook[name].as_str().map(String::from);
    let not_before = match &new.not_before {
        None => None,
        Some(date) => Some(Time::parse(date).ok_or_else(|| Stop::Malformed(date.clone()))?),
    };
    Ok(Frozen {
        title: new
            .title
            .or(text("title"))
            .ok_or_else(|| Stop::Malformed("no title".into()))?,
        template_version: new.template.as_ref().and(new.template_version),
        template: new.template,
        params: new.params.unwrap_or_else(|| json!({})),
        session: new.session_id,
        lane: new
            .lane
            .or(text("default_lane"))
            .unwrap_or_else(|| "A".into()),
        priority: new.priority.unwrap_or(100),
        intent: new.intent,
        env: new.env,
        repo: new.repo,
        max_attempts: new
            .max_attempts
            .or(said("max_attempts").map(|n| n as u32))
            .unwrap_or(limits::MAX_ATTEMPTS),
        lease_seconds: new.lease_seconds.or(said("lease")).unwrap_or(lease),
        timeout_seconds: new
            .timeout_seconds
            .or(said("timeout"))
            .unwrap_or(limits::TIMEOUT_SECONDS.into()),
        not_before,
        key: new.idempotency_key,
        body: new.body_sha256,
        retry_of: None,
        runbook,
    })
}

pub fn insert(
    s: &mut State,
    who: &Caller,
    news: Vec<(Frozen, Option<Time>, Vec<String>)>,
) -> Reply {
    // A key that was seen, before or earlier in this very batch, must come with the same body.
    let mut keys: BTreeMap<String, Option<String>> = s
        .runs
        .iter()
        .filter_map(|run| Some((run.frozen.key.clone()?, run.frozen.body.clone())))
        .collect();
    let mut mismatch = Vec::new();
    for (at, (new, _, _)) in news.iter().enumerate() {
        if let Some(key) = &new.key
            && keys.entry(key.clone()).or_insert_with(|| new.body.clone()) != &new.body
        {
            mismatch.push(at);
        }
    }
    if !mismatch.is_empty() {
        return Err(Stop::Refused(
            json!({ "code": "idempotency_mismatch", "at": mismatch }),
        ));
    }
    let wrong = missing(s, &news);
    if !wrong.is_empty() {
        return Err(Stop::Refused(json!({ "code": "invalid", "errors": wrong })));
    }
    let mut answers: Vec<Value> = Vec::new();
    let mut lanes = Vec::new();
    for (frozen, start_by, names) in news {
        let same = |run: &&Run| s.rules.is_same_key(&run.frozen.key, &frozen.key);
        answers.push(match s.runs.iter().find(same) {
            Some(run) => json!({ "run_id": run.id, "status": run.status, "seen": true }),
            None => {
                let named = |name: &String| match earlier(name) {
                    Some(place) => answers[place]["run_id"].as_str().unwrap_or_default().into(),
                    None => name.clone(),
                };
                let depends_on: Vec<String> = names.iter().map(named).collect();
                lanes.push(frozen.lane.clone());
                let id = add(s, who, frozen, start_by, depends_on);
                json!({ "run_id": id, "status": "queued" })
            }
        });
    }
    for lane in &lanes {
        s.note_full_lane(lane);
    }
    dependencies::resolve(s);
    for answer in &mut answers {
        let place = s.find(answer["run_id"].as_str().unwrap_or_default());
        answer["status"] = place
            .map(|place| s.runs[place].status)
            .map_or(Value::Null, |status| json!(status));
    }
    if let [answer] = &mut answers[..] {
        let place = s.find(answer["run_id"].as_str().unwrap_or_default());
        answer["run"] = place.map(|place| runs::shown(&s.runs[place])).into();
    }
    Ok(json!({ "runs": answers }))
}

/// `#3`: the fourth entry of the same call.
fn earlier(name: &str) -> Option<usize> {
    name.strip_prefix('#')?.parse().ok()
}

/// Entries of new runs that name what is not there.
fn missing(s: &State, news: &[(Frozen, Option<Time>, Vec<String>)]) -> Vec<Value> {
    let is_seen = |at: usize| {
        let key = &news[at].0.key;
        let before = news[..at].iter().map(|(new, _, _)| &new.key);
        key.is_some()
            && s.runs
                .iter()
                .map(|run| &run.frozen.key)
                .chain(before)
                .any(|other| other == key)
    };
    let is_there = |at: usize, name: &String| match earlier(name) {
        Some(place) => place < at,
        None => s.find(name).is_some(),
    };
    let all = news.iter().enumerate();
    all.filter(|(at, (_, _, names))| !is_seen(*at) && !names.iter().all(|name| is_there(*at, name)))
        .map(
            |(at, _)| json!({ "at": at, "field": "depends_on", "message": "there is no such run" }),
        )
        .collect()
}

fn add(
    s: &mut State,
    who: &Caller,
    frozen: Frozen,
    start_by: Option<Time>,
    depends_on: Vec<String>,
) -> String {
    let id = s.new_id();
    let has_group = frozen.runbook.get("concurrency").is_some();
    let parked = match frozen.not_before.is_some_and(|at| at > s.now) {
        _ if !depends_on.is_empty() => Some(Parked::DependsOn),
        true => Some(Parked::NotBefore),
        false => has_group.then_some(Parked::Group),
    };
    if parked.is_none() {
        s.wake(&frozen.lane);
    }
    s.runs.push(Run {
        id: id.clone(),
        seq: s.runs.len() as i64 + 1,
        frozen: Arc::new(frozen),
        status: RunStatus::Queued,
        parked,
        depends_on,
        start_by,
        attempts: Vec::new(),
        lease: None,
        attempts_used: 0,
        handbacks: 0,
        claimed_by: None,
        claimed_at: None,
        started_at: None,
        cancelled_at: None,
        finished_at: None,
        reason: None,
        error: None,
        result: Value::Null,
        refused_writes: 0,
        log: Vec::new(),
        last_seq: BTreeMap::new(),
        steps: Vec::new(),
        artifacts: Vec::new(),
        created_by: who.name.clone(),
        created_at: s.now,
    });
    id
}
