//! What is typed into the chat: quoting is undone by reading, and a command that is written down again is
//! the same command.

use crate::{over_text, same};
use ops_core::command::{Command, RunCommand, RunsCommand, parse, quoted, split};

const SEEDS: &[&str] = &[
    "run deploy-check env=prod \"note=two words\" lane:B priority:50 reason:\"because\"",
    "cancel 0d0d reason of many words",
    "retry 0d0d",
    "why 0d0d",
    "check example.com/health",
    "runs failed lane:B template:hello some words",
    "pause B 'a reason'",
    "resume B",
    "help",
];

const WORDS: &[&str] = &[
    "run ",
    "cancel ",
    "retry ",
    "why ",
    "check ",
    "runs ",
    "pause ",
    "resume ",
    "help",
    "lane:",
    "priority:",
    "reason:",
    "template:",
    "=",
    "\"",
    "'",
    "\\",
    " ",
    "\u{a0}",
    "\t",
    "-1",
    "99999999999",
    "İ",
    "failed",
];

#[test]
fn a_command_that_is_written_down_is_read_back() {
    over_text("chat", SEEDS, WORDS, |line| {
        if let Ok(words) = split(line) {
            let again: Vec<String> = words.iter().map(|word| quoted(word)).collect();
            same("the words", &Ok(words), &split(&again.join(" ")))?;
        }
        let Ok(command) = parse(line) else {
            return Ok(());
        };
        let Some(written) = written(&command) else {
            return Ok(());
        };
        same(&written, &Ok(command), &parse(&written))
    });
}

/// As somebody would type it.
fn written(command: &Command) -> Option<String> {
    let mut words = Vec::new();
    match command {
        Command::Run(run) => words = of_run(run),
        Command::Runs(runs) => words = of_runs(runs)?,
        Command::Cancel { id, reason } => {
            words.extend(["cancel".to_owned(), id.clone()]);
            words.extend(reason.clone());
        }
        Command::Retry { id } => words.extend(["retry".to_owned(), id.clone()]),
        Command::Why { id } => words.extend(["why".to_owned(), id.clone()]),
        Command::Check { url } => words.extend(["check".to_owned(), url.clone()]),
        Command::Pause { lane, reason } => {
            words.extend(["pause".to_owned(), lane.clone()]);
            words.extend(reason.clone());
        }
        Command::Resume { lane } => words.extend(["resume".to_owned(), lane.clone()]),
        Command::Help => words.push("help".into()),
    }
    Some(
        words
            .iter()
            .map(|word| quoted(word))
            .collect::<Vec<_>>()
            .join(" "),
    )
}

fn of_run(run: &RunCommand) -> Vec<String> {
    let mut words = vec!["run".to_owned(), run.slug.clone()];
    words.extend(
        run.params
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    words.extend(run.lane.iter().map(|lane| format!("lane:{lane}")));
    words.extend(
        run.priority
            .iter()
            .map(|priority| format!("priority:{priority}")),
    );
    words.extend(run.reason.iter().map(|reason| format!("reason:{reason}")));
    words
}

/// Words that are looked for stand for themselves only where no other reading takes them.
fn of_runs(runs: &RunsCommand) -> Option<Vec<String>> {
    if runs.text.is_some() {
        return None;
    }
    let mut words = vec!["runs".to_owned()];
    words.extend(
        runs.statuses
            .iter()
            .map(|status| status.as_str().to_owned()),
    );
    words.extend(runs.lane.iter().map(|lane| format!("lane:{lane}")));
    words.extend(
        runs.template
            .iter()
            .map(|template| format!("template:{template}")),
    );
    Some(words)
}
