use super::parse::{Line, parse};
use super::{code_cell, number_cell, wide_row};
use crate::html::Html;

/// A unified diff in one column, with the numbers of both sides.
pub fn diff(text: &str) -> Html {
    let mut out = String::from("<table class=\"diff\"><tbody>");
    for line in parse(text) {
        match line {
            Line::File(text) => wide_row(&mut out, "d-file", 4, text),
            Line::Hunk(text) => wide_row(&mut out, "d-hunk", 4, text),
            Line::Note(text) => wide_row(&mut out, "d-note", 4, text),
            Line::Same { old, new, text } => {
                row(&mut out, "d-same", Some(old), Some(new), " ", text)
            }
            Line::Gone { old, text } => row(&mut out, "d-del", Some(old), None, "−", text),
            Line::Came { new, text } => row(&mut out, "d-add", None, Some(new), "+", text),
        }
    }
    out.push_str("</tbody></table>");
    Html::trusted(out)
}

fn row(out: &mut String, class: &str, old: Option<u64>, new: Option<u64>, mark: &str, text: &str) {
    out.push_str(&format!("<tr class=\"{class}\">"));
    number_cell(out, old);
    number_cell(out, new);
    code_cell(out, mark, text);
    out.push_str("</tr>");
}
