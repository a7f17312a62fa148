//! `tasks.md` as runs: each open task with a command becomes a run, in a lane, after the runs that
//! it depends on. Most commands of a generated list verify what people or agents build.

use crate::facts::{Check, Document, Task};
use crate::order::Gather;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A bulk of `runs.create` holds no more.
pub const MAX_RUNS: usize = 1000;
/// A run names no more runs that it waits for.
const MAX_DEPENDENCIES: usize = 100;

/// How to compile.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Begins each idempotency key and runbook: the slug of the bundle.
    pub slug: &'a str,
    /// The first is for what cannot be done side by side; `[P]` tasks are spread over all.
    pub lanes: &'a [&'a str],
}

/// What was made of a task list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compiled {
    /// The body of `runs.create`: `{"runs": […]}`.
    pub body: Value,
    /// The task of each run, in the same order.
    pub tasks: Vec<String>,
    /// Ticked already; what waits for them need not wait.
    pub done: Vec<String>,
    pub skipped: Vec<Skipped>,
}

/// A task that no run was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    pub task: String,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    #[error("it names no command")]
    NoCommand,
    #[error("it waits for {task}, which is not executable")]
    Waits { task: String },
    #[error("it waits for {task}, which is not in the list")]
    Unknown { task: String },
    #[error("it waits for more than {MAX_DEPENDENCIES} runs")]
    TooManyDependencies,
    #[error("its command holds `{{{{`, which a runbook would fill in")]
    Template,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    #[error("no lane is given; name one at least")]
    NoLane,
    #[error("{count} tasks are executable; a bulk holds {MAX_RUNS} runs: tick or split some")]
    TooMany { count: usize },
    #[error("{} wait for each other in a circle", tasks.join(", "))]
    Circle { tasks: Vec<String> },
    #[error("{task} stands twice in the list; give one of them another id")]
    Twice { task: String },
}

/// # Errors
/// No lane, more runs than a bulk holds, tasks that wait for each other, an id that stands twice.
pub fn compile(tasks: &Document, request: &Request) -> Result<Compiled, CompileError> {
    if request.lanes.is_empty() {
        return Err(CompileError::NoLane);
    }
    let by_id = by_id(tasks)?;
    let order = order(&by_id)?;
    let mut compiled = Compiled {
        body: Value::Null,
        tasks: Vec::new(),
        done: Vec::new(),
        skipped: Vec::new(),
    };
    let mut runs: Vec<Value> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused: BTreeSet<&str> = BTreeSet::new();
    let mut parallel = 0;
    for id in order {
        let Some(task) = by_id.get(id) else {
            continue;
        };
        if task.check == Check::Done {
            compiled.done.push(id.to_owned());
            continue;
        }
        match waits(task, &by_id, &at, &refused) {
            Err(reason) => {
                refused.insert(id);
                compiled.skipped.push(Skipped {
                    task: id.to_owned(),
                    reason,
                });
            }
            Ok(waits) => {
                let lane = if task.is_parallel {
                    parallel += 1;
                    (parallel - 1) % request.lanes.len()
                } else {
                    0
                };
                let lane = request.lanes.get(lane).copied().unwrap_or_default();
                at.insert(id, runs.len());
                compiled.tasks.push(id.to_owned());
                runs.push(run(tasks, (id, task), lane, &waits, request.slug));
            }
        }
    }
    if runs.len() > MAX_RUNS {
        return Err(CompileError::TooMany { count: runs.len() });
    }
    compiled.body = json!({ "runs": runs });
    Ok(compiled)
}

fn by_id(document: &Document) -> Result<BTreeMap<&str, &Task>, CompileError> {
    let mut by_id = BTreeMap::new();
    for task in &document.tasks {
        if let Some(id) = &task.id
            && by_id.insert(id.written.as_str(), task).is_some()
        {
            return Err(CompileError::Twice {
                task: id.written.to_string(),
            });
        }
    }
    Ok(by_id)
}

/// Each task after all that it depends on; else in the order of the ids.
fn order<'a>(by_id: &BTreeMap<&'a str, &'a Task>) -> Result<Vec<&'a str>, CompileError> {
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let mut behind: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for (id, task) in by_id {
        let known: BTreeSet<&str> = needs(task)
            .filter(|need| by_id.contains_key(need))
            .into_set();
        waiting.insert(id, known.len());
        for need in known {
            behind.entry(need).or_default().push(id);
        }
    }
    let key = |id: &'a str| (crate::manifest::sort_key(id), id);
    let mut ready: BTreeSet<_> = by_id
        .keys()
        .filter(|id| waiting.get(*id) == Some(&0))
        .map(|id| key(id))
        .into_set();
    let mut order = Vec::with_capacity(by_id.len());
    while let Some((_, id)) = ready.pop_first() {
        order.push(id);
        for next in behind.remove(id).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.insert(key(next));
                }
            }
        }
    }
    if order.len() < by_id.len() {
        let done: BTreeSet<&str> = order.into_iter().into_set();
        return Err(CompileError::Circle {
            tasks: by_id
                .keys()
                .filter(|id| !done.contains(*id))
                .take(20)
                .map(|id| (*id).to_owned())
                .collect(),
        });
    }
    Ok(order)
}

fn needs(task: &Task) -> impl Iterator<Item = &str> {
    task.depends_on
        .iter()
        .map(|citation| citation.id.written.as_str())
}

/// The places of the runs that a task waits for, or why there can be none of it.
fn waits(
    task: &Task,
    by_id: &BTreeMap<&str, &Task>,
    at: &BTreeMap<&str, usize>,
    refused: &BTreeSet<&str>,
) -> Result<BTreeSet<usize>, Reason> {
    if task.commands.is_empty() {
        return Err(Reason::NoCommand);
    }
    if task
        .commands
        .iter()
        .any(|(command, _)| command.contains("{{"))
    {
        return Err(Reason::Template);
    }
    let mut found = BTreeSet::new();
    for need in needs(task) {
        let named = || need.to_owned();
        if refused.contains(need) {
            return Err(Reason::Waits { task: named() });
        }
        if !by_id.contains_key(need) {
            return Err(Reason::Unknown { task: named() });
        }
        // What is ticked needs no run.
        found.extend(at.get(need));
    }
    if found.len() > MAX_DEPENDENCIES {
        return Err(Reason::TooManyDependencies);
    }
    Ok(found)
}

/// Whether all commands of a task stand in lines that begin with `Verify:`.
fn only_verifies(document: &Document, task: &Task) -> bool {
    task.commands.iter().all(|(_, span)| {
        let line = document.source.line(document.line_of(*span));
        let words = line.trim_start_matches(|c: char| !c.is_alphabetic());
        words.starts_with("Verify:") || words.starts_with("Verify**:")
    })
}

fn run(
    document: &Document,
    (id, task): (&str, &Task),
    lane: &str,
    waits: &BTreeSet<usize>,
    slug: &str,
) -> Value {
    let steps: Vec<Value> = task
        .commands
        .iter()
        .enumerate()
        .map(|(index, (command, _))| {
            json!({
                "id": format!("step-{}", index + 1),
                "title": cut(command, 200),
                "run": command,
            })
        })
        .collect();
    let secrets: BTreeSet<String> = task
        .commands
        .iter()
        .flat_map(|(command, _)| variables(command))
        .into_set();
    let words = task.text.trim();
    // Commands that only look whether a thing is there do not make it, and nobody should think so.
    let intent = match only_verifies(document, task) {
        true => format!("Verify {id}: {words}"),
        false => format!("{id}: {words}"),
    };
    let mut runbook = json!({
        "version": 1,
        "slug": runbook_slug(slug, id),
        "title": cut(&intent, 200),
        "steps": steps,
    });
    if !secrets.is_empty()
        && let Some(fields) = runbook.as_object_mut()
    {
        fields.insert("secrets".into(), json!(secrets));
    }
    let mut run = json!({
        "runbook": runbook,
        "lane": lane,
        "intent": cut(&intent, 2000),
        "idempotency_key": format!("{slug}/{id}/{}", fingerprint(task)),
    });
    if !waits.is_empty()
        && let Some(fields) = run.as_object_mut()
    {
        let waits: Vec<String> = waits.iter().map(|at| format!("#{at}")).collect();
        fields.insert("depends_on".into(), json!(waits));
    }
    run
}

/// Of the commands: a task whose commands changed is another run.
fn fingerprint(task: &Task) -> String {
    let all: Vec<&str> = task
        .commands
        .iter()
        .map(|(command, _)| command.as_str())
        .collect();
    let mut hash = crate::digest::sha256(all.join("\n").as_bytes());
    hash.truncate(12);
    hash
}

fn runbook_slug(slug: &str, id: &str) -> String {
    let tail: String = id
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let head: String = slug
        .chars()
        .take(63usize.saturating_sub(tail.len()))
        .collect();
    format!("{head}-{tail}")
}

fn cut(text: &str, limit: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= limit {
        return one_line;
    }
    one_line.chars().take(limit - 1).collect::<String>() + "…"
}

/// `DATABASE_URL` of `"$DATABASE_URL"` and `${DATABASE_URL}`: what the worker has to give.
fn variables(command: &str) -> Vec<String> {
    command
        .split('$')
        .skip(1)
        .map(|rest| {
            rest.trim_start_matches('{')
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_')
                .collect::<String>()
        })
        .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()) && name.len() > 2)
        .collect()
}

#[cfg(test)]
mod tests;
