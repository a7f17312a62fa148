//! What a person types into the chat or hands to the CLI, as a command. Pure: words in, a command or
//! what is wrong with the words out; whether what they name exists is for others to say.

mod nearest;
mod words;

pub use nearest::nearest;
pub use words::{quoted, split};

use crate::RunStatus;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Run(RunCommand),
    /// Ids may be the beginning of one.
    Cancel {
        id: String,
        reason: Option<String>,
    },
    Retry {
        id: String,
    },
    Why {
        id: String,
    },
    /// A health check of one address.
    Check {
        url: String,
    },
    Runs(RunsCommand),
    Pause {
        lane: String,
        reason: Option<String>,
    },
    Resume {
        lane: String,
    },
    Help,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunCommand {
    pub slug: String,
    /// Names and values as they were typed; the template's schema says what they are.
    pub params: Vec<(String, String)>,
    pub lane: Option<String>,
    pub priority: Option<i32>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunsCommand {
    pub statuses: Vec<RunStatus>,
    pub lane: Option<String>,
    pub template: Option<String>,
    pub text: Option<String>,
}

/// How a command is written, for help and for completion.
pub const USAGE: [(&str, &str, &str); 9] = [
    (
        "run",
        "run SLUG name=value … lane:B priority:50 reason:\"…\"",
        "queues a run of a template",
    ),
    ("cancel", "cancel ID reason", "cancels a run"),
    ("retry", "retry ID", "queues a run that failed once more"),
    ("why", "why ID", "says why a run waits or how it ended"),
    (
        "check",
        "check URL",
        "runs http-healthcheck against an address",
    ),
    (
        "runs",
        "runs failed lane:B template:SLUG words",
        "lists runs",
    ),
    (
        "pause",
        "pause LANE reason",
        "nothing new is claimed in a lane",
    ),
    ("resume", "resume LANE", "opens a paused lane"),
    ("help", "help", "lists the commands"),
];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    #[error("nothing was typed")]
    Empty,
    #[error("a quote is not closed")]
    OpenQuote,
    #[error("there is no command “{word}”")]
    Unknown {
        word: String,
        nearest: Option<&'static str>,
    },
    #[error("{what} is missing: {usage}")]
    Missing {
        what: &'static str,
        usage: &'static str,
    },
    #[error("“{word}” is not understood here: {usage}")]
    Unclear { word: String, usage: &'static str },
}

impl Command {
    /// Whether it does more than look.
    pub fn changes_something(&self) -> bool {
        !matches!(self, Command::Why { .. } | Command::Runs(_) | Command::Help)
    }
}

pub fn parse(line: &str) -> Result<Command, CommandError> {
    let words = split(line)?;
    let Some((verb, rest)) = words.split_first() else {
        return Err(CommandError::Empty);
    };
    let verb = verb.to_lowercase();
    let Some((name, usage, _)) = USAGE.iter().find(|(name, _, _)| *name == verb) else {
        let names = USAGE.iter().map(|(name, _, _)| *name);
        return Err(CommandError::Unknown {
            nearest: nearest(&verb, names),
            word: verb,
        });
    };
    let first = |what| {
        rest.first()
            .cloned()
            .ok_or(CommandError::Missing { what, usage })
    };
    let tail = || Some(rest.get(1..).unwrap_or_default().join(" ")).filter(|text| !text.is_empty());
    let alone = |command: Command| match rest.get(1) {
        None => Ok(command),
        Some(word) => Err(CommandError::Unclear {
            word: word.clone(),
            usage,
        }),
    };
    match *name {
        "run" => run(rest, usage).map(Command::Run),
        "cancel" => Ok(Command::Cancel {
            id: first("the run")?,
            reason: tail(),
        }),
        "retry" => alone(Command::Retry {
            id: first("the run")?,
        }),
        "why" => why(rest, usage),
        "check" => {
            let url = first("the address")?;
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            alone(Command::Check {
                url: if is_web {
                    url
                } else {
                    format!("https://{url}")
                },
            })
        }
        "runs" => runs(rest, usage).map(Command::Runs),
        "pause" => Ok(Command::Pause {
            lane: lane(&first("the lane")?, usage)?,
            reason: tail(),
        }),
        "resume" => alone(Command::Resume {
            lane: lane(&first("the lane")?, usage)?,
        }),
        _ => Ok(Command::Help),
    }
}

fn run(words: &[String], usage: &'static str) -> Result<RunCommand, CommandError> {
    let mut run = RunCommand::default();
    for word in words {
        let unclear = || CommandError::Unclear {
            word: word.clone(),
            usage,
        };
        if let Some((name, value)) = word.split_once('=').filter(|(name, _)| is_name(name)) {
            run.params.push((name.into(), value.into()));
        } else if let Some((name, value)) = word.split_once(':').filter(|_| !run.slug.is_empty()) {
            match name {
                "lane" => run.lane = Some(lane(value, usage)?),
                "priority" => run.priority = Some(value.parse().map_err(|_| unclear())?),
                "reason" => run.reason = Some(value.into()),
                _ => return Err(unclear()),
            }
        } else if run.slug.is_empty() {
            run.slug = word.clone();
        } else {
            return Err(unclear());
        }
    }
    match run.slug.is_empty() {
        true => Err(CommandError::Missing {
            what: "the template",
            usage,
        }),
        false => Ok(run),
    }
}

/// `why 8dfd`, `why is 8dfd queued`: words around the id are for people.
fn why(words: &[String], usage: &'static str) -> Result<Command, CommandError> {
    let is_id = |word: &&String| {
        word.len() >= 4 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    match (words.iter().find(is_id), words.first()) {
        (Some(id), _) => Ok(Command::Why { id: id.clone() }),
        (None, Some(word)) => Err(CommandError::Unclear {
            word: word.clone(),
            usage,
        }),
        (None, None) => Err(CommandError::Missing {
            what: "the run",
            usage,
        }),
    }
}

fn runs(words: &[String], usage: &'static str) -> Result<RunsCommand, CommandError> {
    let mut runs = RunsCommand::default();
    let mut text = Vec::new();
    for word in words {
        if let Some(status) = RunStatus::parse(&word.to_lowercase().replace('-', "_")) {
            runs.statuses.push(status);
        } else if let Some(name) = word.strip_prefix("lane:") {
            runs.lane = Some(lane(name, usage)?);
        } else if let Some(slug) = word.strip_prefix("template:") {
            runs.template = Some(slug.into());
        } else {
            text.push(word.as_str());
        }
    }
    runs.text = Some(text.join(" ")).filter(|text| !text.is_empty());
    Ok(runs)
}

fn lane(word: &str, usage: &'static str) -> Result<String, CommandError> {
    let name = word.strip_prefix("lane:").unwrap_or(word);
    match crate::text::is_lane(name) {
        true => Ok(name.into()),
        false => Err(CommandError::Unclear {
            word: word.into(),
            usage,
        }),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests;
