//! What the command line says; `cargo xtask bench --help` explains it.

use crate::setup::Fallible;

/// How much of each row is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    Quick,
    Full,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Engine,
    Pages,
    Serverless,
    GitHub,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Print {
    Markdown,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Documents {
    Leave,
    Write,
    Redraw,
}

pub struct Arguments {
    pub subject: Subject,
    pub effort: Effort,
    pub only: Option<String>,
    pub print: Print,
    pub documents: Documents,
    pub snapshot_seconds: Option<u64>,
}

impl Arguments {
    pub fn read(mut words: impl Iterator<Item = String>) -> Fallible<Self> {
        let mut all = Arguments {
            subject: Subject::Engine,
            effort: Effort::Full,
            only: None,
            print: Print::Markdown,
            documents: Documents::Leave,
            snapshot_seconds: None,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "pages" => all.subject = Subject::Pages,
                "serverless" => all.subject = Subject::Serverless,
                "github" => all.subject = Subject::GitHub,
                "--quick" => all.effort = Effort::Quick,
                "--json" => all.print = Print::Json,
                "--write" => all.documents = Documents::Write,
                "--redraw" => all.documents = Documents::Redraw,
                "--only" => all.only = Some(words.next().ok_or("--only needs a text")?),
                "--snapshot" => {
                    let seconds = words.next().ok_or("--snapshot needs seconds")?;
                    all.snapshot_seconds = Some(seconds.parse()?);
                }
                other => return Err(format!("`{other}` is not known; see --help").into()),
            }
        }
        Ok(all)
    }
}
