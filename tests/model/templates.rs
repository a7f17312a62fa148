use super::access::Caller;
use super::state::{State, Template, Version};
use super::{Reply, Stop, refuse};
use serde_json::{Value, json};
use std::ops::Bound;

fn shown(slug: &str, t: &Template) -> Value {
    let (number, newest) = t.newest();
    let runbook = &newest.runbook;
    json!({
        "slug": slug, "version": number, "title": runbook["title"],
        "description": runbook["description"].as_str().unwrap_or_default(),
        "default_lane": runbook["default_lane"], "params": runbook["params"],
        "created_by": t.versions[t.since].created_by, "created_at": t.versions[t.since].created_at.to_string(),
        "updated_at": newest.created_at.to_string(),
    })
}

fn version(s: &State, who: &Caller, p: &Value) -> Version {
    Version {
        source: p["source"].clone(),
        runbook: p["runbook"].clone(),
        created_by: who.name.clone(),
        created_at: s.now,
    }
}

fn none(slug: &Value) -> Stop {
    refuse("not_found", format!("there is no template {slug}"))
}

pub fn create(s: &mut State, who: &Caller, p: Value) -> Reply {
    let slug = p["runbook"]["slug"].as_str();
    let slug = slug.ok_or_else(|| Stop::Malformed("a runbook without a slug".into()))?;
    if s.templates.contains_key(slug) {
        return Err(refuse("slug_taken", format!("a template `{slug}` exists")));
    }
    let mut versions = s.former.remove(slug).unwrap_or_default();
    let since = versions.len();
    versions.push(version(s, who, &p));
    let template = Template { versions, since };
    let answer = json!({ "template": shown(slug, &template) });
    s.templates.insert(slug.into(), template);
    Ok(answer)
}

/// A new version; the same text changes nothing, an edit of an older one is refused.
pub fn update(s: &mut State, who: &Caller, p: Value) -> Reply {
    let new = version(s, who, &p);
    let slug = &p["runbook"]["slug"];
    let name = slug.as_str().unwrap_or_default();
    let t = s.templates.get_mut(name).ok_or_else(|| none(slug))?;
    let (number, newest) = t.newest();
    if p["expected_version"].as_u64().is_some_and(|n| n != number) {
        let refusal =
            json!({ "code": "conflict", "version": number, "detail": "it was edited meanwhile" });
        return Err(Stop::Refused(refusal));
    }
    if newest.source == new.source {
        return Ok(json!({ "template": shown(name, t), "unchanged": true }));
    }
    t.versions.push(new);
    Ok(json!({ "template": shown(name, t) }))
}

fn in_use(s: &State, slug: &str) -> usize {
    let open = |run: &&super::state::Run| {
        run.frozen.template.as_deref() == Some(slug) && !run.status.is_terminal()
    };
    s.runs.iter().filter(open).count()
}

/// Not while runs of it wait or run.
pub fn delete(s: &mut State, _: &Caller, p: Value) -> Reply {
    let slug = p["slug"].as_str().unwrap_or_default();
    if in_use(s, slug) > 0 {
        return Err(refuse("conflict", "runs of it are queued or running"));
    }
    let deleted = s.templates.remove(slug).ok_or_else(|| none(&p["slug"]))?;
    s.former.insert(slug.into(), deleted.versions);
    Ok(json!({ "slug": slug, "deleted": true }))
}

pub fn get(s: &mut State, _: &Caller, p: Value) -> Reply {
    let slug = p["slug"].as_str().unwrap_or_default();
    let t = s.templates.get(slug).ok_or_else(|| none(&p["slug"]))?;
    let number = p["version"].as_u64().unwrap_or(t.newest().0);
    let asked = number
        .checked_sub(1)
        .and_then(|at| t.versions.get(at as usize));
    let asked = asked.ok_or_else(|| none(&p["slug"]))?;
    let versions = (1..).zip(&t.versions).map(|(number, v): (u64, _)| {
        json!({ "version": number, "created_by": v.created_by, "created_at": v.created_at.to_string() })
    });
    let mut versions: Vec<Value> = versions.collect();
    versions.reverse();
    let mut template = shown(slug, t);
    template["version"] = number.into();
    template["params"] = asked.runbook["params"].clone();
    template["source"] = asked.source.clone();
    template["runbook"] = asked.runbook.clone();
    template["versions"] = versions.into();
    template["in_use"] = in_use(s, slug).into();
    Ok(json!({ "template": template }))
}

/// By slug; the cursor is the last one's slug.
pub fn list(s: &mut State, _: &Caller, p: Value) -> Reply {
    let limit = p["limit"].as_u64().unwrap_or(200).min(200) as usize;
    let from = p["after"]
        .as_str()
        .map_or(Bound::Unbounded, Bound::Excluded);
    let mut rows = s.templates.range::<str, _>((from, Bound::Unbounded));
    let page: Vec<_> = rows.by_ref().take(limit).collect();
    let next = page
        .last()
        .map(|(slug, _)| slug.to_string())
        .filter(|_| rows.next().is_some());
    let templates: Vec<Value> = page.into_iter().map(|(slug, t)| shown(slug, t)).collect();
    Ok(json!({ "templates": templates, "next": next }))
}
