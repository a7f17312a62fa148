//! The one call of a page, and the frame that its answer gives.

use super::ask::Ask;
use super::halt::Halt;
use super::json::shortened;
use super::{cookie, csrf};
use crate::app::App;
use crate::refusal::Refusal;
use ops_core::{Code, Problem};
use ops_render::Href;
use ops_render::view::{Flash, Layout, PaletteItem, SessionChoice, Tab, Tone};
use ops_render::words::{UnixMs, parse_iso};
use serde_json::{Map, Value, json};

/// What `ui_read` answered.
pub struct Read {
    pub now: UnixMs,
    /// Whether the token may change anything; who may not sees no buttons.
    pub may_act: bool,
    frame: Value,
    answers: Map<String, Value>,
    /// Of this request, for what may still go wrong.
    layout: Layout,
}

/// What a page says about itself.
pub struct Title<'a> {
    pub title: &'a str,
    pub tab: Option<Tab>,
    pub state: Option<Tone>,
}

impl Title<'_> {
    pub fn of(title: &str, tab: Tab) -> Title<'_> {
        Title {
            title,
            tab: Some(tab),
            state: None,
        }
    }
}

impl Ask {
    /// A page's one call: `reads` is name → `{"of": function, …}`.
    pub async fn read(&self, app: &App, reads: Value) -> Result<Read, Halt> {
        let p = json!({ "reads": reads, "frame": !self.is_fragment() });
        self.call(app, p).await
    }

    /// The same, with the names of lanes and templates for a part of a page too.
    pub async fn read_all(&self, app: &App, reads: Value) -> Result<Read, Halt> {
        self.call(app, json!({ "reads": reads, "frame": true }))
            .await
    }

    /// The same without the frame: a further part of what a page began.
    pub async fn read_more(&self, app: &App, reads: Value) -> Result<Read, Halt> {
        self.call(app, json!({ "reads": reads, "frame": false }))
            .await
    }

    async fn call(&self, app: &App, mut p: Value) -> Result<Read, Halt> {
        if let Some(session) = self.session() {
            p["session_id"] = session.into();
        }
        let mut layout = self.bare_layout(app);
        let mut answer = match app.call("ui_read", &self.auth, p).await {
            Ok(answer) => answer,
            Err(refusal) => return Err(Halt::refused(refusal, layout)),
        };
        let now = answer
            .get("now")
            .and_then(Value::as_str)
            .and_then(parse_iso);
        let (Some(now), Some(Value::Object(answers))) = (now, answer.remove("reads")) else {
            return Err(Halt::refused(
                Refusal::internal("ui_read", "no answers in the answer"),
                layout,
            ));
        };
        let frame = answer.remove("frame").unwrap_or_default();
        layout.now_ms = now;
        layout.user = frame["actor"].as_str().map(str::to_string);
        let session = &frame["session"];
        layout.session = session["id"].as_str().unwrap_or_default().into();
        layout.sessions = sessions(&frame, self);
        layout.palette = palette(&frame, &layout.session);
        let may_act = answer.get("may_act") == Some(&Value::Bool(true));
        layout.can_act = may_act;
        // A link may be older than the session: better said than shown as an empty board.
        if let Some(named) = self
            .named_session()
            .filter(|_| !frame.is_null() && session.is_null())
        {
            let problem = Problem::new(
                Code::NotFound,
                format!(
                    "there is no session `{}`; it may have been deleted",
                    shortened(named, 60)
                ),
            );
            let problem = Problem {
                hint: "Choose another session above, or all of them.".into(),
                ..problem
            };
            return Err(Halt::refused(problem.into(), layout));
        }
        Ok(Read {
            now,
            may_act,
            frame,
            answers,
            layout,
        })
    }

    /// What is known without the database.
    pub fn bare_layout(&self, app: &App) -> Layout {
        Layout {
            csrf: csrf::field(&self.token),
            theme: self.theme,
            events: app.host.long_poll.then(|| Href::path(&["ui", "events"])),
            flash: cookie::get(&self.headers, cookie::FLASH).and_then(|text| flash(&text)),
            here: self.here(),
            ..Layout::default()
        }
    }
}

impl Read {
    /// The answer of one read; a refusal is the page's.
    pub fn take(&mut self, name: &str) -> Result<Value, Halt> {
        match self.answers.remove(name) {
            Some(Value::Object(answer)) if answer.contains_key("code") => Err(Halt::refused(
                Refusal::from_answer(answer),
                self.layout.clone(),
            )),
            Some(answer @ Value::Object(_)) => Ok(answer),
            _ => Err(Halt::refused(
                Refusal::internal("ui_read", "an answer is missing"),
                self.layout.clone(),
            )),
        }
    }

    /// The same, where the page can do without it.
    pub fn take_if_any(&mut self, name: &str) -> Option<Value> {
        self.answers
            .remove(name)
            .filter(|answer| answer.get("code").is_none())
    }

    pub fn not_found(&self, detail: impl Into<String>) -> Halt {
        Halt::refused(
            Problem::new(Code::NotFound, detail).into(),
            self.layout.clone(),
        )
    }

    /// What the page should say above itself.
    pub fn say(&mut self, flash: Flash) {
        self.layout.flash = Some(flash);
    }

    pub fn layout(&self, title: &Title) -> Layout {
        Layout {
            title: title.title.into(),
            tab: title.tab,
            state: title.state,
            ..self.layout.clone()
        }
    }

    pub fn lanes(&self) -> Vec<&str> {
        let lanes = self.frame["lanes"].as_array().into_iter().flatten();
        lanes.filter_map(Value::as_str).collect()
    }

    /// `(id, name)` of the chosen session.
    pub fn session(&self) -> Option<(&str, &str)> {
        let one = &self.frame["session"];
        Some((one["id"].as_str()?, one["name"].as_str()?))
    }

    /// `(id, name)` of those that a run may go into, and of the chosen one.
    pub fn sessions(&self) -> Vec<(&str, &str)> {
        let listed = self.frame["sessions"].as_array().into_iter().flatten();
        let listed = listed.filter_map(|one| Some((one["id"].as_str()?, one["name"].as_str()?)));
        let mut all: Vec<_> = listed.collect();
        if let Some(chosen) = self.session().filter(|chosen| !all.contains(chosen)) {
            all.insert(0, chosen);
        }
        all
    }

    /// `(slug, title)`
    pub fn templates(&self) -> Vec<(&str, &str)> {
        let all = self.frame["templates"].as_array().into_iter().flatten();
        all.filter_map(|one| Some((one["slug"].as_str()?, one["title"].as_str()?)))
            .collect()
    }
}

/// Choosing a session leads to the same page where it shows one, else to the Runboard.
fn sessions(frame: &Value, ask: &Ask) -> Vec<SessionChoice> {
    let segments: Vec<&str> = ask.path.split('/').skip(1).collect();
    let here = match segments.as_slice() {
        ["runs" | "chat" | "spec-kit" | "templates"] => Href::path(&segments),
        ["templates", slug] if *slug != "new" => Href::path(&["templates", slug]),
        _ => Href::path(&["runboard"]),
    };
    let current = frame["session"]["id"].as_str();
    let all = SessionChoice {
        name: "all sessions".into(),
        href: here.clone(),
        is_current: current.is_none(),
    };
    let listed = frame["sessions"].as_array().into_iter().flatten();
    let is_listed = listed.clone().any(|one| one["id"].as_str() == current);
    // An archived one, or one of long ago.
    let chosen = Some(&frame["session"]).filter(|_| !is_listed);
    let choices = chosen.into_iter().chain(listed).filter_map(|one| {
        let id = one["id"].as_str()?;
        let name = one["name"].as_str()?;
        Some(SessionChoice {
            name: match one["status"] == "archived" {
                true => format!("{name} (archived)"),
                false => name.into(),
            },
            href: here.clone().with("session", id),
            is_current: current == Some(id),
        })
    });
    std::iter::once(all).chain(choices).collect()
}

fn palette(frame: &Value, session: &str) -> Vec<PaletteItem> {
    let item = |kind: &str, text: &str, href| PaletteItem {
        kind: kind.into(),
        text: text.into(),
        href,
    };
    let list = |name: &str| frame[name].as_array().into_iter().flatten();
    let templates = list("templates").filter_map(|one| {
        Some(item(
            "template",
            one["title"].as_str()?,
            Href::path(&["templates", one["slug"].as_str()?]).with("session", session),
        ))
    });
    let sessions = list("sessions").filter_map(|one| {
        Some(item(
            "session",
            one["name"].as_str()?,
            Href::path(&["runboard"]).with("session", one["id"].as_str()?),
        ))
    });
    templates.chain(sessions).collect()
}

/// `ok:…` or `error:…`.
fn flash(text: &str) -> Option<Flash> {
    let (word, text) = text.split_once(':')?;
    Some(Flash {
        is_error: word == "error",
        text: text.into(),
    })
}
