//! Which task serves which requirement and criterion.

use super::bundle::Bundle;
use crate::ui::json::{list, text};
use ops_render::view::{Link, SpecCoverage};
use ops_render::{Matrix, MatrixRow, MatrixTask, matrix};
use serde_json::Value;
use std::collections::BTreeMap;

/// Cells of a matrix that is drawn; a larger one says no more than its lists.
const CELLS: usize = 12_000;

pub fn coverage(bundle: &Bundle) -> Option<SpecCoverage> {
    let stored = bundle.findings.coverage()?;
    let rows = list(stored, "rows");
    let tasks = tasks(bundle, rows);
    let is_open = |row: &&Value| list(row, "tasks").is_empty();
    let id = |row: &Value| bundle.link(text(row, "id"));
    Some(SpecCoverage {
        summary: summary(rows),
        matrix_html: (rows.len() * tasks.len() <= CELLS && !tasks.is_empty())
            .then(|| matrix(&matrix_of(bundle, rows, tasks))),
        open: rows.iter().filter(is_open).map(id).collect(),
        loose: list(stored, "tasks_without")
            .iter()
            .filter_map(Value::as_str)
            .map(|task| bundle.link(task))
            .collect(),
    })
}

/// `10 of 10 requirements and 9 of 9 criteria have a task`
fn summary(rows: &[Value]) -> String {
    let share = |kind: &str, many: &str| {
        let of_kind = || rows.iter().filter(|row| text(row, "kind") == kind);
        let served = of_kind().filter(|row| !list(row, "tasks").is_empty());
        let (served, all) = (served.count(), of_kind().count());
        (all > 0).then(|| format!("{served} of {all} {many}"))
    };
    let shares = [
        share("requirement", "requirements"),
        share("criterion", "criteria"),
    ];
    let shares: Vec<String> = shares.into_iter().flatten().collect();
    match shares.is_empty() {
        true => String::new(),
        false => format!("{} have a task", shares.join(" and ")),
    }
}

/// Tasks that serve something, in the order of their ids.
fn tasks<'a>(bundle: &Bundle, rows: &'a [Value]) -> Vec<(&'a str, MatrixTask)> {
    let named = rows.iter().flat_map(|row| list(row, "tasks"));
    let mut ids: Vec<&str> = named.filter_map(Value::as_str).collect();
    ids.sort_by_key(|id| (id.len(), *id));
    ids.dedup();
    ids.into_iter()
        .map(|id| {
            let node = bundle.node(id);
            let task = MatrixTask {
                id: id.into(),
                href: match node {
                    Some(node) => bundle.definition(node),
                    None => bundle.href("tasks.md"),
                },
                words: node.map_or(String::new(), |node| text(node, "text").into()),
            };
            (id, task)
        })
        .collect()
}

fn matrix_of(bundle: &Bundle, rows: &[Value], tasks: Vec<(&str, MatrixTask)>) -> Matrix {
    let places: BTreeMap<&str, usize> = tasks
        .iter()
        .enumerate()
        .map(|(at, (id, _))| (*id, at))
        .collect();
    let ties = Ties::of(bundle);
    let rows = rows.iter().map(|row| {
        let id = text(row, "id");
        let served = list(row, "tasks").iter().filter_map(Value::as_str);
        MatrixRow {
            id: id.into(),
            href: match bundle.node(id) {
                Some(node) => bundle.definition(node),
                None => bundle.href("prd.md"),
            },
            // The report has the line as it stands, with its mark.
            words: text(bundle.node(id).unwrap_or(row), "text").into(),
            with: ties.of_id(bundle, id),
            tasks: served
                .filter_map(|task| places.get(task).copied())
                .collect(),
            is_through: !list(row, "through").is_empty(),
        }
    });
    Matrix {
        rows: rows.collect(),
        tasks: tasks.into_iter().map(|(_, task)| task).collect(),
    }
}

/// Criteria and the requirements that they show, from both ends.
struct Ties<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Ties<'a> {
    fn of(bundle: &'a Bundle) -> Self {
        let mut ties: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let edges = list(&bundle.manifest, "edges").iter();
        for edge in edges.filter(|edge| text(edge, "relation") == "validates") {
            let (from, to) = (text(edge, "from"), text(edge, "to"));
            ties.entry(from).or_default().push(to);
            ties.entry(to).or_default().push(from);
        }
        Ties(ties)
    }

    fn of_id(&self, bundle: &Bundle, id: &str) -> Vec<Link> {
        let tied = self.0.get(id).into_iter().flatten();
        tied.map(|id| bundle.link(id)).collect()
    }
}
