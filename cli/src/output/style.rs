//! Colour: only on a terminal, never the only carrier of a meaning.

use std::io::IsTerminal;
use std::sync::OnceLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    Plain,
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
    Cyan,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Paint::Plain => "",
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Red => "31",
            Paint::Green => "32",
            Paint::Yellow => "33",
            Paint::Cyan => "36",
        }
    }

    /// The colour of a run's or step's status.
    pub fn of_status(word: &str) -> Paint {
        match word {
            "succeeded" | "ok" => Paint::Green,
            "failed" | "lost" | "problem" => Paint::Red,
            "timed_out" | "cancelled" => Paint::Yellow,
            "running" | "claimed" => Paint::Cyan,
            "skipped" | "note" => Paint::Dim,
            _ => Paint::Plain,
        }
    }
}

/// Where the painted text goes.
#[derive(Debug, Clone, Copy)]
pub enum To {
    Out,
    Err,
}

impl To {
    pub fn is_terminal(self) -> bool {
        match self {
            To::Out => std::io::stdout().is_terminal(),
            To::Err => std::io::stderr().is_terminal(),
        }
    }

    pub fn is_coloured(self) -> bool {
        static OUT: OnceLock<bool> = OnceLock::new();
        static ERR: OnceLock<bool> = OnceLock::new();
        let known = match self {
            To::Out => &OUT,
            To::Err => &ERR,
        };
        *known.get_or_init(|| self.is_terminal() && wants_colour())
    }

    pub fn paint(self, paint: Paint, text: &str) -> String {
        if paint == Paint::Plain || text.is_empty() || !self.is_coloured() {
            return text.into();
        }
        format!("\x1b[{}m{text}\x1b[0m", paint.code())
    }
}

/// <https://no-color.org>: set and not empty means no.
fn wants_colour() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !unwanted && !dumb
}

/// Columns of the terminal behind standard output.
pub fn width() -> Option<usize> {
    if !To::Out.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    (size.ws_col > 0).then_some(size.ws_col.into())
}
