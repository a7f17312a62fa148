use super::generate::word;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use clap::Args;
use ops_spec_files::{Export, ExportPlan};
use ops_spec_kit::export::{CONSTITUTION, Constitution};
use ops_spec_kit::generate::Overwrite;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Write a bundle as github/spec-kit has it, so that its commands work on it
#[derive(Debug, Args)]
#[command(
    after_help = "Writes specs/NNN-slug/{spec,plan,tasks}.md and .specify/memory/constitution.md. The number is
the one that the bundle has there, else the next. A constitution of the repository's own stays; the
bundle's then stands in specs/NNN-slug/. The bundle stays the master: boxes ticked in the export
are kept when it is exported again, any other edit of it is refused.

Examples:
  ops spec export docs/specs/search
  ops spec export docs/specs/search --to ../product
  ops spec export docs/specs/search --check    # in CI"
)]
pub struct ExportArgs {
    /// The bundle's folder
    bundle: PathBuf,
    /// The root of the repository that is written to
    #[arg(long, value_name = "DIR", default_value = ".")]
    to: PathBuf,
    /// Write over documents there that are no export of this bundle, or were edited, too
    #[arg(long)]
    overwrite_edited: bool,
    /// Write nothing; end with 1 where anything would change
    #[arg(long)]
    check: bool,
    /// Print JSON for programs and nothing else
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: ExportArgs) -> Result<Exit, Failure> {
    let plan = Export {
        root: PathBuf::from("."),
        bundle: arguments.bundle,
        to: arguments.to.clone(),
        overwrite: match arguments.overwrite_edited {
            true => Overwrite::Edited,
            false => Overwrite::Untouched,
        },
    }
    .plan()?;
    if !arguments.check {
        plan.write()?;
    }
    match Format::from(arguments.json) {
        Format::Json => output::json(&summary(&plan))?,
        Format::People => tell(&plan, &arguments.to)?,
    }
    Ok(match arguments.check && !plan.is_current() {
        true => Exit::Failed,
        false => Exit::Success,
    })
}

fn summary(plan: &ExportPlan) -> serde_json::Value {
    let files: BTreeMap<&str, &str> = plan
        .changes
        .iter()
        .map(|change| (change.name.as_str(), word(change.state)))
        .collect();
    json!({
        "feature": plan.feature,
        "current": plan.is_current(),
        "files": files,
    })
}

fn tell(plan: &ExportPlan, to: &Path) -> Result<(), Failure> {
    for change in &plan.changes {
        let path = to.join(&change.name);
        output::line(format_args!("{:<9} {}", word(change.state), path.display()))?;
    }
    if plan.constitution == Constitution::Feature {
        output::note(format_args!(
            "note: {CONSTITUTION} is the repository's own and stays; the bundle's stands beside its plan"
        ));
    }
    output::hint(format_args!(
        "spec-kit's scripts take it with SPECIFY_FEATURE_DIRECTORY=specs/{}",
        plan.feature
    ));
    Ok(())
}
