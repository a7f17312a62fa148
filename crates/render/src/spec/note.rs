use super::{SpecNote, attribute};
use crate::assets::path_of;
use crate::html::escape_into;

/// Within a line, or after something that holds no elements.
#[derive(Clone, Copy)]
pub enum Place {
    Inside,
    After,
}

pub fn write(html: &mut String, note: &SpecNote, place: Place) {
    let element = match place {
        Place::Inside => "span",
        Place::After => "div",
    };
    let tone = note.badge.tone.as_str();
    html.push_str(&format!("<{element} class=\"beside t-{tone}\">"));
    html.push_str(&format!(
        "<span class=\"badge t-{tone}\"><svg class=\"icon\" aria-hidden=\"true\"><use href=\"{}#i-{tone}\"/></svg>",
        path_of("icons.svg")
    ));
    escape_into(html, &note.badge.word);
    html.push_str("</span> ");
    match &note.href {
        Some(href) => {
            html.push_str("<a class=\"rule\"");
            attribute(html, "href", href.as_str());
            html.push('>');
            escape_into(html, &note.rule);
            html.push_str("</a>");
        }
        None => {
            html.push_str("<code>");
            escape_into(html, &note.rule);
            html.push_str("</code>");
        }
    }
    html.push_str(" <b>");
    escape_into(html, &note.message);
    html.push_str("</b>");
    if !note.hint.is_empty() {
        html.push_str(" <span class=\"soft\">");
        escape_into(html, &note.hint);
        html.push_str("</span>");
    }
    html.push_str(&format!("</{element}>"));
}
