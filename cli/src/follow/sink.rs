//! Where the events of a log go.

use super::lines::Lines;
use crate::args::Format;
use crate::failure::Failure;
use crate::output::{self, style::To, text::Escapes};
use ops_core::api::Event;
use serde::Deserialize;
use serde_json::Value;

pub enum Sink {
    /// A line per event, with its step in front.
    People(Lines),
    /// Each event as it came.
    Json,
}

impl Sink {
    pub fn new(format: Format) -> Self {
        match format {
            Format::People if To::Out.is_coloured() => {
                Sink::People(Lines::new(Escapes::KeepColours))
            }
            Format::People => Sink::People(Lines::new(Escapes::Remove)),
            Format::Json => Sink::Json,
        }
    }

    pub fn event(&mut self, event: &Value) -> Result<(), Failure> {
        match self {
            Sink::Json => output::json(event),
            Sink::People(lines) => match Event::deserialize(event) {
                Ok(event) => {
                    if let Some(attempt) = lines.new_attempt(&event) {
                        if lines.close() {
                            output::line("")?;
                        }
                        output::note(format_args!("attempt {attempt}"));
                    }
                    output::write(lines.text(&event))
                }
                // A newer control room says something that we cannot read.
                Err(_) => output::line(event),
            },
        }
    }

    /// Ends a line that was promised to go on.
    pub fn close(&mut self) -> Result<(), Failure> {
        let open = match self {
            Sink::People(lines) => lines.close(),
            Sink::Json => false,
        };
        if open { output::line("") } else { Ok(()) }
    }
}
