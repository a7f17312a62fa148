//! Commands that show what is said of the database as a whole.

use super::*;

impl Making<'_> {
    /// For tasks that no thing of theirs gave a command to.
    pub(super) fn proofs(&mut self) {
        let model = self.model;
        if !has_postgres(model) {
            return;
        }
        let all: Vec<&str> = model
            .inventory
            .tables
            .iter()
            .map(|table| table.thing.name.as_str())
            .collect();
        let live = live(model, &all);
        for task in self.tasks.iter_mut().filter(|task| task.verify.is_empty()) {
            let lower = task.text.to_lowercase();
            if is_row_security(&lower) {
                task.verify.extend(none_of(
                    &all,
                    "not coalesce((select relrowsecurity from pg_class where oid = to_regclass(t)), false)",
                ));
            } else if is_live(&lower) && lower.contains("publication") {
                task.verify.extend(none_of(
                    &live,
                    "not exists (select from pg_publication_tables where tablename = t)",
                ));
            }
        }
    }
}

fn is_row_security(lower: &str) -> bool {
    lower.contains("row level security")
        || lower.contains("row-level security")
        || lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "rls")
}

fn is_live(lower: &str) -> bool {
    lower.contains("realtime") || lower.contains("real-time")
}

/// The tables whose changes the source says are published.
fn live<'a>(model: &Model, tables: &[&'a str]) -> Vec<&'a str> {
    let said: Vec<String> = model
        .statements
        .iter()
        .map(|statement| statement.text.to_lowercase())
        .filter(|text| is_live(text))
        .collect();
    tables
        .iter()
        .filter(|table| said.iter().any(|text| text.contains(&format!("`{table}`"))))
        .copied()
        .collect()
}

/// Ends with 0 where the condition holds for none of the tables.
fn none_of(tables: &[&str], condition: &str) -> Option<String> {
    if tables.is_empty() {
        return None;
    }
    let values: Vec<String> = tables.iter().map(|table| format!("('{table}')")).collect();
    Some(format!(
        "psql \"$DATABASE_URL\" -Atc \"select count(*) from (values {}) v(t) where {condition}\" | grep -x 0",
        values.join(", ")
    ))
}
