use crate::html::{Html, escape_into};
use std::fmt::Write as _;

const HEIGHT: u64 = 24;

/// Counts over time as bars, such as ends per five minutes. `label` says it in words.
pub fn sparkline(counts: &[u64], label: &str) -> Html {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let width = counts.len() * 6;
    let mut out = format!(
        "<svg class=\"spark\" role=\"img\" width=\"{width}\" height=\"{HEIGHT}\" aria-label=\""
    );
    escape_into(&mut out, label);
    out.push_str("\"><title>");
    escape_into(&mut out, label);
    out.push_str("</title>");
    for (at, count) in counts.iter().enumerate() {
        let height = (u128::from(*count) * u128::from(HEIGHT - 2) / u128::from(most)) as u64 + 2;
        let _ = write!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"4\" height=\"{height}\" rx=\"1\"/>",
            at * 6,
            HEIGHT - height
        );
    }
    out.push_str("</svg>");
    Html::trusted(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_fills_it() {
        let html = sparkline(&[0, 5, 10], "ends <today>");
        assert!(html.as_str().contains("aria-label=\"ends &lt;today&gt;\""));
        assert!(
            html.as_str()
                .contains("x=\"0\" y=\"22\" width=\"4\" height=\"2\"")
        );
        assert!(
            html.as_str()
                .contains("x=\"12\" y=\"0\" width=\"4\" height=\"24\"")
        );
        assert!(
            sparkline(&[u64::MAX], "")
                .as_str()
                .contains("height=\"24\"")
        );
    }
}
