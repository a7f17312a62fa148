use super::generate::word;
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use clap::Args;
use ops_spec_files::{Import, ImportPlan};
use ops_spec_kit::generate::{Overwrite, slug_of};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Make one requirements document of a feature of github/spec-kit, to generate from
#[derive(Debug, Args)]
#[command(
    after_help = "spec.md is taken word by word. Sections of its own follow for what the repository's constitution
asks for, the Technical Context of plan.md, research.md, data-model.md, and the phases of tasks.md,
whose tasks keep their ids, labels and ticks. What was left is listed with the reason. The document
is yours from then on; a bundle is generated from it.

Examples:
  ops spec import specs/001-search --to docs/search.md
  ops spec generate --from docs/search.md --out spec/search"
)]
pub struct ImportArgs {
    /// The feature's folder, with its spec.md
    folder: PathBuf,
    /// The document that is written
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Write over a document that says something else
    #[arg(long)]
    overwrite_edited: bool,
    /// Print JSON for programs and nothing else
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: ImportArgs) -> Result<Exit, Failure> {
    let plan = Import {
        root: PathBuf::from("."),
        folder: arguments.folder.clone(),
        to: arguments.to.clone(),
        overwrite: match arguments.overwrite_edited {
            true => Overwrite::Edited,
            false => Overwrite::Untouched,
        },
    }
    .plan()?;
    plan.write()?;
    match Format::from(arguments.json) {
        Format::Json => output::json(&summary(&plan))?,
        Format::People => tell(&plan, &arguments.folder, &arguments.to)?,
    }
    Ok(Exit::Success)
}

fn summary(plan: &ImportPlan) -> serde_json::Value {
    let taken = plan.imported.taken.iter();
    let left = plan.imported.left.iter();
    json!({
        "state": word(plan.state),
        "taken": taken.map(|(file, sections)| json!({"file": file, "sections": sections})).collect::<Vec<_>>(),
        "left": left.map(|(what, reason)| json!({"what": what, "reason": reason})).collect::<Vec<_>>(),
    })
}

fn tell(plan: &ImportPlan, folder: &Path, to: &Path) -> Result<(), Failure> {
    output::line(format_args!("{:<9} {}", word(plan.state), to.display()))?;
    for (file, sections) in &plan.imported.taken {
        match sections.as_slice() {
            [] => output::line(format_args!("  of {file}: all of it"))?,
            sections => output::line(format_args!("  of {file}: {}", sections.join(", ")))?,
        }
    }
    for (what, reason) in &plan.imported.left {
        output::note(format_args!("left: {what} ({reason})"));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    output::hint(format_args!(
        "ops spec generate --from {} --out spec/{}",
        to.display(),
        slug_of(&name)
    ));
    Ok(())
}
