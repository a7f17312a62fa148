//! What the words of a command mean here: a run by the beginning of its id, a template with values by its
//! schema.

use crate::app::App;
use crate::ui::ask::Ask;
use crate::ui::halt::Halt;
use crate::ui::json::{list, text};
use crate::ui::read::Read;
use ops_core::FieldError;
use ops_core::api::NewRun;
use ops_core::command::{Command, RunCommand, nearest};
use ops_runbook::{check_params, parse_cli_param};
use serde_json::{Map, Value, json};

/// The template behind `check URL`.
pub const CHECK: &str = "http-healthcheck";

/// A run by an id or its beginning.
pub enum Found {
    Run(Box<Value>),
    None,
    Several,
}

pub async fn run(app: &App, ask: &Ask, id: &str) -> Result<(Read, Found), Halt> {
    let id = id.to_ascii_lowercase();
    let reads = json!({ "runs": { "of": "ui_runs", "text": id, "limit": 50 } });
    let mut read = ask.read_all(app, reads).await?;
    let answer = read.take("runs")?;
    let mut fitting = list(&answer, "runs")
        .iter()
        .filter(|run| text(run, "id").starts_with(&id));
    let found = match (fitting.next(), fitting.next()) {
        (Some(run), None) => Found::Run(Box::new(run.clone())),
        (Some(_), Some(_)) => Found::Several,
        (None, _) => Found::None,
    };
    Ok((read, found))
}

/// The run that a command would queue.
pub fn run_command(command: &Command) -> Option<RunCommand> {
    match command {
        Command::Run(run) => Some(run.clone()),
        Command::Check { url } => Some(RunCommand {
            slug: CHECK.into(),
            params: vec![("url".into(), url.clone())],
            ..RunCommand::default()
        }),
        _ => None,
    }
}

/// The template of a run command, or what to say about it and what was probably meant.
pub async fn template(
    app: &App,
    ask: &Ask,
    slug: &str,
) -> Result<(Read, Result<Value, Option<String>>), Halt> {
    let reads = json!({ "template": { "of": "templates_get", "slug": slug } });
    let mut read = ask.read_all(app, reads).await?;
    let found = read
        .take_if_any("template")
        .map(|mut answer| answer["template"].take());
    let result = found.ok_or_else(|| {
        let slugs = read.templates().into_iter().map(|(slug, _)| slug);
        nearest(slug, slugs).map(str::to_string)
    });
    Ok((read, result))
}

/// Values as the schema wants them, and the parameters with their defaults where they fit.
pub fn params(schema: &Value, typed: &[(String, String)]) -> (Map<String, Value>, Vec<FieldError>) {
    let values: Map<String, Value> = typed
        .iter()
        .map(|(name, text)| (name.clone(), parse_cli_param(schema, name, text)))
        .collect();
    match check_params(schema, &values) {
        Ok(all) => (all, Vec::new()),
        Err(errors) => (values, errors),
    }
}

pub fn new_run(command: &RunCommand, schema: &Value, session: Option<&str>) -> NewRun {
    let values = command
        .params
        .iter()
        .map(|(name, text)| (name.clone(), parse_cli_param(schema, name, text)));
    NewRun {
        template: Some(command.slug.clone()),
        session_id: session.map(str::to_string),
        lane: command.lane.clone(),
        priority: command.priority,
        params: values.collect(),
        intent: command.reason.clone(),
        ..NewRun::default()
    }
}
