//! What a line would do, before it does it.

use super::meant::{self, Found};
use crate::app::App;
use crate::ui::ask::Ask;
use crate::ui::halt::Halt;
use crate::ui::json::{list, number, plain, shortened, some_text, text};
use crate::ui::read::Read;
use crate::ui::view_templates::risks;
use crate::ui::words::{badge, short_id};
use ops_core::FieldError;
use ops_core::command::{Command, CommandError, RunCommand, nearest, parse, quoted, split};
use ops_core::limits;
use ops_render::Href;
use ops_render::view::{ChatPreview, Pair, Suggestion};
use ops_render::words::{counted, duration};
use serde_json::{Map, Value, json};

/// All of its ways on stay in the session that is chosen.
pub async fn preview(app: &App, ask: &Ask, line: &str) -> Result<ChatPreview, Halt> {
    let session = ask.session_or_none();
    let mut preview = preview_of(app, ask, line).await?;
    preview.session = session.into();
    preview.form = preview.form.map(|form| form.with("session", session));
    preview.suggestion = preview.suggestion.map(|one| in_session(one, session));
    Ok(preview)
}

pub fn in_session(one: Suggestion, session: &str) -> Suggestion {
    Suggestion {
        href: one.href.with("session", session),
        ..one
    }
}

async fn preview_of(app: &App, ask: &Ask, line: &str) -> Result<ChatPreview, Halt> {
    let command = match parse(line) {
        Ok(command) => command,
        Err(CommandError::Empty) => {
            return Ok(ChatPreview {
                is_empty: true,
                ..ChatPreview::default()
            });
        }
        Err(error) => {
            let read = ask.read_all(app, json!({})).await?;
            return Ok(wrong(line, &error, &slugs(&read)));
        }
    };
    if let Some(run) = meant::run_command(&command) {
        return queue(app, ask, line, &run).await;
    }
    match &command {
        Command::Cancel { id, reason } => {
            one_run(
                app,
                ask,
                line,
                id,
                "Cancel",
                "Cancel run",
                reason.as_deref(),
            )
            .await
        }
        Command::Retry { id } => {
            one_run(app, ask, line, id, "Queue once more", "Queue run", None).await
        }
        Command::Pause { lane, reason } => {
            let mut facts = vec![Pair::new(
                "effect",
                "what runs goes on; nothing new is claimed",
            )];
            facts.extend(reason.as_ref().map(|reason| Pair::new("reason", reason)));
            Ok(plan(
                line,
                format!("Pause lane {lane}"),
                facts,
                "Pause lane",
            ))
        }
        Command::Resume { lane } => {
            let facts = vec![Pair::new("effect", "its queued runs are claimed again")];
            Ok(plan(
                line,
                format!("Open lane {lane} again"),
                facts,
                "Resume lane",
            ))
        }
        Command::Why { .. } => Ok(plan(
            line,
            "Say how the run stands".into(),
            Vec::new(),
            "Ask",
        )),
        Command::Runs(_) => Ok(plan(line, "List runs".into(), Vec::new(), "List")),
        _ => Ok(plan(line, "List the commands".into(), Vec::new(), "Help")),
    }
}

fn plan(line: &str, title: String, facts: Vec<Pair>, verb: &str) -> ChatPreview {
    ChatPreview {
        title,
        facts,
        line: line.into(),
        verb: verb.into(),
        ..ChatPreview::default()
    }
}

fn wrong(line: &str, error: &CommandError, templates: &[&str]) -> ChatPreview {
    ChatPreview {
        error: sentence(&error.to_string()),
        suggestion: mended(line, error, templates),
        ..ChatPreview::default()
    }
}

/// The nearest command, else the template that was named without `run`.
pub fn mended(line: &str, error: &CommandError, templates: &[&str]) -> Option<Suggestion> {
    let CommandError::Unknown {
        word,
        nearest: command,
    } = error
    else {
        return None;
    };
    match command {
        Some(command) => Some(suggestion(line, command, 0)),
        None => {
            let slug = nearest(word, templates.iter().copied())?;
            Some(suggestion(line, &format!("run {slug}"), 0))
        }
    }
}

pub fn slugs(read: &Read) -> Vec<&str> {
    read.templates().into_iter().map(|(slug, _)| slug).collect()
}

pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// The line with its word at `place` replaced.
pub fn suggestion(line: &str, word: &str, place: usize) -> Suggestion {
    let words = split(line).unwrap_or_default();
    let mended: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(at, old)| {
            if at == place {
                word.into()
            } else {
                quoted(old)
            }
        })
        .collect();
    let mended = mended.join(" ");
    Suggestion {
        href: Href::path(&["chat"]).with("line", &mended),
        text: mended,
    }
}

async fn queue(app: &App, ask: &Ask, line: &str, run: &RunCommand) -> Result<ChatPreview, Halt> {
    let (read, found) = meant::template(app, ask, &run.slug).await?;
    let template = match found {
        Ok(template) => template,
        Err(nearest) => {
            return Ok(ChatPreview {
                error: format!("There is no template “{}”.", run.slug),
                suggestion: nearest.map(|slug| suggestion(line, &slug, 1)),
                ..ChatPreview::default()
            });
        }
    };
    let runbook = &template["runbook"];
    let (params, errors) = meant::params(&runbook["params"], &run.params);
    let own = some_text(&template, "default_lane").unwrap_or("A");
    let lane = run.lane.as_deref().unwrap_or(own);
    let is_known = read.lanes().contains(&lane);
    let mut facts = vec![
        Pair::new("parameters", in_words(&params, &runbook["params"])),
        Pair::new("will run", will_run(runbook)),
    ];
    facts.extend(read.session().map(|(_, name)| Pair::new("session", name)));
    facts.extend(
        run.priority
            .map(|priority| Pair::new("priority", priority.to_string())),
    );
    facts.extend(
        run.reason
            .as_ref()
            .map(|reason| Pair::new("reason", reason)),
    );
    let error = match (errors.as_slice(), is_known) {
        ([], true) => String::new(),
        ([], false) => format!("There is no lane {lane}."),
        (errors, _) => errors.iter().map(say).collect::<Vec<_>>().join(" "),
    };
    let can_send = error.is_empty() && read.may_act;
    Ok(ChatPreview {
        title: format!("Queue “{}” in lane {lane}", text(&template, "title")),
        facts,
        risks: risks(runbook),
        line: if can_send { line.into() } else { String::new() },
        error,
        verb: "Queue run".into(),
        form: Some(as_form(run)),
        ..ChatPreview::default()
    })
}

fn say(error: &FieldError) -> String {
    let name = error.field.strip_prefix("/params/").unwrap_or(&error.field);
    let end = if error.message.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{name}: {}{end}", error.message)
}

fn in_words(params: &Map<String, Value>, schema: &Value) -> String {
    let one =
        |(name, value): (&String, &Value)| match schema["properties"][name]["writeOnly"] == true {
            true => format!("{name} ••••••"),
            false => format!("{name} {}", shortened(&plain(value), 60)),
        };
    match params.is_empty() {
        true => "none".into(),
        false => params.iter().map(one).collect::<Vec<_>>().join(" · "),
    }
}

fn will_run(runbook: &Value) -> String {
    let steps = counted(list(runbook, "steps").len() as u64, "step", "steps");
    let timeout = match number(runbook, "timeout") {
        0 => u64::from(limits::TIMEOUT_SECONDS),
        seconds => seconds,
    };
    let attempts = match number(runbook, "max_attempts") {
        0 => u64::from(limits::MAX_ATTEMPTS),
        attempts => attempts,
    };
    let most = duration(i64::try_from(timeout).unwrap_or(0) * 1_000);
    format!(
        "{steps}, up to {most}, {}",
        counted(attempts, "attempt", "attempts")
    )
}

/// The template's form, filled with what the line says.
fn as_form(run: &RunCommand) -> Href {
    let page = Href::path(&["templates", &run.slug])
        .with("lane", run.lane.as_deref().unwrap_or_default())
        .with(
            "priority",
            &run.priority.map(|n| n.to_string()).unwrap_or_default(),
        )
        .with("intent", run.reason.as_deref().unwrap_or_default());
    run.params.iter().fold(page, |page, (name, value)| {
        page.with(&format!("/params/{name}"), value)
    })
}

async fn one_run(
    app: &App,
    ask: &Ask,
    line: &str,
    id: &str,
    what: &str,
    verb: &str,
    reason: Option<&str>,
) -> Result<ChatPreview, Halt> {
    let (read, found) = meant::run(app, ask, id).await?;
    let run = match found {
        Found::Run(run) => run,
        other => {
            return Ok(ChatPreview {
                error: not_one(&other, id),
                ..ChatPreview::default()
            });
        }
    };
    let mut facts = vec![
        Pair::new(
            "run",
            format!(
                "{} · {}",
                short_id(text(&run, "id")),
                badge(&run, read.now).word
            ),
        ),
        Pair::new("lane", text(&run, "lane")),
    ];
    facts.extend(reason.map(|reason| Pair::new("reason", reason)));
    let line = if read.may_act { line } else { "" };
    Ok(plan(
        line,
        format!("{what}: “{}”", text(&run, "title")),
        facts,
        verb,
    ))
}

pub fn not_one(found: &Found, id: &str) -> String {
    match found {
        Found::Several => format!("Several runs begin with {id}; give more of it."),
        _ => format!("No run begins with {id}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_command_is_offered_in_its_line() {
        let error = parse("cancle 8dfd 'wrong region'").expect_err("no command");
        let preview = wrong("cancle 8dfd 'wrong region'", &error, &[]);
        assert_eq!(preview.error, "There is no command “cancle”.");
        let suggestion = preview.suggestion.expect("the nearest");
        assert_eq!(suggestion.text, "cancel 8dfd \"wrong region\"");
        assert!(preview.line.is_empty());
    }

    #[test]
    fn a_template_that_was_named_alone_is_offered() {
        let error = parse("deply").expect_err("no command");
        let suggestion = mended("deply", &error, &["hello", "deploy-check"]).expect("the nearest");
        assert_eq!(suggestion.text, "run deploy-check");
    }

    #[test]
    fn the_form_is_filled_with_what_the_line_says() {
        let Ok(Command::Run(run)) = parse("run hello name='a b' lane:B") else {
            panic!("a run");
        };
        assert_eq!(
            as_form(&run).as_str(),
            "/templates/hello?lane=B&%2Fparams%2Fname=a%20b"
        );
    }
}
