//! The Runboard, and its live region.

use super::ask::Ask;
use super::halt::Shown;
use super::read::Title;
use super::view_board::{Looker, board};
use super::{html, tag};
use crate::app::App;
use axum::extract::State;
use ops_render::view::Tab;
use serde_json::json;

pub async fn page(State(app): State<App>, ask: Ask) -> Shown {
    let mut read = ask
        .read(
            &app,
            json!({ "board": { "of": "ui_board", "session_id": ask.session() } }),
        )
        .await?;
    let answer = read.take("board")?;
    let board = board(
        &answer,
        &Looker {
            session: ask.session(),
            may_act: read.may_act,
        },
        read.now,
    );
    let title = match ask.session() {
        Some(_) => format!("{} · Runboard", board.head.title),
        None => "Runboard".into(),
    };
    let layout = read.layout(&Title::of(&title, Tab::Runboard));
    Ok(html::page(&ask, &layout, html::Body::Board(&board)))
}

/// Told by the tag of the database whether anything that is shown has changed: then nothing is drawn.
pub async fn region(State(app): State<App>, ask: Ask) -> Shown {
    let known = ask.known_tag().and_then(|tag| tag::inner(tag, &ask.token));
    let asked = json!({ "of": "ui_board", "session_id": ask.session(), "known": known });
    let mut read = ask.read(&app, json!({ "board": asked })).await?;
    let answer = read.take("board")?;
    let tag = tag::outer(answer["tag"].as_str().unwrap_or_default(), &ask.token);
    if answer["unchanged"] == true {
        return Ok(tag::not_modified(&tag));
    }
    let board = board(
        &answer,
        &Looker {
            session: ask.session(),
            may_act: read.may_act,
        },
        read.now,
    );
    let layout = read.layout(&Title::of("", Tab::Runboard));
    let response = html::region(&layout, html::Region::Board(&board));
    Ok(tag::with_poll(response, &tag, board.poll_ms))
}
