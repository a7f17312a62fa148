use super::Today;
use super::failure::exit;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::style::To;
use crate::output::text::count;
use crate::{output, program};
use clap::{Args, ValueEnum};
use ops_spec_files::{Check, write_report};
use ops_spec_kit::config::Date;
use ops_spec_kit::report::{self, Colour, Report};
use ops_spec_kit::rules::Severity;
use std::path::{Path, PathBuf};

/// Check bundles and documents by rules
#[derive(Debug, Args)]
#[command(
    after_help = "A PATH is a document, a bundle's folder, or a tree that is searched for bundles. Hidden folders (but
.kiro and .specify), target and node_modules are left out, and links are not followed.
Settings come from --config, else from the spec-kit.toml of the bundles, else from the one here.

Examples:
  ops spec validate docs/specs
  ops spec validate docs/prd.md --fail-on warning
  ops spec validate . --format sarif --out spec.sarif
  ops spec validate docs/specs --sql migrations/*.sql --base ../main
  ops spec validate docs/specs --write-baseline spec-baseline.json --reason 'before the rules'"
)]
pub struct ValidateArgs {
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t = Shape::Text)]
    format: Shape,
    /// Write the report there instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The severity from which on a finding fails the check; else as configured, else error
    #[arg(long, value_name = "SEVERITY", value_enum)]
    fail_on: Option<Level>,
    /// The settings, instead of spec-kit.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Findings that are known and fail nothing
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Make all findings known: write a baseline, and end with 0
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "format"])]
    write_baseline: Option<PathBuf>,
    /// Why the findings of the new baseline are accepted
    #[arg(long, value_name = "TEXT", requires = "write_baseline")]
    reason: Option<String>,
    /// Migrations to compare names and columns with
    #[arg(long, value_name = "FILE", num_args = 1..)]
    sql: Vec<PathBuf>,
    /// A checkout of the earlier state, for rules that compare with it
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
    #[command(flatten)]
    today: Today,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// For people, with the lines
    Text,
    /// Every field; its schema is versioned
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a workflow job
    Github,
    /// A summary with the coverage matrix
    Markdown,
    /// JUnit XML, for CI systems
    Junit,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Error,
    Warning,
    Note,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Note,
        }
    }
}

pub fn run(arguments: ValidateArgs) -> Result<Exit, Failure> {
    let day = arguments.today.day()?;
    let check = Check {
        root: PathBuf::from("."),
        paths: arguments.paths,
        config: arguments.config,
        baseline: arguments.baseline,
        sql: arguments.sql,
        base: arguments.base,
        date: day.as_deref().and_then(Date::parse),
        fail_level: arguments.fail_on.map(Severity::from),
    };
    if let Some(file) = arguments.write_baseline {
        let reason = arguments.reason.as_deref();
        return accept(
            &check,
            &file,
            reason.unwrap_or("known when the baseline was written"),
        );
    }
    let report = check.run()?;
    match &arguments.out {
        Some(file) => {
            write_report(file, &shaped(&report, arguments.format, Colour::Plain))?;
            output::note(format_args!("wrote {}", file.display()));
        }
        None => output::write(shaped(&report, arguments.format, colour()))?,
    }
    Ok(exit(report.exit()))
}

fn accept(check: &Check, file: &Path, reason: &str) -> Result<Exit, Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::usage(
            "--reason is empty",
            "say why the findings are accepted",
        ));
    }
    let baseline = check.new_baseline(&file.to_string_lossy(), reason)?;
    write_report(file, &baseline.render())?;
    let known = count(baseline.entries.len() as u64, "finding");
    output::note(format_args!("{known} in {}", file.display()));
    let shown = program::quoted(&file.to_string_lossy());
    output::hint(format_args!("from now on: --baseline {shown}"));
    Ok(Exit::Success)
}

fn colour() -> Colour {
    match To::Out.is_coloured() {
        true => Colour::Ansi,
        false => Colour::Plain,
    }
}

fn shaped(report: &Report, shape: Shape, colour: Colour) -> String {
    match shape {
        Shape::Text => report::text(report, colour),
        Shape::Json => report::json(report),
        Shape::Sarif => report::sarif(report),
        Shape::Github => report::annotations(report),
        Shape::Markdown => report::markdown(report),
        Shape::Junit => report::junit(report),
    }
}
