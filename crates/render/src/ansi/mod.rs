//! Coloured terminal text as classes. Only colours and weights are obeyed; every other escape is
//! dropped, because a log is read and not played.

mod colour;
mod scan;
mod sgr;
mod sheet;

pub(crate) use sgr::Look;
pub(crate) use sheet::stylesheet;

use crate::html::{Html, push_escaped};
use scan::{Piece, Scanner};

/// The text of one or more lines. A lone carriage return starts the line again, as a terminal
/// shows a progress bar: what it overwrites is left out.
pub fn ansi(text: &str) -> Html {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    write_ansi(&mut out, text, &mut Look::default());
    Html::trusted(out)
}

/// The same where colours are set already; afterwards `look` is what holds at the end.
pub(crate) fn write_ansi(out: &mut String, text: &str, look: &mut Look) {
    let mut is_open = false;
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let line = line.trim_end_matches('\r');
        let (overwritten, shown) = line.rsplit_once('\r').unwrap_or(("", line));
        // Colours set in what is overwritten still hold.
        for piece in Scanner::new(overwritten) {
            if let Piece::Sgr(codes) = piece {
                look.apply(codes);
            }
        }
        for piece in Scanner::new(shown) {
            match piece {
                Piece::Sgr(codes) => {
                    let before = *look;
                    look.apply(codes);
                    if *look != before && is_open {
                        out.push_str("</span>");
                        is_open = false;
                    }
                }
                Piece::Char(c) => {
                    if !is_open && !look.is_plain() {
                        look.open(out);
                        is_open = true;
                    }
                    push_escaped(out, c);
                }
            }
        }
        if is_open {
            out.push_str("</span>");
            is_open = false;
        }
    }
}

#[cfg(test)]
mod tests;
