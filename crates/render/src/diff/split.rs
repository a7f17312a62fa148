use super::parse::{Line, parse};
use super::{code_cell, number_cell, wide_row};
use crate::html::Html;

type Side<'t> = (u64, &'t str);

/// A unified diff with old and new side by side: the n-th line that went stands beside the n-th
/// line that came.
pub fn diff_split(text: &str) -> Html {
    let mut out = String::from(concat!(
        "<table class=\"diff split\"><colgroup><col class=\"n\"><col class=\"m\"><col>",
        "<col class=\"n\"><col class=\"m\"><col></colgroup><tbody>"
    ));
    let (mut gone, mut came): (Vec<Side>, Vec<Side>) = Default::default();
    for line in parse(text) {
        match line {
            Line::Gone { old, text } => {
                if !came.is_empty() {
                    flush(&mut out, &mut gone, &mut came);
                }
                gone.push((old, text));
                continue;
            }
            Line::Came { new, text } => {
                came.push((new, text));
                continue;
            }
            _ => flush(&mut out, &mut gone, &mut came),
        }
        match line {
            Line::File(text) => wide_row(&mut out, "d-file", 6, text),
            Line::Hunk(text) => wide_row(&mut out, "d-hunk", 6, text),
            Line::Note(text) => wide_row(&mut out, "d-note", 6, text),
            Line::Same { old, new, text } => {
                out.push_str("<tr class=\"d-same\">");
                side(&mut out, Some((old, text)), " ");
                side(&mut out, Some((new, text)), " ");
                out.push_str("</tr>");
            }
            Line::Gone { .. } | Line::Came { .. } => {}
        }
    }
    flush(&mut out, &mut gone, &mut came);
    out.push_str("</tbody></table>");
    Html::trusted(out)
}

fn flush(out: &mut String, gone: &mut Vec<Side<'_>>, came: &mut Vec<Side<'_>>) {
    for at in 0..gone.len().max(came.len()) {
        let (old, new) = (gone.get(at).copied(), came.get(at).copied());
        let class = match (old, new) {
            (Some(_), Some(_)) => "d-both",
            (Some(_), None) => "d-del",
            _ => "d-add",
        };
        out.push_str(&format!("<tr class=\"{class}\">"));
        side(out, old, "−");
        side(out, new, "+");
        out.push_str("</tr>");
    }
    gone.clear();
    came.clear();
}

fn side(out: &mut String, side: Option<Side<'_>>, mark: &str) {
    number_cell(out, side.map(|(number, _)| number));
    match side {
        Some((_, text)) => code_cell(out, mark, text),
        None => out.push_str("<td class=\"m\"></td><td class=\"c none\"></td>"),
    }
}
