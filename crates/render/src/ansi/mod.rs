//! Coloured terminal text as classes. Only colours and weights are obeyed; every other escape is
//! dropped, because a log is read and not played.

mod colour;
mod scan;
mod sgr;
mod sheet;

pub(crate) use sheet::stylesheet;

use crate::html::{Html, push_escaped};
use scan::{Piece, Scanner};
use sgr::Look;

/// The text of one or more lines. A lone carriage return starts the line again, as a terminal
/// shows a progress bar: what it overwrites is left out.
pub fn ansi(text: &str) -> Html {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut look = Look::default();
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
                    let before = look;
                    look.apply(codes);
                    if look != before && is_open {
                        out.push_str("</span>");
                        is_open = false;
                    }
                }
                Piece::Char(c) => {
                    if !is_open && !look.is_plain() {
                        look.open(&mut out);
                        is_open = true;
                    }
                    push_escaped(&mut out, c);
                }
            }
        }
        if is_open {
            out.push_str("</span>");
            is_open = false;
        }
    }
    Html::trusted(out)
}

#[cfg(test)]
mod tests;
