//! Answers, read anew each time they are shown.

use super::history::{Entry, History};
use super::preview::{in_session as suggestion_in_session, mended, sentence, slugs};
use crate::ui::json::{list, number, status, text};
use crate::ui::read::Read;
use crate::ui::view_runs::Filters;
use crate::ui::words;
use ops_core::command::{Command, RunsCommand, USAGE, parse};
use ops_render::view::{Answer, AnswerRun, ChatAnswers, Stamp};
use ops_render::words::{UnixMs, counted};
use ops_render::{Href, Html, markdown, text as plain_text};
use serde_json::{Map, Value};

/// Runs that one answer shows.
const RUNS: u32 = 5;

/// All that the answers need, in one call.
pub fn reads(history: &History, session: &str) -> Value {
    let mut reads = Map::new();
    for (at, entry) in history.0.iter().enumerate() {
        let name = format!("a{at}");
        match (&entry.run_id, parse(&entry.line)) {
            (Some(id), _) => {
                reads.insert(name, serde_json::json!({ "of": "runs_get", "run_id": id }));
            }
            (None, Ok(Command::Runs(runs))) => {
                reads.insert(name, filters(&runs, session).read(RUNS));
            }
            _ => {}
        }
    }
    Value::Object(reads)
}

fn filters(runs: &RunsCommand, session: &str) -> Filters {
    Filters {
        statuses: runs.statuses.clone(),
        lane: runs.lane.clone().unwrap_or_default(),
        template: runs.template.clone().unwrap_or_default(),
        text: runs.text.clone().unwrap_or_default(),
        session: session.into(),
        ..Filters::default()
    }
}

pub fn answers(read: &mut Read, history: &History, session: &str) -> ChatAnswers {
    let now = read.now;
    let found: Vec<Option<Value>> = (0..history.0.len())
        .map(|at| read.take_if_any(&format!("a{at}")))
        .collect();
    let is_busy = found.iter().flatten().any(|answer| {
        let listed = list(answer, "runs").iter();
        let one = Some(&answer["run"]).filter(|run| !run.is_null());
        listed.chain(one).any(|run| !status(run).is_terminal())
    });
    let templates = slugs(read);
    let entries = history.0.iter().zip(&found);
    ChatAnswers {
        live: Href::path(&["ui", "chat"])
            .with("session", session)
            .as_str()
            .into(),
        poll_ms: words::poll_ms(is_busy),
        answers: entries
            .map(|(entry, found)| {
                let answer = answer(entry, found.as_ref(), &templates, session, now);
                in_session(answer, session)
            })
            .collect(),
    }
}

/// Its links stay in the session.
fn in_session(mut answer: Answer, session: &str) -> Answer {
    answer.suggestion = answer
        .suggestion
        .map(|one| suggestion_in_session(one, session));
    for run in &mut answer.runs {
        run.href = run.href.clone().with("session", session);
    }
    answer
}

fn answer(
    entry: &Entry,
    found: Option<&Value>,
    templates: &[&str],
    session: &str,
    now: UnixMs,
) -> Answer {
    let mut answer = Answer {
        id: entry.at.to_string(),
        line: entry.line.clone(),
        at: Stamp::at(entry.at),
        ..Answer::default()
    };
    let command = match parse(&entry.line) {
        Ok(command) => command,
        Err(error) => {
            answer.is_error = true;
            answer.text_html = plain_text(&sentence(&error.to_string()));
            answer.suggestion = mended(&entry.line, &error, templates);
            return answer;
        }
    };
    let run = found
        .map(|found| &found["run"])
        .filter(|run| !run.is_null());
    match (&command, run) {
        (Command::Runs(runs), _) => {
            let rows = found.map(|found| list(found, "runs")).unwrap_or_default();
            answer.runs = rows.iter().map(|run| answer_run(entry, run, now)).collect();
            answer.text_html = all_of_them(runs, session, rows.len());
        }
        (Command::Why { id }, None) => {
            answer.text_html = plain_text(&format!("No run begins with {id}."))
        }
        (Command::Why { .. }, Some(run)) => {
            answer.runs = vec![answer_run(entry, run, now)];
            answer.text_html = plain_text(&why(run, now));
            if text(&run["waiting"], "reason") == "no_worker" {
                answer.command = format!("ops worker --lanes {}", text(run, "lane"));
            }
        }
        (Command::Pause { lane, .. }, _) => {
            answer.text_html = plain_text(&format!("Lane {lane} was paused."))
        }
        (Command::Resume { lane }, _) => {
            answer.text_html = plain_text(&format!("Lane {lane} was opened again."))
        }
        (Command::Help, _) => answer.text_html = help(),
        (_, Some(run)) => answer.runs = vec![answer_run(entry, run, now)],
        (_, None) => answer.text_html = plain_text("The run is no longer there."),
    }
    answer
}

fn answer_run(entry: &Entry, run: &Value, now: UnixMs) -> AnswerRun {
    AnswerRun {
        // One run may stand in several answers.
        id: format!("{}-{}", entry.at, text(run, "id")),
        href: words::run_href(run),
        title: text(run, "title").into(),
        badge: words::badge(run, now),
        note: words::note(run),
        took: words::took(run, now),
    }
}

fn all_of_them(runs: &RunsCommand, session: &str, shown: usize) -> Html {
    match shown {
        0 => plain_text("No run fits."),
        _ => markdown(&format!(
            "[All of them]({})",
            filters(runs, session).href(&["runs"]).as_str()
        )),
    }
}

fn why(run: &Value, now: UnixMs) -> String {
    let waiting = text(&run["waiting"], "detail");
    let state = words::badge(run, now).word;
    match (status(run).is_terminal(), waiting) {
        (false, "") => {
            let steps = list(run, "steps")
                .iter()
                .filter(|step| text(step, "status") == "running");
            let names: Vec<_> = steps.map(|step| text(step, "step")).collect();
            match names.as_slice() {
                [] => format!("It is {state}."),
                names => format!("It is {state}, in step {}.", names.join(", ")),
            }
        }
        (false, waiting) => format!(
            "It waits: {}.",
            waiting.split("; start one").next().unwrap_or_default()
        ),
        (true, _) => match words::note(run).as_str() {
            "" => format!(
                "It is {state}, after {}.",
                counted(number(run, "attempt"), "attempt", "attempts")
            ),
            note => format!("It is {state}: {note}."),
        },
    }
}

fn help() -> Html {
    let lines = USAGE
        .iter()
        .map(|(_, usage, about)| format!("- `{usage}` {about}\n"));
    markdown(&lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(line: &str, run_id: Option<&str>) -> Entry {
        Entry {
            at: 1_764_023_400_000,
            run_id: run_id.map(str::to_string),
            line: line.into(),
        }
    }

    #[test]
    fn why_a_run_waits() {
        let found = json!({ "run": { "id": "r", "status": "queued", "lane": "D",
            "waiting": { "reason": "no_worker", "detail": "no worker asks for lane D; start one with `ops worker --lanes D`" } } });
        let answer = answer(&asked("why 8dfd", Some("r")), Some(&found), &[], "", 0);
        assert_eq!(
            answer.text_html.as_str(),
            "It waits: no worker asks for lane D."
        );
        assert_eq!(answer.command, "ops worker --lanes D");
    }

    #[test]
    fn a_hostile_line_is_text() {
        let answer = answer(&asked("<script>alert(1)</script>", None), None, &[], "", 0);
        assert!(answer.is_error && !answer.text_html.as_str().contains("<script"));
    }

    #[test]
    fn runs_are_listed_with_the_way_to_all() {
        let found =
            json!({ "runs": [{ "id": "r", "status": "failed", "title": "x", "error": "exit 1" }] });
        let answer = answer(&asked("runs failed lane:B", None), Some(&found), &[], "", 0);
        assert!(
            answer
                .text_html
                .as_str()
                .contains("/runs?status=failed&amp;lane=B")
        );
        assert_eq!(answer.runs[0].note, "exit 1");
    }

    #[test]
    fn everything_is_asked_for_at_once() {
        let history = History(vec![
            asked("help", None),
            asked("runs failed", None),
            asked("run x", Some("r")),
        ]);
        let reads = reads(&history, "");
        assert_eq!(reads["a1"]["of"], "ui_runs");
        assert_eq!(reads["a2"]["run_id"], "r");
        assert!(reads.get("a0").is_none());
    }
}
