//! The chat: a line is a command of `ops_core::command`. What changes something is shown with its
//! risks first, and done when a second form confirms it. Answers are read anew whenever they are shown,
//! so they stay live; what was asked is kept by the browser.

mod act;
mod answers;
mod history;
mod meant;
mod preview;

use super::ask::{Ask, Sent};
use super::cookie::{self, Keep};
use super::flash;
use super::halt::{Shown, with_cookies};
use super::read::Title;
use super::{html, tag};
use crate::app::App;
use crate::clock::unix_ms;
use axum::extract::{Path, State};
use history::History;
use ops_core::command::{USAGE, parse, quoted};
use ops_render::Href;
use ops_render::view::{ChatPage, ChatSession, QuickAction, Tab};
use serde_json::json;

/// Longer lines are cut before they are read.
const LINE: usize = 1_000;
const QUICK: usize = 6;

pub async fn page(State(app): State<App>, ask: Ask) -> Shown {
    let history = History::of(&ask.headers);
    let line = line_of(ask.get("line").unwrap_or_default());
    let preview = preview::preview(&app, &ask, line).await?;
    let mut read = ask
        .read_all(&app, answers::reads(&history, ask.session_or_none()))
        .await?;
    let mut page = ChatPage {
        line: line.into(),
        session: read.session().map(|(id, name)| ChatSession {
            id: id.into(),
            name: name.into(),
            href: Href::path(&["runboard"]).with("session", id),
            leave: Href::path(&["chat"]).with("line", line),
        }),
        ask: Some(match ask.session() {
            Some(id) => Href::path(&["ui", "chat", id, "preview"]),
            None => Href::path(&["ui", "chat", "preview"]),
        }),
        preview,
        quick: quick(&read.templates(), ask.session_or_none()),
        completions: completions(&read.templates()),
        ..ChatPage::default()
    };
    page.answers = answers::answers(&mut read, &history, ask.session_or_none());
    let layout = read.layout(&Title::of("Chat", Tab::Chat));
    Ok(html::page(&ask, &layout, html::Body::Chat(&page)))
}

pub async fn preview(State(app): State<App>, ask: Ask) -> Shown {
    let line = line_of(ask.get("line").unwrap_or_default());
    let preview = preview::preview(&app, &ask, line).await?;
    Ok(html::region(
        &ask.bare_layout(&app),
        html::Region::Preview(&preview),
    ))
}

/// The same in a session. In the path, because the script adds the line to it as the query.
pub async fn preview_in(State(app): State<App>, Path(session): Path<String>, ask: Ask) -> Shown {
    preview(State(app), ask.in_session(session)).await
}

pub async fn answers(State(app): State<App>, ask: Ask) -> Shown {
    let history = History::of(&ask.headers);
    let session = ask.session_or_none();
    let mut read = ask
        .read_all(&app, answers::reads(&history, session))
        .await?;
    let view = answers::answers(&mut read, &history, session);
    // Ages go on by themselves; what is said and how runs stand is what counts.
    let said = view.answers.iter().map(|one| {
        let runs: Vec<_> = one
            .runs
            .iter()
            .map(|run| (&run.id, &run.badge.word, &run.note))
            .collect();
        json!([one.id, one.text_html, runs])
    });
    let tag = tag::of_facts(&ask.token, &said.collect());
    if ask.known_tag() == Some(tag.as_str()) {
        return Ok(tag::not_modified(&tag));
    }
    let layout = read.layout(&Title::of("", Tab::Chat));
    Ok(tag::with_poll(
        html::region(&layout, html::Region::Answers(&view)),
        &tag,
        view.poll_ms,
    ))
}

/// A line, or with `confirmed` what it was shown to do.
pub async fn send(State(app): State<App>, sent: Sent) -> Shown {
    let line = line_of(sent.get("line").unwrap_or_default());
    let chat = Href::path(&["chat"]).with("session", sent.ask.session_or_none());
    let is_asking = parse(line).is_ok_and(|command| command.changes_something());
    if is_asking && sent.get("confirmed") != Some("true") {
        return Ok(flash::go(&sent, chat.with("line", line).as_str()));
    }
    let run_id = match act::act(&app, &sent, line).await {
        Ok(run_id) => run_id,
        Err(act::Failed::Halt(halt)) => return Err(halt),
        Err(act::Failed::Refused(refusal)) => {
            return flash::failed(&app, &sent, chat.as_str(), *refusal);
        }
    };
    let mut history = History::of(&sent.ask.headers);
    history.add(line, run_id.as_deref(), unix_ms());
    let cookie = cookie::set(
        cookie::CHAT,
        &history.to_text(),
        Keep::Year,
        sent.ask.channel,
    );
    Ok(with_cookies(flash::quietly(&sent, chat.as_str()), [cookie]))
}

fn line_of(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(LINE)
        .map_or(text.len(), |(at, _)| at);
    text[..end].trim()
}

fn quick(templates: &[(&str, &str)], session: &str) -> Vec<QuickAction> {
    let action = |text: &str, line: &str| QuickAction {
        text: text.into(),
        href: Href::path(&["chat"])
            .with("line", line)
            .with("session", session),
    };
    let runs = templates
        .iter()
        .take(QUICK)
        .map(|(slug, title)| action(title, &format!("run {}", quoted(slug))));
    runs.chain([action("What failed", "runs failed"), action("Help", "help")])
        .collect()
}

fn completions(templates: &[(&str, &str)]) -> Vec<String> {
    let runs = templates.iter().map(|(slug, _)| format!("run {slug}"));
    runs.chain(USAGE.iter().skip(1).map(|(name, _, _)| format!("{name} ")))
        .collect()
}
