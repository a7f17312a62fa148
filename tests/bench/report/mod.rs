//! What was measured, and how it is put.

mod json;
mod markdown;

pub use json::Shown;
pub use markdown::{number, table};

use std::time::Duration;

/// One row: what was measured, how many did it at once, and the floor that it is held against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub what: String,
    pub width: usize,
    pub unit: &'static str,
    pub floor: Option<(&'static str, usize)>,
}

impl Row {
    pub fn new(what: impl Into<String>, width: usize, unit: &'static str) -> Self {
        Row {
            what: what.into(),
            width,
            unit,
            floor: None,
        }
    }

    pub fn per_second(what: impl Into<String>, width: usize) -> Self {
        Row::new(what, width, "per second")
    }

    /// Its ratio is to this floor at the same width.
    pub fn above(mut self, floor: &'static str) -> Self {
        self.floor = Some((floor, self.width));
        self
    }

    /// Its ratio is to what this floor does at `width`.
    pub fn above_at(mut self, floor: &'static str, width: usize) -> Self {
        self.floor = Some((floor, width));
        self
    }
}

#[derive(Default)]
pub struct Report {
    rows: Vec<(Row, Vec<f64>)>,
}

impl Report {
    /// One more sample of a row; rows stay in the order in which they were first measured.
    pub fn add(&mut self, row: Row, sample: f64) {
        eprintln!(
            "  {} at {}: {} {}",
            row.what,
            row.width,
            markdown::number(sample),
            row.unit
        );
        self.extend(row, [sample]);
    }

    pub fn latency(&mut self, row: Row, samples: &[Duration]) {
        let all: Vec<f64> = samples
            .iter()
            .map(|took| took.as_secs_f64() * 1e3)
            .collect();
        let median = markdown::number(at(&sorted(&all), 0.5));
        eprintln!(
            "  {}: median {median} {} of {}",
            row.what,
            row.unit,
            all.len()
        );
        self.extend(row, all);
    }

    fn extend(&mut self, row: Row, samples: impl IntoIterator<Item = f64>) {
        match self.rows.iter_mut().find(|(known, _)| *known == row) {
            Some((_, all)) => all.extend(samples),
            None => self.rows.push((row, samples.into_iter().collect())),
        }
    }

    pub fn shown(&self) -> Vec<Shown> {
        let median_of = |what: &str, width: usize| {
            let (_, all) = self
                .rows
                .iter()
                .find(|(row, _)| row.what == what && row.width == width)?;
            Some(at(&sorted(all), 0.5))
        };
        let shown = |(row, all): &(Row, Vec<f64>)| {
            let all = sorted(all);
            let median = at(&all, 0.5);
            let floor = row.floor.and_then(|(what, width)| median_of(what, width));
            Shown {
                what: row.what.clone(),
                width: row.width,
                unit: row.unit.into(),
                median,
                low: at(&all, 0.0),
                high: at(&all, 1.0),
                p99: (all.len() >= 100).then(|| at(&all, 0.99)),
                ratio: floor.map(|floor| median / floor),
                ratio_to: row.floor.map(|(what, width)| format!("{what} at {width}")),
                samples: all.len(),
            }
        };
        self.rows.iter().map(shown).collect()
    }
}

fn sorted(all: &[f64]) -> Vec<f64> {
    let mut all = all.to_vec();
    all.sort_by(f64::total_cmp);
    all
}

/// Of what is sorted; the lower one where it lies between two.
fn at(all: &[f64], share: f64) -> f64 {
    all[((all.len() - 1) as f64 * share) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_medians_at_the_same_width_and_missing_without_its_floor() {
        let mut report = Report::default();
        let ours = |width| Row::per_second("ours", width).above("floor");
        for (row, sample) in [
            (Row::per_second("floor", 4), 100.0),
            (Row::per_second("floor", 4), 300.0),
            (Row::per_second("floor", 4), 200.0),
            (ours(4), 50.0),
            (ours(24), 50.0),
        ] {
            report.extend(row, [sample]);
        }
        let shown = report.shown();
        let of = |what: &str, width| {
            let row = shown
                .iter()
                .find(|row| row.what == what && row.width == width);
            row.expect("a row").ratio
        };
        assert_eq!((of("ours", 4), of("ours", 24)), (Some(0.25), None));
        assert_eq!(
            (shown[0].low, shown[0].median, shown[0].high),
            (100.0, 200.0, 300.0)
        );
    }
}
