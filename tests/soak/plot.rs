//! The picture: a small panel for each series, legible on a light and on a dark page.

use crate::series::{Rule, Series, middle, most};
use crate::watched::Watched;
use std::fmt::Write;

const COLUMNS: usize = 4;
const WIDTH: f64 = 236.0;
const HEIGHT: f64 = 120.0;
/// Of a panel, around its curve.
const TOP: f64 = 34.0;
const BOTTOM: f64 = 18.0;
const SIDE: f64 = 10.0;
/// Points of one curve at most.
const POINTS: usize = 240;

const STYLE: &str = "<style>
  svg { background: #ffffff; }
  text { font: 11px system-ui, sans-serif; fill: #57606a; }
  .t { font-weight: 600; fill: #1f2328; }
  .p { fill: none; stroke: #d0d7de; }
  .h { fill: #f6f8fa; }
  .c { fill: none; stroke: #0969da; stroke-width: 1.5; stroke-linejoin: round; }
  .w .c { stroke: #cf222e; }
  .w .t { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; }
    text { fill: #9198a1; }
    .t { fill: #f0f6fc; }
    .p { stroke: #3d444d; }
    .h { fill: #151b23; }
    .c { stroke: #4493f8; }
    .w .c { stroke: #f85149; }
    .w .t { fill: #f85149; }
  }
</style>";

pub fn svg(watched: &Watched, headline: &str) -> String {
    let shown: Vec<&Series> = watched.series().filter(|s| is_shown(s)).collect();
    let rows = shown.len().div_ceil(COLUMNS);
    let (width, height) = (COLUMNS as f64 * WIDTH, rows as f64 * HEIGHT + 30.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{headline}\">\n\
         {STYLE}\n<text class=\"t\" x=\"{SIDE}\" y=\"19\">{headline}</text>\n"
    );
    let minutes = watched.seconds.last().copied().unwrap_or_default() / 60.0;
    for (number, series) in shown.iter().enumerate() {
        let x = (number % COLUMNS) as f64 * WIDTH;
        let y = (number / COLUMNS) as f64 * HEIGHT + 30.0;
        panel(&mut out, series, watched, (x, y), minutes);
    }
    out.push_str("</svg>\n");
    out
}

/// What never happened needs no curve, except where it is the point.
fn is_shown(series: &Series) -> bool {
    matches!(series.name.as_str(), "wrong") || most(&series.values) > 0.0
}

fn panel(out: &mut String, series: &Series, watched: &Watched, at: (f64, f64), minutes: f64) {
    let verdict = series.verdict(watched.created_late());
    let class = if verdict.holds { "g" } else { "w" };
    let (x, y) = (at.0 + SIDE, at.1 + TOP);
    let (w, h) = (WIDTH - 2.0 * SIDE, HEIGHT - TOP - BOTTOM);
    let top = scale(most(&series.values));
    let said = match series.rule {
        Rule::Shown => String::new(),
        Rule::Never => format!("; {} in all", series.values.iter().sum::<f64>()),
        _ => format!("; then {:+}", short(verdict.grew)),
    };
    let middle = format!("{} {}", short(middle(series.values.clone())), series.unit);
    let line = format!("{}{said}", middle.trim_end());
    // Writing into a text cannot fail.
    let _ = writeln!(
        out,
        "<g class=\"{class}\"><rect class=\"h\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{h:.1}\"/>\
         <rect class=\"p\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\"/>\
         <text class=\"t\" x=\"{x:.1}\" y=\"{:.1}\">{}</text><text x=\"{x:.1}\" y=\"{:.1}\">{line}</text>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{minutes:.0} min</text>\
         <polyline class=\"c\" points=\"{}\"/></g>",
        x + w / 2.0,
        w / 2.0,
        y - 18.0,
        series.title,
        y - 5.0,
        x + w,
        y - 5.0,
        short(top),
        x + w,
        y + h + 12.0,
        points(&series.values, (x, y), (w, h), top),
    );
}

fn points(values: &[f64], at: (f64, f64), size: (f64, f64), top: f64) -> String {
    let group = values.len().div_ceil(POINTS).max(1);
    let groups: Vec<f64> = values
        .chunks(group)
        .map(|some| middle(some.to_vec()))
        .collect();
    let last = groups.len().saturating_sub(1).max(1) as f64;
    let place = |(number, value): (usize, &f64)| {
        let x = at.0 + size.0 * number as f64 / last;
        let y = at.1 + size.1 * (1.0 - value / top);
        format!("{x:.1},{y:.1}")
    };
    let all: Vec<String> = groups.iter().enumerate().map(place).collect();
    all.join(" ")
}

/// The next 1, 2 or 5 with zeros.
fn scale(most: f64) -> f64 {
    let most = most.max(1.0);
    let ten = 10f64.powf(most.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * ten);
    steps.into_iter().find(|step| *step >= most).unwrap_or(most)
}

fn short(value: f64) -> f64 {
    match value.abs() {
        large if large >= 100.0 => value.round(),
        _ => (value * 10.0).round() / 10.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_a_round_number_above_all() {
        assert_eq!(scale(0.0), 1.0);
        assert_eq!(scale(3.0), 5.0);
        assert_eq!(scale(120.0), 200.0);
        assert_eq!(scale(1_000.0), 1_000.0);
    }

    #[test]
    fn a_long_curve_has_few_points_and_stays_in_its_panel() {
        let values: Vec<f64> = (0..7_200).map(f64::from).collect();
        let text = points(&values, (0.0, 0.0), (100.0, 50.0), 10_000.0);
        assert!(text.split(' ').count() <= POINTS);
        for point in text.split(' ') {
            let (x, y) = point.split_once(',').unwrap();
            assert!((0.0..=100.0).contains(&x.parse::<f64>().unwrap()));
            assert!((0.0..=50.0).contains(&y.parse::<f64>().unwrap()));
        }
    }
}
