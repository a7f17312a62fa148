use crate::words::{UnixMs, utc_clock, utc_minute};

const STEPS: [i64; 26] = [
    10,
    50,
    100,
    250,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    604_800_000,
    2_592_000_000,
    31_536_000_000,
];

/// From the first to the last moment, both drawn.
pub(super) struct Axis {
    from: UnixMs,
    length: i64,
}

impl Axis {
    pub fn new(from: UnixMs, to: UnixMs) -> Self {
        // A little air at the end; never nothing, which could not be divided by.
        let length = to.saturating_sub(from).max(10);
        Axis {
            from,
            length: length.saturating_add(length / 50),
        }
    }

    /// Share of the width, 0 to 100.
    pub fn place(&self, at: UnixMs) -> f64 {
        let share = at.saturating_sub(self.from) as f64 / self.length as f64;
        (share * 100.0).clamp(0.0, 100.0)
    }

    /// At most nine round moments.
    pub fn ticks(&self) -> Vec<UnixMs> {
        let last = STEPS[STEPS.len() - 1];
        let step = STEPS
            .into_iter()
            .find(|step| self.length / step <= 8)
            .unwrap_or(last);
        let first = self
            .from
            .div_euclid(step)
            .saturating_add(1)
            .saturating_mul(step);
        let mut ticks = vec![self.from];
        ticks.extend(
            (0..9)
                .map(|n| first.saturating_add(n * step))
                .filter(|at| *at <= self.from.saturating_add(self.length))
                // Room for the label before it and after it.
                .filter(|at| self.place(*at) > 7.0 && self.place(*at) < 95.0),
        );
        ticks
    }

    pub fn label(&self, at: UnixMs) -> String {
        match self.length < 600_000 && at.rem_euclid(60_000) != 0 || at == self.from {
            true => utc_clock(at),
            false => utc_minute(at),
        }
    }
}
