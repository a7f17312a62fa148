use crate::args::Format;
use crate::failure::Failure;
use crate::output;
use crate::output::style::{Paint, To};
use crate::output::text::{count, plain};
use serde::Serialize;
use serde_json::json;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Ok,
    /// Good to know; nothing has to be done.
    Note,
    Problem,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Note => "note",
            State::Problem => "problem",
        }
    }
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    detail: String,
    /// What to do; empty where nothing is to be done.
    #[serde(skip_serializing_if = "String::is_empty")]
    fix: String,
}

#[derive(Debug, Default)]
pub struct Report(Vec<Check>);

impl Report {
    pub fn ok(&mut self, name: &'static str, detail: impl Into<String>) {
        self.add(name, State::Ok, detail.into(), String::new());
    }

    pub fn note(&mut self, name: &'static str, detail: impl Into<String>, fix: impl Into<String>) {
        self.add(name, State::Note, detail.into(), fix.into());
    }

    pub fn problem(
        &mut self,
        name: &'static str,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.add(name, State::Problem, detail.into(), fix.into());
    }

    fn add(&mut self, name: &'static str, state: State, detail: String, fix: String) {
        self.0.push(Check {
            name,
            state,
            detail,
            fix,
        });
    }

    fn problems(&self) -> usize {
        self.0
            .iter()
            .filter(|check| check.state == State::Problem)
            .count()
    }

    pub fn is_fine(&self) -> bool {
        self.problems() == 0
    }

    pub fn print(&self, format: Format) -> Result<(), Failure> {
        if format == Format::Json {
            return output::json(&json!({ "ok": self.is_fine(), "checks": self.0 }));
        }
        let width = self
            .0
            .iter()
            .map(|check| check.name.len())
            .max()
            .unwrap_or(0);
        for check in &self.0 {
            let word = check.state.word();
            let word = To::Out.paint(Paint::of_status(word), &format!("{word:<7}"));
            output::line(format_args!(
                "{word}  {:<width$}  {}",
                check.name,
                plain(&check.detail)
            ))?;
            if !check.fix.is_empty() {
                let blank = " ".repeat(7 + 2 + width + 2);
                output::line(format_args!(
                    "{blank}{}",
                    To::Out.paint(Paint::Bold, &format!("→ {}", plain(&check.fix)))
                ))?;
            }
        }
        output::note(match self.problems() {
            0 => "\nno problems".into(),
            problems => format!("\n{}", count(problems as u64, "problem")),
        });
        Ok(())
    }
}
