use super::note::{self, Place};
use super::{Part, SpecMarks};
use crate::html::{Html, escape_into};

/// A text line by line with numbers that can be linked to; the ids that stand on a line, and what was
/// found on it, are beside it.
pub fn spec_lines(text: &str, marks: &SpecMarks) -> Html {
    let mut html = String::with_capacity(text.len() * 2);
    html.push_str("<ol class=\"lines\">");
    for (line, number) in text.lines().zip(1u32..) {
        html.push_str(&format!(
            "<li id=\"L{number}\"><span class=\"n\">{number}</span><span class=\"t\">"
        ));
        for part in marks.parts(line) {
            match part {
                Part::Text(text) => escape_into(&mut html, text),
                Part::Id(id) => html.push_str(&marks.mention(id)),
            }
        }
        html.push_str("</span>");
        if let Some(ids) = marks.on_line.get(&number) {
            html.push_str("<span class=\"ids\">");
            for id in ids {
                html.push_str(&marks.mention(id));
                html.push(' ');
            }
            html.push_str("</span>");
        }
        for one in marks.notes.get(&number).into_iter().flatten() {
            note::write(&mut html, one, Place::Inside);
        }
        html.push_str("</li>");
    }
    html.push_str("</ol>");
    Html::trusted(html)
}
