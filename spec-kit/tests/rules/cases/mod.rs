mod ids;
mod keeping;
mod plan;
mod requirements;
mod safety;
mod structure;
mod tasks;
mod trace;

use crate::bench::Case;

pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        structure::CASES,
        ids::CASES,
        requirements::CASES,
        trace::CASES,
        tasks::CASES,
        plan::CASES,
        safety::CASES,
        keeping::CASES,
    ]
    .into_iter()
    .flatten()
}
