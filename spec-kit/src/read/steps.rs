//! Points of a list that together are one scenario: given, when, then.

use super::scenarios::{self, Step};
use super::units::{Unit, UnitKind};

/// Of each unit whether it is one step of a scenario that its neighbours complete.
pub(super) fn steps(units: &[Unit<'_>]) -> Vec<bool> {
    let mut is_step = vec![false; units.len()];
    let mut run: Vec<(usize, Step)> = Vec::new();
    let mut place = None;
    for (at, unit) in units.iter().enumerate() {
        let own = (unit.section, unit.parent, unit.label);
        let step = step_of(unit);
        if place != Some(own) || step.is_none() {
            close(&mut run, &mut is_step);
        }
        place = Some(own);
        run.extend(step.map(|step| (at, step)));
    }
    close(&mut run, &mut is_step);
    is_step
}

fn step_of(unit: &Unit<'_>) -> Option<Step> {
    let UnitKind::Item(item) = unit.kind else {
        return None;
    };
    let text = item.text.text.as_str();
    // A whole scenario in one line is no step of another.
    scenarios::step_of(text).filter(|_| scenarios::of_line(text, unit.span).is_none())
}

/// Only what begins with a condition and comes to a result is a scenario.
fn close(run: &mut Vec<(usize, Step)>, is_step: &mut [bool]) {
    let begins = run
        .first()
        .is_some_and(|(_, step)| matches!(step, Step::Given | Step::When));
    let ends = run.iter().any(|(_, step)| *step == Step::Then);
    for (at, _) in run.drain(..) {
        if let Some(slot) = is_step.get_mut(at) {
            *slot = begins && ends;
        }
    }
}
