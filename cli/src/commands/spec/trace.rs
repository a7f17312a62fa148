use super::SpecFailure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use clap::{Args, ValueEnum};
use ops_spec_files::one_bundle;
use ops_spec_kit::trace::{Graph, Step, steps};
use std::path::{Path, PathBuf};

/// Show what stands for what: from goals to requirements, criteria and tasks, and back
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops spec trace docs/specs/search
  ops spec trace docs/specs/search --format markdown > matrix.md
  ops spec trace docs/specs/search --reverse T012     # what this task is there for
  ops spec trace docs/specs/search --forward G-01     # all that stands for this goal")]
pub struct TraceArgs {
    /// A bundle's folder, or a document in it
    path: PathBuf,
    /// From an id up to its goals
    #[arg(long, value_name = "ID", conflicts_with = "forward")]
    reverse: Option<String>,
    /// From an id down to the tasks that make it true
    #[arg(long, value_name = "ID")]
    forward: Option<String>,
    #[arg(long, value_enum, default_value_t = Shape::Text)]
    format: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    Text,
    Json,
    Markdown,
}

pub fn run(arguments: &TraceArgs) -> Result<Exit, Failure> {
    let bundle = one_bundle(Path::new("."), &arguments.path)?;
    let graph = Graph::of_bundle(&bundle);
    let way = match (&arguments.reverse, &arguments.forward) {
        (Some(id), _) => Some(graph.reverse(id.trim())),
        (_, Some(id)) => Some(graph.forward(id.trim())),
        _ => None,
    };
    match way {
        Some(way) => show_way(&way.map_err(SpecFailure::from)?, arguments.format)?,
        None => {
            let matrix = graph.matrix();
            output::write(match arguments.format {
                Shape::Text => matrix.text(),
                Shape::Json => matrix.json(),
                Shape::Markdown => matrix.markdown(),
            })?;
        }
    }
    Ok(Exit::Success)
}

fn show_way(way: &[Step], shape: Shape) -> Result<(), Failure> {
    match shape {
        Shape::Text => output::write(steps(way)),
        Shape::Json => output::json(&way),
        Shape::Markdown => {
            // A list whose depth is that of the way.
            let text = steps(way);
            let lines = text.lines().map(|line| {
                let words = line.trim_start();
                let indent = &line[..line.len() - words.len()];
                format!("{indent}- {words}\n")
            });
            output::write(lines.collect::<String>())
        }
    }
}
