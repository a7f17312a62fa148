use super::access::Caller;
use super::state::{Session, State};
use super::{Reply, refuse};
use serde_json::{Map, Value, json};

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

pub fn create(s: &mut State, who: &Caller, p: Value) -> Reply {
    let session = Session {
        id: s.new_id(),
        name: p["name"].as_str().unwrap_or_default().into(),
        status: "active",
        meta: p.get("meta").cloned().unwrap_or_else(|| json!({})),
        created_by: who.name.clone(),
        created_at: s.now,
    };
    let answer = json!({ "session": shown(s, &session) });
    s.sessions.push(session);
    Ok(answer)
}

pub fn get(s: &mut State, _: &Caller, p: Value) -> Reply {
    let found = s
        .sessions
        .iter()
        .find(|session| p["session_id"] == session.id);
    let session = found.ok_or_else(|| refuse("not_found", "there is no such session"))?;
    Ok(json!({ "session": shown(s, session) }))
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
