//! Which layer a piece of work is of, where nothing but its words says it.

use super::super::Layer;
use crate::model::words::{Lists, Stem};
use std::sync::LazyLock;

/// Words that say something of a layer, each list a bit.
const WORDS: &[(u32, &[&str])] = &[
    (
        DOCS,
        &["docu", "document", "readm", "manual", "guid", "tutorial"],
    ),
    (WIZARD, &["wizard"]),
    (DEPLOYMENT, &["~deploy"]),
    (WORKER, &["worker", "sweeper", "daemon", "cron"]),
    (
        PARTS_OF_WORKER,
        &[
            "background",
            "poll",
            "scheduler",
            "schedul",
            "job",
            "queu",
            "process",
        ],
    ),
    (SCHEMA, &["schema", "migrat"]),
    (TABLE, &["tabl"]),
    (
        DATABASE,
        &[
            "column", "creat", "databas", "db", "index", "postgr", "sql", "tabl",
        ],
    ),
    (INTERFACE, &["~screen"]),
    (
        ACCESS,
        &[
            "rls",
            "polici",
            "policy",
            "permiss",
            "authentic",
            "authoriz",
        ],
    ),
    (
        SCREEN,
        &["screen", "dashboard", "runboard", "ui", "wizard", "viewer"],
    ),
    (
        PARTS_OF_SCREEN,
        &[
            "board", "brows", "button", "click", "displai", "display", "field", "form", "input",
            "layout", "menu", "modal", "page", "panel", "tab", "view", "visual",
        ],
    ),
    (BACKEND, &["endpoint", "api", "sql"]),
];
const DOCS: u32 = 1;
const WIZARD: u32 = 1 << 1;
const DEPLOYMENT: u32 = 1 << 2;
const WORKER: u32 = 1 << 3;
const PARTS_OF_WORKER: u32 = 1 << 4;
const SCHEMA: u32 = 1 << 5;
const TABLE: u32 = 1 << 6;
const DATABASE: u32 = 1 << 7;
const INTERFACE: u32 = 1 << 8;
const ACCESS: u32 = 1 << 9;
const SCREEN: u32 = 1 << 10;
const PARTS_OF_SCREEN: u32 = 1 << 11;
const BACKEND: u32 = 1 << 12;

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists::of(WORDS.iter().copied()));

/// Where work belongs by its words alone.
pub(in crate::generate::work) fn layer_of(stems: &[Stem]) -> Layer {
    let lists = &*LISTS;
    let found = stems.iter().fold(0, |all, stem| all | lists.bits(stem));
    let says = |list: u32| found & list != 0;
    // Words of many meanings, such as "form" and "background", say it only together.
    let many = |list: u32| {
        let mut own = stems.iter().filter(|stem| lists.bits(stem) & list != 0);
        let first = own.next().filter(|_| says(list));
        first.is_some_and(|first| own.any(|other| other != first))
    };
    if says(DOCS) && !says(WIZARD) {
        Layer::Docs
    } else if says(DEPLOYMENT) {
        Layer::Deploy
    } else if says(WORKER) || many(PARTS_OF_WORKER) {
        Layer::Worker
    } else if (says(SCHEMA) || says(TABLE) && many(DATABASE)) && !says(INTERFACE) {
        Layer::Schema
    } else if says(ACCESS) {
        Layer::Access
    } else if (says(SCREEN) || many(PARTS_OF_SCREEN)) && !says(BACKEND) {
        Layer::Screen
    } else {
        Layer::Api
    }
}
