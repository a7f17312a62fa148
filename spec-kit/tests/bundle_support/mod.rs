//! A bundle of a text, and what the validator says of it.

use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{Output, Request, generate};
use ops_spec_kit::rules::Severity;

pub type Files = Vec<(String, Vec<u8>)>;

pub fn source(text: &str) -> Document {
    ops_spec_kit::read::document("docs/input.md", text.as_bytes()).expect("text")
}

/// Nothing where the document is refused.
pub fn bundle(source: &Document) -> Option<Output> {
    generate(&Request::new(source, "any")).ok()
}

/// All files of a bundle and its source.
pub fn files(source: &Document, output: &Output) -> Files {
    let slug = &output.manifest.slug;
    let own = output.files.iter();
    own.map(|(name, text)| (format!("spec/{slug}/{name}"), text.clone().into_bytes()))
        .chain([(
            source.source.file().to_owned(),
            source.source.text().as_bytes().to_vec(),
        )])
        .collect()
}

/// The errors in the bundle, as `file:line rule message`.
pub fn errors(files: Files) -> Vec<String> {
    errors_in(&Bundle::group(files))
}

pub fn errors_in(bundles: &[Bundle]) -> Vec<String> {
    let config = Config::default();
    let report = check(bundles, &Options::new(&config));
    report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .filter(|finding| finding.place.file.starts_with("spec/"))
        .map(|finding| {
            let place = &finding.place;
            format!(
                "{}:{} {} {}",
                place.file, place.line, finding.rule, finding.message
            )
        })
        .collect()
}
