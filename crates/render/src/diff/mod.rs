//! Unified diffs as tables: one column, or old and new side by side.

mod parse;
mod split;
mod unified;

pub use split::diff_split;
pub use unified::diff;

use crate::html::escape_into;

/// `<td class="n">12</td>`, or an empty cell.
fn number_cell(out: &mut String, number: Option<u64>) {
    out.push_str("<td class=\"n\">");
    if let Some(number) = number {
        out.push_str(&number.to_string());
    }
    out.push_str("</td>");
}

fn code_cell(out: &mut String, mark: &str, text: &str) {
    out.push_str("<td class=\"m\">");
    out.push_str(mark);
    out.push_str("</td><td class=\"c\">");
    escape_into(out, text);
    out.push_str("</td>");
}

fn wide_row(out: &mut String, class: &str, columns: usize, text: &str) {
    out.push_str(&format!("<tr class=\"{class}\"><td colspan=\"{columns}\">"));
    escape_into(out, text);
    out.push_str("</td></tr>");
}

#[cfg(test)]
mod tests;
