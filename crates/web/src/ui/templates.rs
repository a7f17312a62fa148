//! Templates: the list, the page of one with the form that queues a run, and the editor.

use super::ask::Ask;
use super::halt::{Halt, Shown};
use super::html;
use super::json::{list, small, some_text, text};
use super::read::{Read, Title};
use super::view_templates::{Filled, Offered, page as template_page, row, run_form, validation};
use crate::app::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use ops_core::{Code, FieldError, Problem, text::is_uuid};
use ops_render::form;
use ops_render::view::{EditorPage, Tab, TemplatesPage};
use serde_json::{Map, Value, json};

/// What a new template begins with.
const SKELETON: &str = include_str!("new_template.yaml");

pub async fn list_page(State(app): State<App>, ask: Ask) -> Shown {
    let text = ask.get("text").unwrap_or_default();
    let mut asked = json!({ "of": "ui_templates" });
    if !text.is_empty() {
        asked["text"] = text.into();
    }
    let mut read = ask.read(&app, json!({ "templates": asked })).await?;
    let answer = read.take("templates")?;
    let session = ask.session_or_none();
    let page = TemplatesPage {
        rows: list(&answer, "templates")
            .iter()
            .map(|one| row(one, session, read.now))
            .collect(),
        text: text.into(),
        session: session.into(),
        can_act: read.may_act,
    };
    let layout = read.layout(&Title::of("Templates", Tab::Templates));
    Ok(html::page(&ask, &layout, html::Body::Templates(&page)))
}

/// `?version=` an older text, `?replay=` filled with the parameters of a run, else with what the
/// address says, as the chat does it.
pub async fn page(State(app): State<App>, Path(slug): Path<String>, ask: Ask) -> Shown {
    let mut reads = json!({ "template": { "of": "templates_get", "slug": slug } });
    if let Some(version) = ask
        .number("version")
        .filter(|version| *version <= i64::from(i32::MAX))
    {
        reads["template"]["version"] = version.into();
    }
    let replay = ask.get("replay").filter(|id| is_uuid(id));
    if let Some(id) = replay {
        reads["replay"] = json!({ "of": "runs_get", "run_id": id });
    }
    let mut read = ask.read(&app, reads).await?;
    let answer = read.take("template")?;
    let old = read.take_if_any("replay").unwrap_or_default();
    let template = &answer["template"];
    let filled = match replay.filter(|_| !old.is_null()) {
        Some(id) => Filled {
            // The chosen one, else that of the run.
            session: match ask.session_or_none() {
                "" => text(&old["run"], "session_id"),
                chosen => chosen,
            },
            ..replayed(&old["run"], id)
        },
        None => Filled {
            params: form::read_form(&template["runbook"]["params"], &ask.query).unwrap_or_default(),
            lane: ask.get("lane").unwrap_or_default(),
            priority: ask.get("priority").unwrap_or_default(),
            intent: ask.get("intent").unwrap_or_default(),
            session: ask.session_or_none(),
            ..Filled::default()
        },
    };
    Ok(draw(&read, &ask, template, filled, StatusCode::OK))
}

/// Secrets are typed again.
fn replayed<'a>(run: &'a Value, id: &'a str) -> Filled<'a> {
    let schema = &run["runbook"]["params"]["properties"];
    let params = run["params"].as_object().into_iter().flatten();
    let open = params.filter(|(name, _)| schema[name.as_str()]["writeOnly"] != true);
    Filled {
        params: open
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        lane: text(run, "lane"),
        intent: text(run, "intent"),
        replay_of: Some(id),
        ..Filled::default()
    }
}

/// What somebody typed, and what is wrong with it.
pub struct Typed<'a> {
    pub fields: &'a [(String, String)],
    pub errors: Vec<FieldError>,
}

/// The page once more, after a form that was refused.
pub fn page_of(read: &Read, ask: &Ask, template: &Value, typed: Typed) -> Response {
    let get = |name: &str| {
        typed
            .fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    };
    let schema = &template["runbook"]["params"];
    let filled = Filled {
        params: form::read_form(schema, typed.fields)
            .unwrap_or_else(|_| as_typed(schema, typed.fields)),
        errors: typed.errors,
        lane: get("lane"),
        priority: get("priority"),
        intent: get("intent"),
        session: get("session_id"),
        replay_of: Some(get("replay")).filter(|id| is_uuid(id)),
        idempotency_key: get("idempotency_key").into(),
    };
    draw(
        read,
        ask,
        template,
        filled,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
}

/// Of fields some of which cannot be read: those that can as they are, the others as text.
fn as_typed(schema: &Value, fields: &[(String, String)]) -> Map<String, Value> {
    let mut all = Map::new();
    for name in schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
    {
        let only = json!({ "type": "object", "properties": { name.as_str(): schema["properties"][name] } });
        match form::read_form(&only, fields) {
            Ok(read) => all.extend(read),
            Err(_) => {
                let pointer = format!("{}/{name}", form::ROOT);
                let typed = fields.iter().find(|(key, _)| *key == pointer);
                all.extend(typed.map(|(_, text)| (name.clone(), text.as_str().into())));
            }
        }
    }
    all
}

fn draw(
    read: &Read,
    ask: &Ask,
    template: &Value,
    mut filled: Filled,
    status: StatusCode,
) -> Response {
    if filled.idempotency_key.is_empty() {
        filled.idempotency_key = random_key();
    }
    let newest = list(template, "versions")
        .iter()
        .map(|one| small(one, "version"))
        .max();
    let is_newest = newest.is_none_or(|newest| newest == small(template, "version"));
    let offered = Offered {
        lanes: read.lanes(),
        sessions: read.sessions(),
        may_act: read.may_act,
    };
    let run_form = run_form(
        text(template, "slug"),
        &template["runbook"],
        &offered,
        &filled,
    );
    let page = template_page(template, run_form, read.may_act && is_newest);
    let layout = read.layout(&Title::of(&page.title, Tab::Templates));
    html::page_with(status, ask, &layout, html::Body::Template(&page))
}

fn random_key() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        // Without one the form works too; sent twice it makes two runs.
        Err(_) => String::new(),
    }
}

pub async fn new(State(app): State<App>, ask: Ask) -> Shown {
    let read = ask.read(&app, json!({})).await?;
    editor(
        &read,
        &ask,
        Edited {
            slug: "",
            title: "New template",
            version: 0,
            source: SKELETON,
        },
        StatusCode::OK,
    )
}

pub async fn edit(State(app): State<App>, Path(slug): Path<String>, ask: Ask) -> Shown {
    let mut read = ask
        .read(
            &app,
            json!({ "template": { "of": "templates_get", "slug": slug } }),
        )
        .await?;
    let answer = read.take("template")?;
    let template = &answer["template"];
    let edited = Edited {
        slug: &slug,
        title: some_text(template, "title").unwrap_or(&slug),
        version: small(template, "version"),
        source: text(template, "source"),
    };
    editor(&read, &ask, edited, StatusCode::OK)
}

/// A text under the hands of somebody.
pub struct Edited<'a> {
    /// Empty for a new template.
    pub slug: &'a str,
    pub title: &'a str,
    pub version: u32,
    pub source: &'a str,
}

pub fn editor(read: &Read, ask: &Ask, edited: Edited, status: StatusCode) -> Shown {
    if !read.may_act {
        let problem = Problem::new(
            Code::Forbidden,
            "this token reads; templates are edited by operators",
        );
        return Err(Halt::refused(
            problem.into(),
            read.layout(&Title::of("", Tab::Templates)),
        ));
    }
    let page = EditorPage {
        slug: edited.slug.into(),
        title: edited.title.into(),
        version: edited.version,
        source: edited.source.into(),
        validation: validation(edited.source, &read.lanes()),
    };
    let layout = read.layout(&Title::of(&page.title, Tab::Templates));
    Ok(html::page_with(
        status,
        ask,
        &layout,
        html::Body::Editor(&page),
    ))
}
