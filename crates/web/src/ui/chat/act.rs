//! Does what a line says, as the forms of the pages do it.

use super::meant::{self, Found};
use super::preview::not_one;
use crate::api::create::create_one;
use crate::app::App;
use crate::refusal::Refusal;
use crate::ui::ask::Sent;
use crate::ui::halt::Halt;
use crate::ui::json::text;
use ops_core::command::{Command, parse};
use ops_core::{Code, Problem};
use serde_json::{Value, json};

pub enum Failed {
    Halt(Halt),
    Refused(Box<Refusal>),
}

impl From<Halt> for Failed {
    fn from(halt: Halt) -> Self {
        Failed::Halt(halt)
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Failed::Refused(Box::new(refusal))
    }
}

/// The run that the line is about, where it is about one. A line that is no command does nothing: its
/// answer says so.
pub async fn act(app: &App, sent: &Sent, line: &str) -> Result<Option<String>, Failed> {
    let Ok(command) = parse(line) else {
        return Ok(None);
    };
    if let Some(run) = meant::run_command(&command) {
        let (_, found) = meant::template(app, &sent.ask, &run.slug).await?;
        let Ok(template) = found else {
            return Err(Refusal::from(Problem::new(
                Code::NotFound,
                format!("There is no template “{}”.", run.slug),
            ))
            .into());
        };
        let new = meant::new_run(&run, &template["runbook"]["params"], sent.ask.session());
        let made = create_one(app, &sent.ask.auth, new).await?;
        return Ok(made["run_id"].as_str().map(str::to_string));
    }
    match command {
        Command::Cancel { id, reason } => {
            let run_id = the_run(app, sent, &id).await?;
            let mut p = json!({ "run_id": run_id });
            if let Some(reason) = reason {
                p["reason"] = reason.into();
            }
            app.call("runs_cancel", &sent.ask.auth, p).await?;
            app.wake.log(&run_id);
            Ok(Some(run_id))
        }
        Command::Retry { id } => {
            let run_id = the_run(app, sent, &id).await?;
            let answer = app
                .call("runs_retry", &sent.ask.auth, json!({ "run_id": run_id }))
                .await?;
            let new = answer
                .get("runs")
                .and_then(|runs| runs[0]["run_id"].as_str());
            Ok(new.map(str::to_string))
        }
        Command::Why { id } => match meant::run(app, &sent.ask, &id).await? {
            (_, Found::Run(run)) => Ok(Some(text(&run, "id").into())),
            _ => Ok(None),
        },
        Command::Pause { lane, reason } => {
            let mut p = json!({ "name": lane, "paused": true });
            if let Some(reason) = reason {
                p["reason"] = reason.into();
            }
            lane_update(app, sent, &lane, p).await
        }
        Command::Resume { lane } => {
            let p = json!({ "name": lane, "paused": false });
            lane_update(app, sent, &lane, p).await
        }
        _ => Ok(None),
    }
}

/// A word in the chat makes no lane: it would be a typing mistake.
async fn lane_update(
    app: &App,
    sent: &Sent,
    lane: &str,
    p: Value,
) -> Result<Option<String>, Failed> {
    let read = sent.ask.read_all(app, json!({})).await?;
    if !read.lanes().contains(&lane) {
        return Err(Refusal::from(Problem::new(
            Code::NotFound,
            format!("There is no lane {lane}."),
        ))
        .into());
    }
    app.call("lanes_update", &sent.ask.auth, p).await?;
    Ok(None)
}

async fn the_run(app: &App, sent: &Sent, id: &str) -> Result<String, Failed> {
    match meant::run(app, &sent.ask, id).await? {
        (_, Found::Run(run)) => Ok(text(&run, "id").into()),
        (_, other) => Err(Refusal::from(Problem::new(Code::NotFound, not_one(&other, id))).into()),
    }
}
