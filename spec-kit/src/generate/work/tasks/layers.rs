//! Which layer a piece of work is of, where nothing but its words says it.

use super::super::Layer;
use crate::model::concepts;
use crate::model::words::Stem;
use crate::order::Gather;
use std::collections::BTreeSet;

const SCREEN: &[&str] = &["screen", "dashboard", "runboard", "ui", "wizard", "viewer"];
const PARTS_OF_SCREEN: &[&str] = &[
    "board", "brows", "button", "click", "displai", "display", "field", "form", "input", "layout",
    "menu", "modal", "page", "panel", "tab", "view", "visual",
];
const DATABASE: &[&str] = &[
    "column", "creat", "databas", "db", "index", "postgr", "sql", "tabl",
];

/// Where work belongs by its words alone.
pub(in crate::generate::work) fn layer_of(stems: &[Stem]) -> Layer {
    let says = |words: &[&str]| stems.iter().any(|stem| words.contains(&stem.as_str()));
    // Words of many meanings, such as "form" and "background", say it only together.
    let many = |words: &[&str]| {
        let found: BTreeSet<&Stem> = stems
            .iter()
            .filter(|stem| words.contains(&stem.as_str()))
            .into_set();
        found.len() > 1
    };
    let is_built = says(&["wizard"]);
    if says(&["docu", "document", "readm", "manual", "guid", "tutorial"]) && !is_built {
        Layer::Docs
    } else if concepts::speaks_of(stems, "~deploy") {
        Layer::Deploy
    } else if says(&["worker", "sweeper", "daemon", "cron"])
        || many(&[
            "background",
            "poll",
            "scheduler",
            "schedul",
            "job",
            "queu",
            "process",
        ])
    {
        Layer::Worker
    } else if (says(&["schema", "migrat"]) || says(&["tabl"]) && many(DATABASE))
        && !concepts::speaks_of(stems, "~screen")
    {
        Layer::Schema
    } else if says(&[
        "rls",
        "polici",
        "policy",
        "permiss",
        "authentic",
        "authoriz",
    ]) {
        Layer::Access
    } else if (says(SCREEN) || many(PARTS_OF_SCREEN)) && !says(&["endpoint", "api", "sql"]) {
        Layer::Screen
    } else {
        Layer::Api
    }
}
