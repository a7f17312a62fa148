//! The verbs that need the spec kit itself.

mod fields;
mod generate;
mod validate;

pub use generate::generate;
pub use validate::validate;

use super::check;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::config::{Config, Date};
use ops_spec_kit::report::Report;

/// The text that a bundle was made from, in the bundle.
const SOURCE: &str = "source.md";
const LOCK: &str = "spec-kit.lock";
const REPORT: &str = "report.json";

fn report_on(bundles: &[Bundle], date: Option<&str>) -> Report {
    let config = Config::default();
    let mut options = ops_spec_kit::check::Options::new(&config);
    options.date = date.and_then(Date::parse);
    ops_spec_kit::check::check(bundles, &options)
}
