use super::Rule;

mod consistency;
mod ids;
mod keeping;
mod plan;
mod requirements;
mod safety;
mod structure;
mod tasks;
mod trace;

pub(super) const ALL: &[&[Rule]] = &[
    structure::RULES,
    ids::RULES,
    requirements::RULES,
    trace::RULES,
    tasks::RULES,
    plan::RULES,
    consistency::RULES,
    safety::RULES,
    keeping::RULES,
];
