use super::Today;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::text::{count, plain};
use clap::Args;
use ops_spec_files::{Check, FilesError, Generate, Plan, State, write_report};
use ops_spec_kit::config::Date;
use ops_spec_kit::generate::Overwrite;
use ops_spec_kit::report;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Make constitution, PRD, plan and tasks of one document, or bring them up to date
#[derive(Debug, Args)]
#[command(
    after_help = "The source is a document of any shape, or JSON: {\"slug\", \"name\", \"description\", \"goals\": []}.
The same source gives the same bytes. Ids stay as they are in spec-kit.lock; ticks and what stands
between <!-- sk:unlock NAME --> and <!-- sk:lock --> are kept. All files are written, or none.

Examples:
  ops spec generate --from docs/prd.md --out docs/specs/search
  ops spec generate --from docs/prd.md --out docs/specs/search --check    # in CI
  ops spec generate --from request.json --out specs/search --date 2026-01-31 --json"
)]
pub struct GenerateArgs {
    /// The document to generate from
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The folder of the bundle; made where there is none
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Name of the bundle; else that of the request, else that of the folder
    #[arg(long)]
    slug: Option<String>,
    #[command(flatten)]
    today: Today,
    /// Write over documents that were edited by hand, too
    #[arg(long)]
    overwrite_edited: bool,
    /// Write nothing; end with 1 where anything would change
    #[arg(long)]
    check: bool,
    /// Check the bundle too, and write report.json, report.md, report.sarif and report.xml there
    #[arg(long, value_name = "DIR", conflicts_with = "check")]
    reports: Option<PathBuf>,
    /// Print JSON for programs and nothing else
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: GenerateArgs) -> Result<Exit, Failure> {
    let date = arguments.today.day()?;
    let check = Check {
        root: PathBuf::from("."),
        paths: vec![arguments.out.clone()],
        date: date.as_deref().and_then(Date::parse),
        ..Check::default()
    };
    let plan = Generate {
        root: PathBuf::from("."),
        from: arguments.from,
        out: arguments.out,
        slug: arguments.slug,
        date,
        overwrite: match arguments.overwrite_edited {
            true => Overwrite::Edited,
            false => Overwrite::Untouched,
        },
    }
    .plan()?;
    let done = match (plan.is_current(), arguments.check) {
        (true, _) => Done::Nothing,
        (false, true) => Done::Compared,
        (false, false) => {
            plan.write()?;
            Done::Written
        }
    };
    if let Some(folder) = &arguments.reports {
        report(&check, folder)?;
    }
    match Format::from(arguments.json) {
        Format::Json => output::json(&summary(&plan, done))?,
        Format::People => tell(&plan, done)?,
    }
    Ok(match done {
        Done::Compared => Exit::Failed,
        Done::Nothing | Done::Written => Exit::Success,
    })
}

/// What the validator says of the bundle, in every form that programs read.
fn report(check: &Check, folder: &Path) -> Result<(), Failure> {
    let report = check.run()?;
    std::fs::create_dir_all(folder).map_err(|error| FilesError::Write {
        path: folder.into(),
        error,
    })?;
    for (name, text) in [
        ("report.json", report::json(&report)),
        ("report.md", report::markdown(&report)),
        ("report.sarif", report::sarif(&report)),
        ("report.xml", report::junit(&report)),
    ] {
        write_report(&folder.join(name), &text)?;
    }
    let counts = report.counts;
    output::note(format_args!(
        "note: {} and {} in the bundle: see {}",
        count(counts.errors as u64, "error"),
        count(counts.warnings as u64, "warning"),
        folder.join("report.md").display()
    ));
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    /// All files are as they should be.
    Nothing,
    /// Some are not, and were left so.
    Compared,
    Written,
}

fn summary(plan: &Plan, done: Done) -> serde_json::Value {
    let files: BTreeMap<&str, &str> = plan
        .changes
        .iter()
        .map(|change| (change.name.as_str(), word(change.state)))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in &plan.output.manifest.nodes {
        *counts.entry(node.kind.name()).or_default() += 1;
    }
    json!({
        "slug": plan.slug,
        "out": plan.out.to_string_lossy(),
        "source": plan.output.manifest.source,
        "current": done == Done::Nothing,
        "written": done == Done::Written,
        "files": files,
        "nodes": counts,
        "notes": plan.output.notes,
    })
}

fn tell(plan: &Plan, done: Done) -> Result<(), Failure> {
    for change in &plan.changes {
        // A bundle without its archive is as it should be.
        if done == Done::Nothing && change.state == State::New {
            continue;
        }
        let path = plan.out.join(&change.name);
        output::line(format_args!("{:<9} {}", word(change.state), path.display()))?;
    }
    for note in &plan.output.notes {
        output::note(format_args!("note: {}", plain(note)));
    }
    if done == Done::Compared {
        output::hint("the same call without --check writes what differs");
    }
    Ok(())
}

pub(super) fn word(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Changed => "changed",
        State::Same => "unchanged",
    }
}
