//! The verbs that need the spec kit itself.

mod fields;
mod generate;
mod keep;
mod validate;

pub use generate::{bundle_of, generate};
pub use keep::{keep_report, keep_source};
pub use validate::validate;

use super::check;
use crate::app::App;
use crate::refusal::Refusal;
use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::config::{Config, Date};
use ops_spec_kit::report::Report;
use serde_json::{Value, json};

/// The text that a bundle was made from, in the bundle.
const SOURCE: &str = "source.md";
const LOCK: &str = "spec-kit.lock";
const REPORT: &str = "report.json";

/// Texts of a bundle by name.
type Files = Vec<(String, String)>;

/// On one bundle, as it is stored or will be.
fn report_of(slug: &str, files: &Files, date: Option<&str>) -> Report {
    let documents = files.iter().filter(|(name, _)| name != REPORT);
    let bundle =
        Bundle::read(documents.map(|(name, text)| (format!("{slug}/{name}"), text.as_bytes())));
    let config = Config::default();
    let mut options = ops_spec_kit::check::Options::new(&config);
    options.date = date.and_then(Date::parse);
    ops_spec_kit::check::check(&[bundle], &options)
}

/// The documents of the bundle as it is stored; none where there is none. As whoever may write: a
/// viewer is refused before anything is made.
async fn stored(app: &App, auth: &Value, slug: &str) -> Result<Files, Refusal> {
    let p = json!({ "bundle": slug, "looks": true });
    let answer = app.call("spec_generate", auth, p).await?;
    let documents = answer.get("documents").and_then(Value::as_array);
    let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
    Ok(documents
        .into_iter()
        .flatten()
        .map(|one| (text(one, "name"), text(one, "content")))
        .collect())
}
