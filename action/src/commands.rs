//! The runner's workflow commands: lines on standard output that it executes.

use std::io::Write;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        }
    }
}

/// A closed standard output is nobody's concern here: the work goes on.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.write_all(b"\n");
    let _ = out.flush();
}

/// The runner cuts what is longer than 4,096 characters.
pub fn annotate(level: Level, title: Option<&str>, message: &str) {
    let title = title.map(|title| ("title", title.to_string()));
    print(&annotation(level, title.as_slice(), message));
}

pub fn annotation(level: Level, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<_> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", property(value)))
        .collect();
    let properties = match properties.is_empty() {
        true => String::new(),
        false => format!(" {}", properties.join(",")),
    };
    let short: String = message.chars().take(4_000).collect();
    let line = format!("::{}{properties}::{}", level.word(), data(&short));
    defused(&line)
}

/// From now on the runner prints stars for it.
pub fn mask(secret: &str) {
    print(&format!("::add-mask::{}", data(secret)));
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Lines of somebody else, in a group that folds. Between the two commands the runner executes nothing
/// that stands at the beginning of a line; `##[` it executes anywhere, so that is taken apart.
pub fn group(title: &str, lines: &str, token: &str) -> String {
    let title = defused(&title.replace(['\r', '\n'], " "));
    let mut text = format!("::group::{}\n::stop-commands::{token}\n", data(&title));
    text.push_str(&defused(lines));
    if !lines.is_empty() && !lines.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&format!("::{token}::\n::endgroup::"));
    text
}

pub fn defused(text: &str) -> String {
    text.replace("##[", "#\u{200b}#[")
}

/// 128 random bits, which no line can guess.
pub fn token() -> std::io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_prints_commands_nothing() {
        let lines = "::set-env name=A::b\nsee ##[error]x\n::endgroup::\n";
        let shown = group("run\n::error::x", lines, "t0k3n");
        assert_eq!(
            shown,
            "::group::run ::error::x\n::stop-commands::t0k3n\n::set-env name=A::b\nsee #\u{200b}#[error]x\n::endgroup::\n::t0k3n::\n::endgroup::"
        );
    }

    #[test]
    fn messages_stay_in_their_line() {
        let line = annotation(Level::Error, &[("title", "a: b, c".into())], "50%\nleft\r");
        assert_eq!(line, "::error title=a%3A b%2C c::50%25%0Aleft%0D");
        let long = annotation(Level::Notice, &[], &"x".repeat(9_000));
        assert!(long.len() < 4_096);
    }
}
