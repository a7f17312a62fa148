//! Inputs of the action and variables of Spin. Both files are ours and plain, so that lines are enough.

use super::{code, row};

/// The inputs of action.yml.
pub fn action(text: &str) -> String {
    let mut out = row(&["input", "default", "what"]) + &row(&["---"; 3]);
    let inputs = text.split("\ninputs:\n").nth(1).unwrap_or_default();
    let inputs = inputs.split("\noutputs:\n").next().unwrap_or_default();
    for input in entries(inputs) {
        let (name, body) = input.split_once(":\n").unwrap_or((&input, ""));
        let default = field(body, "default");
        let default = default.trim_matches('"').to_string();
        out += &row(&[
            &code(name.trim()),
            &code(&default),
            &field(body, "description"),
        ]);
    }
    out
}

/// Each begins with two blanks, and what belongs to it with more.
fn entries(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in text.lines() {
        match all.last_mut() {
            Some(last) if line.starts_with("   ") || line.is_empty() => {
                last.push_str(line);
                last.push('\n');
            }
            _ => all.push(format!("{line}\n")),
        }
    }
    all
}

/// The text of a field, folded where it goes over some lines.
fn field(body: &str, name: &str) -> String {
    let mut words = Vec::new();
    let mut is_in_it = false;
    for line in body.lines() {
        let is_field = line.starts_with("    ") && !line.starts_with("     ");
        if is_field {
            let (key, value) = line.trim().split_once(':').unwrap_or((line.trim(), ""));
            is_in_it = key == name;
            if is_in_it {
                words.push(value.trim().trim_start_matches(">-"));
            }
        } else if is_in_it {
            words.push(line.trim());
        }
    }
    words.join(" ").trim().to_string()
}

/// The variables of spin.toml, with the comments above them.
pub fn spin(text: &str) -> String {
    let mut out = row(&["variable", "default", "what"]) + &row(&["---"; 3]);
    let variables = text.split("\n[variables]\n").nth(1).unwrap_or_default();
    let variables = variables.split("\n[").next().unwrap_or_default();
    let mut comment = String::new();
    for line in variables.lines() {
        if let Some(more) = line.strip_prefix('#') {
            comment += more;
        } else if let Some((name, facts)) = line.split_once(" = ") {
            let default = facts.split("default = \"").nth(1);
            let default = default.and_then(|rest| rest.split('"').next());
            let required = facts.contains("required = true").then_some("required");
            let default = required.map_or_else(|| code(default.unwrap_or_default()), Into::into);
            out += &row(&[&code(name), &default, &comment]);
            comment.clear();
        }
    }
    out
}
