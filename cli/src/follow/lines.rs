//! Events of a log as lines: `step | text`.

use crate::output::style::{Paint, To};
use crate::output::text::{Escapes, log_line, plain, shortened};
use ops_core::api::{Event, Level};

/// Who speaks where no step does.
const CONTROL: &str = "ops";
/// A longer name of a step does not push all lines to the right.
const WIDEST: usize = 20;

pub struct Lines {
    escapes: Escapes,
    /// Width of the names so far; it only grows.
    width: usize,
    attempt: u32,
    /// Who has an unfinished line: attempt, step, source.
    open: Option<(u32, Option<String>, Option<String>)>,
}

impl Lines {
    pub fn new(escapes: Escapes) -> Self {
        Lines {
            escapes,
            width: CONTROL.len(),
            attempt: 0,
            open: None,
        }
    }

    /// The number of the attempt when another one than before speaks. The first is no news.
    pub fn new_attempt(&mut self, event: &Event) -> Option<u32> {
        if event.attempt <= self.attempt {
            return None;
        }
        self.attempt = event.attempt;
        (event.attempt > 1).then_some(event.attempt)
    }

    pub fn text(&mut self, event: &Event) -> String {
        let speaker = (event.attempt, event.step.clone(), event.source.clone());
        let mut text = String::new();
        let goes_on = self.open.as_ref() == Some(&speaker);
        if !goes_on {
            if self.open.is_some() {
                text.push('\n');
            }
            text.push_str(&self.prefix(event));
        }
        let message = log_line(&event.message, self.escapes);
        text.push_str(&painted(event, &message));
        self.open = event.more.then_some(speaker);
        if !event.more {
            text.push('\n');
        }
        text
    }

    /// Whether a line was open.
    pub fn close(&mut self) -> bool {
        self.open.take().is_some()
    }

    fn prefix(&mut self, event: &Event) -> String {
        let name = event
            .step
            .as_deref()
            .map_or_else(|| CONTROL.to_string(), plain);
        let name = shortened(&name, WIDEST);
        self.width = self.width.max(name.chars().count());
        let padding = " ".repeat(self.width - name.chars().count());
        let paint = if event.step.is_some() {
            Paint::Cyan
        } else {
            Paint::Dim
        };
        // What a step prints is its own; our words say how bad it is.
        let level = match event.level {
            _ if is_output(event) => "",
            Level::Error => "error: ",
            Level::Warn => "warning: ",
            Level::Info | Level::Debug => "",
        };
        format!(
            "{}{padding} {} {level}",
            To::Out.paint(paint, &name),
            To::Out.paint(Paint::Dim, "|")
        )
    }
}

fn is_output(event: &Event) -> bool {
    matches!(event.source.as_deref(), Some("stdout" | "stderr"))
}

fn painted(event: &Event, message: &str) -> String {
    let paint = match event.level {
        _ if is_output(event) => Paint::Plain,
        Level::Error => Paint::Red,
        Level::Warn => Paint::Yellow,
        Level::Info | Level::Debug => Paint::Dim,
    };
    To::Out.paint(paint, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(step: &str, message: &str) -> Event {
        serde_json::from_value(serde_json::json!({
            "pos": 1, "attempt": 1, "ts": "2026-11-24T22:30:00Z", "level": "info", "message": message,
            "source": "stdout", "step": step,
        }))
        .unwrap()
    }

    #[test]
    fn parts_of_a_line_are_put_together() {
        let mut lines = Lines::new(Escapes::Remove);
        let part = |text: &str| Event {
            more: true,
            ..event("build", text)
        };
        assert_eq!(lines.text(&part("one ")), "build | one ");
        assert_eq!(lines.text(&event("build", "line")), "line\n");
        assert_eq!(lines.text(&part("cut")), "build | cut");
        assert_eq!(lines.text(&event("test", "next")), "\ntest  | next\n");
        assert!(!lines.close());
    }

    #[test]
    fn our_own_words_say_how_bad_it_is() {
        let mut lines = Lines::new(Escapes::Remove);
        let refused = Event {
            level: Level::Error,
            source: Some("worker".into()),
            step: None,
            ..event("", "no room")
        };
        assert_eq!(lines.text(&refused), "ops | error: no room\n");
        let stderr = Event {
            level: Level::Error,
            source: Some("stderr".into()),
            ..event("a", "warned")
        };
        assert_eq!(lines.text(&stderr), "a   | warned\n");
    }

    #[test]
    fn only_a_later_attempt_is_news() {
        let mut lines = Lines::new(Escapes::Remove);
        assert_eq!(lines.new_attempt(&event("a", "")), None);
        let second = Event {
            attempt: 2,
            ..event("a", "")
        };
        assert_eq!(lines.new_attempt(&second), Some(2));
        assert_eq!(lines.new_attempt(&second), None);
    }
}
