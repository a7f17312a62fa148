use super::access::Caller;
use super::state::{State, Template};
use super::{Reply, Stop, refuse};
use serde_json::{Value, json};
use std::ops::Bound;

fn shown(slug: &str, t: &Template) -> Value {
    json!({
        "slug": slug, "version": t.version, "title": t.runbook["title"],
        "description": t.runbook["description"].as_str().unwrap_or_default(),
        "default_lane": t.runbook["default_lane"], "params": t.runbook["params"], "created_by": t.created_by,
        "created_at": t.created_at.to_string(), "updated_at": t.created_at.to_string(),
    })
}

pub fn create(s: &mut State, who: &Caller, p: Value) -> Reply {
    let slug = p["runbook"]["slug"].as_str();
    let slug = slug.ok_or_else(|| Stop::Malformed("a runbook without a slug".into()))?;
    if s.templates.contains_key(slug) {
        return Err(refuse("slug_taken", format!("a template `{slug}` exists")));
    }
    let template = Template {
        version: 1,
        source: p["source"].clone(),
        runbook: p["runbook"].clone(),
        created_by: who.name.clone(),
        created_at: s.now,
    };
    let answer = json!({ "template": shown(slug, &template) });
    s.templates.insert(slug.into(), template);
    Ok(answer)
}

pub fn get(s: &mut State, _: &Caller, p: Value) -> Reply {
    let found = p["slug"]
        .as_str()
        .and_then(|slug| s.templates.get_key_value(slug));
    let (slug, t) = found.ok_or_else(|| refuse("not_found", "there is no such template"))?;
    let mut template = shown(slug, t);
    template["source"] = t.source.clone();
    template["runbook"] = t.runbook.clone();
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
