//! The plot of docs/benchmarks.svg: bars from a common zero per panel, the spread as a line over each.

mod panels;

use crate::report::{Shown, number};
use panels::{PANELS, Panel, Whose};
use std::fmt::Write;

const WIDTH: f64 = 860.0;
/// Where bars begin, and how long the longest is.
const LEFT: f64 = 330.0;
const LENGTH: f64 = 400.0;
const LINE: f64 = 20.0;
const BAR: f64 = 12.0;

/// Its own background in both schemes, so that it is legible wherever it is shown.
const STYLE: &str = "\
<style>
text{font:12px system-ui,sans-serif;fill:#1f2328}
.title{font-weight:600;font-size:14px}
.back{fill:#fff}.spread{stroke:#1f2328}
.floor{fill:#8c959f}.ours{fill:#0969da}.graphile{fill:#bf8700}.boss{fill:#a475f9}
@media(prefers-color-scheme:dark){
text{fill:#e6edf3}.back{fill:#0d1117}.spread{stroke:#e6edf3}
.floor{fill:#6e7681}.ours{fill:#388bfd}.graphile{fill:#bb8009}.boss{fill:#8957e5}}
</style>
";

pub fn svg(rows: &[Shown]) -> String {
    let mut body = String::new();
    let mut y = 16.0;
    for panel in &PANELS {
        y = draw(panel, rows, y, &mut body);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" role=\"img\" \
         aria-label=\"Benchmarks; docs/BENCHMARKS.md has the same figures as a table\">\n{STYLE}\
         <rect class=\"back\" width=\"{WIDTH}\" height=\"{y}\"/>\n{body}</svg>\n"
    )
}

/// Those of its bars that were measured; where the next panel begins.
fn draw(panel: &Panel, rows: &[Shown], top: f64, body: &mut String) -> f64 {
    let found: Vec<(&panels::Bar, &Shown)> = panel
        .bars
        .iter()
        .filter_map(|bar| {
            let row = rows
                .iter()
                .find(|row| row.what == bar.what && row.width == bar.width)?;
            Some((bar, row))
        })
        .collect();
    let longest = found
        .iter()
        .map(|(_, row)| panel.end_of(row))
        .fold(0.0, f64::max);
    if found.is_empty() || longest <= 0.0 {
        return top;
    }
    let mut y = top + LINE;
    text(body, "title", 16.0, y, "start", panel.title);
    let mut width = None;
    for (bar, row) in found {
        // A little room between groups of one width.
        y += if width.is_some_and(|width| width != row.width) {
            LINE * 1.4
        } else {
            LINE
        };
        width = Some(row.width);
        let label = format!("{}, {}", bar.label, row.width);
        text(body, "", LEFT - 10.0, y, "end", &label);
        let scale = LENGTH / longest;
        let (class, long) = (bar.whose.class(), row.median * scale);
        let _ = writeln!(
            body,
            "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{:.1}\" width=\"{long:.1}\" height=\"{BAR}\" rx=\"2\"/>",
            y - BAR + 1.0
        );
        let (low, high) = (LEFT + row.low * scale, LEFT + panel.end_of(row) * scale);
        let _ = writeln!(
            body,
            "<path class=\"spread\" d=\"M{low:.1} {0:.1}H{high:.1}\"/>",
            y - BAR / 2.0 + 1.0
        );
        let value = number(row.median);
        text(body, "", high.max(LEFT + long) + 8.0, y, "start", &value);
    }
    y + LINE * 1.5
}

impl Panel {
    /// Of a latency the 99th of a hundred, since the last may be anything.
    fn end_of(&self, row: &Shown) -> f64 {
        row.p99.unwrap_or(row.high)
    }
}

impl Whose {
    fn class(self) -> &'static str {
        match self {
            Whose::Floor => "floor",
            Whose::Ours => "ours",
            Whose::Graphile => "graphile",
            Whose::Boss => "boss",
        }
    }
}

fn text(body: &mut String, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        body,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(what: &str, width: usize, median: f64) -> Shown {
        Shown {
            what: what.into(),
            width,
            unit: "per second".into(),
            median,
            low: median / 2.0,
            high: median * 2.0,
            p99: None,
            ratio: None,
            ratio_to: None,
            samples: 3,
        }
    }

    #[test]
    fn each_measured_bar_is_drawn_to_the_scale_of_its_panel_and_no_other() {
        let bar = &PANELS[0].bars[1];
        let drawn = svg(&[row(bar.what, bar.width, 1_000.0), row("unknown", 1, 5.0)]);
        // The spread ends where the longest bar may end, so the median is half as long.
        assert!(drawn.contains("width=\"200.0\""), "{drawn}");
        assert_eq!(drawn.matches("<path").count(), 1);
        assert!(drawn.contains("1,000<"), "{drawn}");
    }
}
