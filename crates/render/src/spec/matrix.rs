use super::attribute;
use crate::href::Href;
use crate::html::{Html, escape_into};
use crate::view::Link;
use std::collections::BTreeSet;

/// Requirements and criteria against the tasks that make or show them.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    pub tasks: Vec<MatrixTask>,
    pub rows: Vec<MatrixRow>,
}

#[derive(Debug, Clone)]
pub struct MatrixTask {
    pub id: String,
    pub href: Href,
    pub words: String,
}

#[derive(Debug, Clone)]
pub struct MatrixRow {
    pub id: String,
    pub href: Href,
    pub words: String,
    /// Criteria that show a requirement, or requirements that a criterion shows.
    pub with: Vec<Link>,
    /// Places of its tasks.
    pub tasks: BTreeSet<usize>,
    /// Whether no task names it, and one serves what it belongs to.
    pub is_through: bool,
}

/// A table with a head for each task; an empty cell says that the task does nothing for the row.
pub fn matrix(matrix: &Matrix) -> Html {
    let mut html = String::from(
        "<table class=\"matrix\"><thead><tr><th scope=\"col\">Id</th><th scope=\"col\">Tied to</th>",
    );
    for task in &matrix.tasks {
        html.push_str("<th scope=\"col\" class=\"task\"><a");
        attribute(&mut html, "href", task.href.as_str());
        attribute(&mut html, "title", &task.words);
        html.push('>');
        escape_into(&mut html, &task.id);
        html.push_str("</a></th>");
    }
    html.push_str("</tr></thead><tbody>");
    for row in &matrix.rows {
        write_row(&mut html, row, &matrix.tasks);
    }
    html.push_str("</tbody></table>");
    Html::trusted(html)
}

fn write_row(html: &mut String, row: &MatrixRow, tasks: &[MatrixTask]) {
    html.push_str(match row.tasks.is_empty() {
        true => "<tr class=\"is-open\"><th scope=\"row\"><a class=\"ref\"",
        false => "<tr><th scope=\"row\"><a class=\"ref\"",
    });
    attribute(html, "href", row.href.as_str());
    attribute(html, "title", &row.words);
    html.push('>');
    escape_into(html, &row.id);
    html.push_str("</a></th><td class=\"by\">");
    for link in &row.with {
        html.push_str("<a class=\"ref\"");
        if let Some(href) = &link.href {
            attribute(html, "href", href.as_str());
        }
        html.push('>');
        escape_into(html, &link.text);
        html.push_str("</a> ");
    }
    html.push_str("</td>");
    for (at, task) in tasks.iter().enumerate() {
        if !row.tasks.contains(&at) {
            html.push_str("<td></td>");
            continue;
        }
        let (class, how) = match row.is_through {
            true => ("via", " by what it belongs to"),
            false => ("on", ""),
        };
        html.push_str(&format!("<td class=\"{class}\"><span class=\"sr\">"));
        escape_into(html, &task.id);
        html.push_str(how);
        html.push_str("</span></td>");
    }
    html.push_str("</tr>");
}
