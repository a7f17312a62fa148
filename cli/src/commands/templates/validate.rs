use crate::args::Format;
use crate::commands::run::target::read_runbook;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::text::count;
use clap::Args;
use ops_runbook::Diagnostic;
use serde_json::json;
use std::path::PathBuf;

/// Check runbooks here, without a control room
#[derive(Debug, Args)]
#[command(
    after_help = "Each problem is told as file:line:column; exit code 6 where there are any.

Examples:
  ops templates validate runbooks/*.yaml"
)]
pub struct ValidateArgs {
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON for programs and nothing else
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &ValidateArgs) -> Result<Exit, Failure> {
    let format = Format::from(arguments.json);
    let mut told = Vec::new();
    let mut found: Vec<Diagnostic> = Vec::new();
    for file in &arguments.files {
        let source = read_runbook(file)?;
        let name = file.to_string_lossy();
        let diagnostics = ops_runbook::parse(&source, &name).err().unwrap_or_default();
        told.push(
            json!({ "file": name, "valid": diagnostics.is_empty(), "diagnostics": diagnostics }),
        );
        if format == Format::People && diagnostics.is_empty() {
            output::line(format_args!("{name}: valid"))?;
        }
        found.extend(diagnostics);
    }
    let exit = if found.is_empty() {
        Exit::Success
    } else {
        Exit::Invalid
    };
    if format == Format::Json {
        output::json(&json!({ "valid": found.is_empty(), "files": told }))?;
        return Ok(exit);
    }
    for diagnostic in &found {
        output::line(diagnostic)?;
    }
    if !found.is_empty() {
        output::note(format_args!(
            "\n{} in {}",
            count(found.len() as u64, "problem"),
            count(arguments.files.len() as u64, "file")
        ));
    }
    Ok(exit)
}
