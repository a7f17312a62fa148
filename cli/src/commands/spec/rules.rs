use super::SpecFailure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::output::table::{Cell, Table};
use clap::Args;
use ops_spec_kit::rules;

/// Say what a rule checks and why, with an example, and what to do
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops spec explain SK-TSK-007")]
pub struct ExplainArgs {
    /// As a finding names it
    rule: String,
}

/// List all rules
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops spec rules
  ops spec rules --json | jq -r '.[].id'")]
pub struct RulesArgs {
    /// Print JSON for programs and nothing else
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print a table for documentation
    #[arg(long)]
    markdown: bool,
}

pub fn explain(arguments: &ExplainArgs) -> Result<Exit, Failure> {
    let text = rules::explain(&arguments.rule).map_err(SpecFailure::from)?;
    output::write(text)?;
    Ok(Exit::Success)
}

pub fn run(arguments: &RulesArgs) -> Result<Exit, Failure> {
    if arguments.json {
        output::write(rules::json())?;
    } else if arguments.markdown {
        output::write(rules::markdown())?;
    } else {
        let mut table =
            Table::new(["RULE", "SEVERITY", "WHAT IS CHECKED"]).flexible("WHAT IS CHECKED");
        for rule in rules::rules() {
            table.row([
                Cell::new(rule.id),
                Cell::new(rule.severity.word()),
                Cell::new(rule.title),
            ]);
        }
        table.print()?;
    }
    Ok(Exit::Success)
}
