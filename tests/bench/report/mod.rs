use std::time::Duration;

#[derive(Default)]
pub struct Report {
    rates: Vec<(String, usize, Vec<f64>)>,
    latencies: Vec<(String, Vec<Duration>)>,
}

impl Report {
    /// One measurement of runs per second; medians are taken over the rounds.
    pub fn add(&mut self, what: &str, width: usize, per_second: f64) {
        eprintln!("  {what} at {width}: {per_second:.0}/s");
        match self
            .rates
            .iter_mut()
            .find(|(w, n, _)| w == what && *n == width)
        {
            Some((_, _, all)) => all.push(per_second),
            None => self.rates.push((what.into(), width, vec![per_second])),
        }
    }

    pub fn latency(&mut self, what: &str, samples: Vec<Duration>) {
        match self.latencies.iter_mut().find(|(w, _)| w == what) {
            Some((_, all)) => all.extend(samples),
            None => self.latencies.push((what.into(), samples)),
        }
    }

    pub fn markdown(mut self) -> String {
        let mut text = String::from(
            "| row | width | median per second | lowest to highest | ratio to the floor |\n| --- | --- | --- | --- | --- |\n",
        );
        let floors: Vec<(usize, f64)> = self
            .rates
            .iter()
            .filter(|(what, ..)| what.contains("(floor)"))
            .map(|(_, width, all)| (*width, median(&mut all.clone())))
            .collect();
        for (what, width, all) in &mut self.rates {
            let middle = median(all);
            let ratio = floors
                .iter()
                .find(|(w, _)| w == width)
                .map_or(f64::NAN, |(_, floor)| middle / floor);
            text += &format!(
                "| {what} | {width} | {middle:.0} | {:.0} – {:.0} | {ratio:.2} |\n",
                all[0],
                all[all.len() - 1]
            );
        }
        text +=
            "\n| latency | samples | median | p99 | highest |\n| --- | --- | --- | --- | --- |\n";
        for (what, all) in &mut self.latencies {
            all.sort();
            let at =
                |share: f64| all[((all.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
            text += &format!(
                "| {what} | {} | {:.1} ms | {:.1} ms | {:.1} ms |\n",
                all.len(),
                at(0.5),
                at(0.99),
                at(1.0)
            );
        }
        text
    }
}

/// Sorts; the lower middle of an even number.
fn median(all: &mut [f64]) -> f64 {
    all.sort_by(f64::total_cmp);
    all[(all.len() - 1) / 2]
}
