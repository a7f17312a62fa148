//! Bundles of the spec kit as views.

mod bundle;
mod coverage;
mod document;
mod findings;
mod list;
mod overview;

pub use bundle::{Bundle, SOURCE};
pub use document::{Look, document};
pub use findings::Found;
pub use list::bundles;
pub use overview::overview;

use ops_render::Href;

/// Bundle and document are parts of the path, so that the links of documents to each other hold.
pub fn address(slug: &str, session: &str) -> Href {
    let parts: Vec<&str> = std::iter::once("spec-kit").chain(slug.split('/')).collect();
    Href::path(&parts).with("session", session)
}
