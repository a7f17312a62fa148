//! SK-DOC-PKG: commands that install what must not be installed.

use super::context::Context;
use super::draft::{Draft, Drafts};
use crate::facts::Document;
use crate::text::Span;

/// How installers are called. What follows are names.
const COMMANDS: &[&str] = &[
    "npm install",
    "npm i",
    "npm add",
    "npx",
    "pnpm add",
    "pnpm install",
    "pnpm i",
    "pnpm dlx",
    "yarn add",
    "yarn dlx",
    "bun add",
    "bun install",
    "bunx",
    "deno add",
    "pip install",
    "pip3 install",
    "pipx install",
    "pipx run",
    "uv add",
    "uv pip install",
    "uvx",
    "poetry add",
    "conda install",
    "cargo add",
    "cargo install",
    "gem install",
    "go get",
    "go install",
    "brew install",
    "apt install",
    "apt-get install",
    "dotnet add package",
    "composer require",
];
/// Words that say that the command is not to be run.
const DENIALS: &[&str] = &[
    "do not",
    "does not exist",
    "don't",
    "must not",
    "never",
    "no package",
    "not exist",
    "not published",
    "not run",
    "unpublished",
    "wrong",
    "will fail",
    "fails",
];

pub(super) fn check(context: &Context<'_>, out: &mut Drafts) {
    let denied = &context.config.denied_packages;
    if denied.is_empty() {
        return;
    }
    let names = Names::of(denied);
    for document in context.bundle.documents() {
        let mut at = 0;
        for line in document.source.text().split_inclusive('\n') {
            if names.is_in(line)
                && let Some((range, name)) = installs(line, denied)
            {
                let span = Span::new(at + range.0, at + range.1);
                report(document, span, name, out);
            }
            at += line.len();
        }
    }
}

/// Names in whatever case. Hardly a line has one, and to look for every command in each line takes
/// longer than all other rules.
struct Names<'a> {
    names: &'a [String],
    /// The bytes that any of them begins with.
    begins: [bool; 256],
}

impl<'a> Names<'a> {
    fn of(names: &'a [String]) -> Self {
        let mut begins = [false; 256];
        for first in names.iter().filter_map(|name| name.bytes().next()) {
            begins[usize::from(first.to_ascii_lowercase())] = true;
            begins[usize::from(first.to_ascii_uppercase())] = true;
        }
        Self { names, begins }
    }

    fn is_in(&self, line: &str) -> bool {
        let bytes = line.as_bytes();
        let begins = |(_, byte): &(usize, &u8)| self.begins[usize::from(**byte)];
        bytes.iter().enumerate().filter(begins).any(|(at, _)| {
            self.names.iter().any(|name| {
                bytes
                    .get(at..at + name.len())
                    .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
            })
        })
    }
}

fn report(document: &Document, span: Span, name: &str, out: &mut Drafts) {
    let message = format!(
        "the command installs `{name}`, which is on the list of packages that must not be installed"
    );
    out.add(Draft::at("SK-DOC-PKG", document, span, message).key(name.to_owned()));
}

/// Where a line installs a denied package, and which.
fn installs<'a>(line: &str, denied: &'a [String]) -> Option<((usize, usize), &'a str)> {
    let folded = line.to_ascii_lowercase();
    let command_end = COMMANDS
        .iter()
        .filter_map(|command| Some(super::words::find_word(&folded, command)? + command.len()))
        .min()?;
    if DENIALS.iter().any(|word| folded.contains(word)) {
        return None;
    }
    let mut at = command_end;
    // A sentence may go on behind the command: its end is the closing tick.
    let rest = line.get(command_end..)?;
    let rest = rest.split('`').next().unwrap_or(rest);
    for part in rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | ',')) {
        let name = package(part);
        if let Some(found) = denied.iter().find(|other| other.eq_ignore_ascii_case(name)) {
            return Some(((at, at + part.len()), found));
        }
        at += part.len() + 1;
    }
    None
}

/// Without version, extras and end of sentence: `pulser-sdk[all]==4.0`, `@pulser/sdk@latest`.
fn package(part: &str) -> &str {
    let part = part.trim_end_matches(['.', ',', ')', ':']);
    let scope = usize::from(part.starts_with('@'));
    let end = part
        .get(scope..)
        .and_then(|rest| rest.find(['@', '[', '=', '<', '>', '~', '!', '^']))
        .map_or(part.len(), |end| end + scope);
    part.get(..end).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_extras_hide_no_name() {
        let denied = ["@pulser/sdk".to_owned(), "pulser-sdk".to_owned()];
        for line in [
            "npm install @pulser/sdk@latest",
            "Run `pip install pulser-sdk[all]==4.0` now",
            "npm i -D left-pad @pulser/sdk",
            "PIP INSTALL Pulser-SDK.",
        ] {
            assert!(installs(line, &denied).is_some(), "{line}");
        }
        for line in [
            "pip install pulser",
            "Do not run `npm install @pulser/sdk`",
            "`npm install left-pad`, then read about @pulser/sdk",
            "The name @pulser/sdk is free",
        ] {
            assert_eq!(installs(line, &denied), None, "{line}");
        }
        assert_eq!(
            installs("pip install pulser-sdk", &denied),
            Some(((12, 22), "pulser-sdk"))
        );
    }
}
