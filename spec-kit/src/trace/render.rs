use super::{Matrix, Row, Step};
use crate::manifest::Relation;
use crate::model::markdown;
use crate::model::words::short;
use std::fmt::Write;

impl Matrix {
    /// For a terminal: one requirement a block.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let id = row.requirement.as_deref().unwrap_or("no requirement");
            let _ = writeln!(out, "{id}  {}", short(&row.text, 12));
            let _ = writeln!(out, "    goals    {}", list(&row.goals));
            let _ = writeln!(out, "    shown by {}", list(&row.criteria));
            let _ = writeln!(out, "    tasks    {}", list(&row.tasks));
        }
        for (what, ids) in self.gaps() {
            if !ids.is_empty() {
                let _ = writeln!(out, "{what}: {}", ids.join(", "));
            }
        }
        out
    }

    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "| Goal | Requirement | Text | Shown by | Tasks | Proofs |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for Row {
            goals,
            requirement,
            text,
            criteria,
            tasks,
            proofs,
        } in &self.rows
        {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                list(goals),
                requirement.as_deref().unwrap_or("—"),
                markdown::cell(&short(text, 12)),
                list(criteria),
                list(tasks),
                list(proofs)
            );
        }
        for (what, ids) in self.gaps() {
            if !ids.is_empty() {
                let _ = writeln!(out, "\n{what}: {}", ids.join(", "));
            }
        }
        out
    }

    /// Indented, with a line end.
    pub fn json(&self) -> String {
        // Strings and lists only: there is nothing that cannot be written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    fn gaps(&self) -> [(&'static str, &Vec<String>); 4] {
        [
            ("Without a task", &self.without_task),
            ("Shown by no criterion", &self.without_criterion),
            ("Criteria of no requirement", &self.loose_criteria),
            ("Tasks that name nothing", &self.loose_tasks),
        ]
    }
}

/// The steps of a way, one a line, indented by depth.
pub fn steps(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        let how = step.relation.map_or("", word);
        let place = step
            .place
            .as_ref()
            .map(|place| format!("  ({place})"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "{:indent$}{how}{}  {}{place}",
            "",
            step.id,
            short(&step.text, 14),
            indent = step.depth * 2
        );
    }
    out
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Validates => "validates ",
        Relation::Implements => "implements ",
        Relation::DependsOn => "depends on ",
        Relation::Enforces => "enforces ",
        Relation::Serves => "serves ",
    }
}

fn list(ids: &[String]) -> String {
    if ids.is_empty() {
        "—".to_owned()
    } else {
        ids.join(", ")
    }
}
