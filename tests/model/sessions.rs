use super::access::Caller;
use super::state::{Session, State};
use super::{Reply, Stop, refuse};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Runs per status are counted when asked.
fn shown(s: &State, session: &Session) -> Value {
    let mut counts = Map::new();
    for run in s
        .runs
        .iter()
        .filter(|run| run.frozen.session.as_ref() == Some(&session.id))
    {
        let so_far = counts
            .get(run.status.as_str())
            .and_then(Value::as_u64)
            .unwrap_or(0);
        counts.insert(run.status.as_str().into(), (so_far + 1).into());
    }
    json!({
        "id": session.id, "name": session.name, "status": session.status, "meta": session.meta,
        "created_by": session.created_by, "created_at": session.created_at.to_string(), "counts": counts,
    })
}

fn place(s: &State, p: &Value) -> Result<usize, Stop> {
    let found = s
        .sessions
        .iter()
        .position(|session| p["session_id"] == session.id);
    found.ok_or_else(|| refuse("not_found", "there is no such session"))
}

pub fn create(s: &mut State, who: &Caller, p: Value) -> Reply {
    let session = Session {
        id: s.new_id(),
        name: p["name"].as_str().unwrap_or_default().into(),
        status: "active",
        meta: p.get("meta").cloned().unwrap_or_else(|| json!({})),
        members: BTreeMap::new(),
        created_by: who.name.clone(),
        created_at: s.now,
    };
    let answer = json!({ "session": shown(s, &session) });
    s.sessions.push(session);
    Ok(answer)
}

pub fn get(s: &mut State, _: &Caller, p: Value) -> Reply {
    let session = &s.sessions[place(s, &p)?];
    let members = session.members.iter();
    let members = members.map(|(user, role)| json!({ "user_id": user, "role": role }));
    let mut answer = shown(s, session);
    answer["members"] = members.collect();
    Ok(json!({ "session": answer }))
}

/// Fields that are absent stay; members are replaced as a whole.
pub fn update(s: &mut State, _: &Caller, p: Value) -> Reply {
    let place = place(s, &p)?;
    let session = &mut s.sessions[place];
    if let Some(name) = p["name"].as_str() {
        session.name = name.into();
    }
    if p["meta"].is_object() {
        session.meta = p["meta"].clone();
    }
    if let Some(members) = p["members"].as_array() {
        let text = |value: &Value| value.as_str().map(String::from);
        let member = |m: &Value| {
            Some((
                text(&m["user_id"])?,
                text(&m["role"]).unwrap_or_else(|| "viewer".into()),
            ))
        };
        session.members = members.iter().filter_map(member).collect();
    }
    Ok(json!({ "session": shown(s, &s.sessions[place]) }))
}

/// Takes no new runs; `archived: false` opens it again.
pub fn archive(s: &mut State, _: &Caller, p: Value) -> Reply {
    let place = place(s, &p)?;
    let archived = p["archived"].as_bool().unwrap_or(true);
    s.sessions[place].status = if archived { "archived" } else { "active" };
    Ok(json!({ "session": shown(s, &s.sessions[place]) }))
}

/// Only a session without runs goes.
pub fn delete(s: &mut State, _: &Caller, p: Value) -> Reply {
    let place = place(s, &p)?;
    let id = &s.sessions[place].id;
    if s.runs
        .iter()
        .any(|run| run.frozen.session.as_ref() == Some(id))
    {
        return Err(refuse(
            "conflict",
            "the session has runs; archive it instead",
        ));
    }
    let session = s.sessions.remove(place);
    Ok(json!({ "session_id": session.id, "deleted": true }))
}

/// Newest first; the cursor is the last one's id.
pub fn list(s: &mut State, _: &Caller, p: Value) -> Reply {
    let limit = p["limit"].as_u64().unwrap_or(50).min(200) as usize;
    let cursor = p["after"].as_str();
    let older = s
        .sessions
        .iter()
        .rev()
        .skip_while(|x| cursor.is_some_and(|id| x.id != id));
    let mut rows = older
        .skip(cursor.iter().count())
        .filter(|x| p["status"].is_null() || p["status"] == x.status);
    let page: Vec<&Session> = rows.by_ref().take(limit).collect();
    let next = page
        .last()
        .map(|x| x.id.clone())
        .filter(|_| rows.next().is_some());
    Ok(
        json!({ "sessions": page.into_iter().map(|x| shown(s, x)).collect::<Vec<_>>(), "next": next }),
    )
}
