use crate::args::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ops completions bash > ~/.local/share/bash-completion/completions/ops
  ops completions zsh > \"${fpath[1]}/_ops\"
  ops completions fish > ~/.config/fish/completions/ops.fish")]
pub struct CompletionsArgs {
    shell: Shell,
}

pub fn run(arguments: CompletionsArgs) -> Result<Exit, Failure> {
    // Into memory first: a reader that goes away is no reason to panic.
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "ops",
        &mut script,
    );
    output::write(String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
