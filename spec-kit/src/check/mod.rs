//! Runs the rules over bundles. A rule reads facts and reports; what is loud, accepted or known is
//! decided afterwards, in one place.

mod characters;
mod constitution;
mod context;
mod counts;
mod coverage;
mod draft;
mod finished;
mod ids;
mod inventory;
mod keeping;
mod links;
mod open;
mod packages;
mod plan;
mod provenance;
mod quantities;
mod requirements;
mod scenarios;
mod secrets;
mod sets;
mod spelling;
mod sql;
mod states;
mod structure;
mod tasks;
mod trace;
mod words;

use crate::bundle::Bundle;
use crate::config::{Baseline, Config, Date};
use crate::order::Order;
use crate::parallel;
use crate::report::Report;
use context::{Context, Peers};
use draft::Drafts;
pub(crate) use open::PHRASES;
pub(crate) use trace::Excluded;

/// What a check depends on beside the documents.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    pub config: &'a Config,
    pub baseline: Option<&'a Baseline>,
    /// Today, as the caller says. Without it no suppression has expired.
    pub date: Option<Date>,
    /// The bundles as they were, by folder, for rules that compare with the earlier state.
    pub base: &'a [Bundle],
}

impl<'a> Options<'a> {
    pub fn new(config: &'a Config) -> Self {
        Self {
            config,
            baseline: None,
            date: None,
            base: &[],
        }
    }
}

type Check = fn(&Context<'_>, &mut Drafts);

const CHECKS: &[Check] = &[
    structure::check,
    open::check,
    links::check,
    ids::check,
    requirements::check,
    scenarios::check,
    quantities::check,
    trace::check,
    inventory::check,
    tasks::check,
    counts::check,
    plan::check,
    constitution::check,
    sets::check,
    spelling::check,
    states::check,
    provenance::check,
    secrets::check,
    characters::check,
    packages::check,
];

/// Checks bundles together. The same bundles give the same report, whatever their order.
pub fn check(bundles: &[Bundle], options: &Options<'_>) -> Report {
    let mut order: Vec<&Bundle> = bundles.iter().collect();
    order.order_by(|a, b| (&a.directory, &a.files).cmp(&(&b.directory, &b.files)));
    let peers = Peers::of(&order);
    let mut drafts = Drafts::default();
    let mut coverage = Vec::new();
    for (bundle, defined) in order.iter().zip(peers.each()) {
        let context = Context::new(bundle, options, (&peers, defined));
        let texts = bundle.documents().map(|document| document.source.text());
        let found = parallel::map(texts.map(str::len).sum(), CHECKS, |check| {
            let mut drafts = Drafts::default();
            check(&context, &mut drafts);
            drafts.list
        });
        drafts.list.extend(found.into_iter().flatten());
        coverage.extend(context.coverage.clone());
    }
    structure::numbers(&order, &mut drafts);
    keeping::report(drafts, &order, coverage, options)
}
