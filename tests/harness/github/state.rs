//! What this GitHub has: repositories, workflows, runs. Runs move only when a test says so.

use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};

#[derive(Default)]
pub struct State {
    pub repositories: Vec<Repository>,
    /// Old name to new one.
    pub moved: HashMap<String, String>,
    pub runs: Vec<Run>,
    pub tokens: Vec<String>,
    pub apps: Vec<App>,
    pub troubles: VecDeque<Trouble>,
    /// Method and path of each request.
    pub asked: Vec<String>,
    /// What GitHub would not have said, or we should not have asked.
    pub faults: Vec<String>,
    /// Refuses fields that came later, as an older Enterprise Server does.
    pub is_old: bool,
}

pub struct Repository {
    pub full_name: String,
    pub id: u64,
    pub owner_id: u64,
    pub default_branch: String,
    pub refs: Vec<String>,
    pub workflows: Vec<Workflow>,
}

pub struct Workflow {
    pub file: String,
    pub inputs: Vec<Input>,
    pub jobs: Vec<String>,
}

#[derive(Clone)]
pub struct Input {
    pub name: &'static str,
    pub is: Is,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Is {
    Required,
    Optional,
}

#[derive(Clone)]
pub struct Run {
    pub id: u64,
    pub repository_id: u64,
    pub workflow: String,
    pub git_ref: String,
    pub inputs: Map<String, Value>,
    pub status: &'static str,
    pub conclusion: Option<&'static str>,
    pub jobs: Vec<Job>,
    /// A cancel was asked for; jobs end when the test says so.
    pub is_cancelling: bool,
}

#[derive(Clone)]
pub struct Job {
    pub id: u64,
    pub name: String,
    pub status: &'static str,
    pub conclusion: Option<&'static str>,
}

pub struct App {
    pub id: &'static str,
    pub installation: u64,
    /// `owner/name` of what it is installed in.
    pub repositories: Vec<String>,
    /// Tokens it was given so far.
    pub given: u64,
}

/// What happens to the next request, once.
#[derive(Clone)]
pub enum Trouble {
    /// The limit per hour: what is left is nothing, and when it begins anew, in Unix seconds.
    PrimaryLimit { reset: i64 },
    /// 403 with a pause in seconds.
    SecondaryLimit { retry_after: u32 },
    /// 403 with words alone.
    SecondaryLimitWithoutHeader,
    /// 429 with a pause in seconds.
    TooMany { retry_after: u32 },
    /// An answer of this status, and nothing is done.
    Fails(u16),
    /// A redirect to there.
    MovesTo(String),
    /// It is done, and the answer is of this status.
    DoneButFails(u16),
    /// It is done, and the connection ends without an answer.
    DoneButSilent,
}

impl State {
    pub fn name_of(&self, id: u64) -> String {
        let found = self.repositories.iter().find(|repo| repo.id == id);
        found.expect("a repository").full_name.clone()
    }

    /// GitHub does not care about case.
    pub fn repository(&self, name: &str) -> Option<&Repository> {
        let mut all = self.repositories.iter();
        all.find(|repo| repo.full_name.eq_ignore_ascii_case(name))
    }

    pub fn run(&mut self, id: u64) -> &mut Run {
        let found = self.runs.iter_mut().find(|run| run.id == id);
        found.unwrap_or_else(|| panic!("no run {id}"))
    }

    /// Why a workflow cannot be started so, in GitHub's words.
    pub fn refusal(workflow: &Workflow, repo: &Repository, body: &Value) -> Option<String> {
        let git_ref = body["ref"].as_str().unwrap_or_default();
        let short = git_ref.trim_start_matches("refs/heads/");
        if !repo.refs.iter().any(|known| known == short) {
            return Some(format!("No ref found for: {git_ref}"));
        }
        let empty = Map::new();
        let given = body["inputs"].as_object().unwrap_or(&empty);
        let is_known = |name: &str| workflow.inputs.iter().any(|input| input.name == name);
        let unexpected: Vec<&String> = given.keys().filter(|name| !is_known(name)).collect();
        if !unexpected.is_empty() {
            return Some(format!("Unexpected inputs provided: {unexpected:?}"));
        }
        let missing = |input: &&Input| input.is == Is::Required && !given.contains_key(input.name);
        let missing = workflow.inputs.iter().find(missing)?;
        Some(format!("Required input '{}' not provided", missing.name))
    }

    pub fn start(&mut self, repo: &str, file: &str, body: &Value) -> u64 {
        let id = 30_000_000_001 + self.runs.len() as u64;
        let repo = self.repository(repo).expect("a repository");
        let workflow = repo.workflows.iter().find(|w| w.file == file);
        let names = workflow.expect("a workflow").jobs.iter();
        let jobs = names.enumerate().map(|(place, name)| Job {
            id: id * 10 + place as u64,
            name: name.clone(),
            status: "queued",
            conclusion: None,
        });
        let run = Run {
            id,
            repository_id: repo.id,
            workflow: file.into(),
            git_ref: body["ref"].as_str().expect("a ref").into(),
            inputs: body["inputs"].as_object().cloned().unwrap_or_default(),
            status: "queued",
            conclusion: None,
            jobs: jobs.collect(),
            is_cancelling: false,
        };
        self.runs.push(run);
        id
    }
}

impl Run {
    /// A run is what its jobs are.
    pub fn settle(&mut self) {
        let is_over = |job: &Job| job.status == "completed";
        if !self.jobs.iter().all(is_over) {
            let has_begun = |job: &Job| job.status != "queued";
            if self.jobs.iter().any(has_begun) {
                self.status = "in_progress";
            }
            return;
        }
        self.status = "completed";
        let is = |conclusion| {
            self.jobs
                .iter()
                .any(|job| job.conclusion == Some(conclusion))
        };
        self.conclusion = Some(match () {
            () if is("failure") => "failure",
            () if is("cancelled") => "cancelled",
            () => "success",
        });
    }
}
