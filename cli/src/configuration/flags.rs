//! Arguments and their variables, as clap has them.

use super::{code, row};
use crate::args::Arguments;
use clap::{Arg, ArgAction, CommandFactory};

/// Of a command by its words, such as `ops lanes update`.
pub fn table(command: &str) -> String {
    let mut root = Arguments::command();
    // So that values have their names.
    root.build();
    let mut words = command.split(' ').skip(1);
    let found = words.try_fold(&root, |at, word| at.find_subcommand(word));
    let found = found.unwrap_or_else(|| panic!("there is no `{command}`"));
    let mut out = row(&["flag", "variable", "default", "what"]) + &row(&["---"; 4]);
    for argument in found.get_arguments().filter(|a| is_told(a)) {
        let variable = argument.get_env().unwrap_or_default().to_string_lossy();
        let default: Vec<_> = argument.get_default_values().iter().collect();
        let default: Vec<_> = default
            .iter()
            .map(|value| value.to_string_lossy())
            .collect();
        let default = match argument.get_action() {
            ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count => String::new(),
            _ => default.join(","),
        };
        let help = argument.get_help().map(ToString::to_string);
        out += &row(&[
            &code(&written(argument)),
            &code(&variable),
            &code(&default),
            &help.unwrap_or_default(),
        ]);
    }
    out
}

fn is_told(argument: &Arg) -> bool {
    !argument.is_hide_set() && !matches!(argument.get_id().as_str(), "help" | "version")
}

/// As it is typed.
fn written(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
    let takes_value = argument.get_action().takes_values();
    match (argument.get_long(), takes_value) {
        (Some(long), true) => format!("--{long} {}", names.join(" ")),
        (Some(long), false) => format!("--{long}"),
        (None, _) => names.join(" "),
    }
}
