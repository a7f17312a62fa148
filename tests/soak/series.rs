//! One thing that was watched, sample by sample, and whether it may go on like this.

use serde_json::{Value, json};

pub struct Series {
    pub name: String,
    /// On the picture.
    pub title: String,
    pub unit: &'static str,
    pub rule: Rule,
    pub values: Vec<f64>,
}

/// What is asked of the second half of the time.
#[derive(Clone, Copy)]
pub enum Rule {
    /// Grows by no more than this share of its middle, or by so much, whichever is more.
    Flat { share: f64, amount: f64 },
    /// Grows with the work, for this reason, by no more than so much for each run, and so much at all.
    Grows {
        why: &'static str,
        per_run: f64,
        amount: f64,
    },
    /// Nothing is ever met.
    Never,
    /// Shown only.
    Shown,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    pub holds: bool,
    /// Over the second half, by its slope.
    pub grew: f64,
    pub bound: Option<f64>,
}

impl Series {
    /// `runs` were made in the second half.
    pub fn verdict(&self, runs: f64) -> Verdict {
        let half = &self.values[self.values.len() / 2..];
        let grew = slope(half) * half.len().saturating_sub(1) as f64;
        let bound = match self.rule {
            Rule::Flat { share, amount } => Some(amount.max(share * middle(half.to_vec()))),
            Rule::Grows {
                per_run, amount, ..
            } => Some(per_run * runs + amount),
            Rule::Never => Some(0.0),
            Rule::Shown => None,
        };
        let holds = match self.rule {
            Rule::Never => self.values.iter().all(|value| *value == 0.0),
            _ => bound.is_none_or(|bound| grew <= bound),
        };
        Verdict { holds, grew, bound }
    }

    pub fn json(&self, runs: f64) -> Value {
        let verdict = self.verdict(runs);
        let (rule, why) = match self.rule {
            Rule::Flat { .. } => ("flat", None),
            Rule::Grows { why, .. } => ("grows with the work", Some(why)),
            Rule::Never => ("never", None),
            Rule::Shown => ("shown", None),
        };
        json!({
            "unit": self.unit, "rule": rule, "why": why, "holds": verdict.holds,
            "grew_in_second_half": rounded(verdict.grew), "bound": verdict.bound.map(rounded),
            "middle": rounded(middle(self.values.clone())), "most": rounded(most(&self.values)),
            "last": self.values.last().copied().map(rounded),
        })
    }
}

/// The median of the slopes between all pairs, per sample: what is odd now and then does not move it.
pub fn slope(values: &[f64]) -> f64 {
    let pairs = values.iter().enumerate().flat_map(|(i, a)| {
        let later = values.iter().enumerate().skip(i + 1);
        later.map(move |(j, b)| (b - a) / (j - i) as f64)
    });
    middle(pairs.collect())
}

/// 0 of nothing.
pub fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

pub fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

pub fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rule: Rule, values: impl IntoIterator<Item = f64>) -> Series {
        Series {
            name: "x".into(),
            title: "X".into(),
            unit: "MiB",
            rule,
            values: values.into_iter().collect(),
        }
    }

    const FLAT: Rule = Rule::Flat {
        share: 0.05,
        amount: 1.0,
    };

    #[test]
    fn what_has_grown_and_then_stays_is_flat() {
        let values = (0..200).map(|n| f64::from(n.min(80)));
        assert!(of(FLAT, values).verdict(0.0).holds);
    }

    #[test]
    fn what_goes_on_growing_is_not() {
        let verdict = of(FLAT, (0..200).map(f64::from)).verdict(0.0);
        assert!(!verdict.holds);
        assert!((verdict.grew - 99.0).abs() < 1e-9, "{verdict:?}");
    }

    #[test]
    fn a_saw_and_a_peak_are_flat() {
        let saw = (0..200).map(|n| 50.0 + f64::from(n % 7));
        let mut saw = of(FLAT, saw);
        saw.values[190] = 5_000.0;
        assert!(saw.verdict(0.0).holds);
    }

    #[test]
    fn growth_with_the_work_has_its_bound_too() {
        let rule = Rule::Grows {
            why: "a row for each",
            per_run: 2.0,
            amount: 0.0,
        };
        let series = of(rule, (0..101).map(f64::from));
        assert!(series.verdict(30.0).holds);
        assert!(!series.verdict(20.0).holds);
    }

    #[test]
    fn one_error_at_the_begin_is_an_error() {
        let mut values = vec![0.0; 100];
        values[3] = 1.0;
        assert!(!of(Rule::Never, values).verdict(0.0).holds);
        assert!(of(Rule::Never, [0.0; 9]).verdict(0.0).holds);
    }
}
