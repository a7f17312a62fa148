//! What the tests on generated bundles share.

// Of it only what finds errors is needed here.
#[allow(dead_code)]
#[path = "../bundle_support/mod.rs"]
mod bundle_support;

use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{DOCUMENTS, Output, Request, generate};
use ops_spec_kit::manifest::{Manifest, NodeKind, Relation};
use ops_spec_kit::outline::{BlockKind, Outline};
use ops_spec_kit::text::Source;
use ops_spec_kit::trace::of_documents;
use std::collections::BTreeSet;

pub fn document(file: &str, text: &str) -> Document {
    ops_spec_kit::read::document(file, text.as_bytes()).expect("text")
}

pub fn own_prd() -> Document {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/prd.md");
    document(
        "docs/prd.md",
        &std::fs::read_to_string(path).expect("the PRD"),
    )
}

pub fn generated(source: &Document) -> Output {
    let mut request = Request::new(source, "ops-control-room");
    request.link = Some("../../docs/prd.md");
    generate(&request).expect("a bundle")
}

/// The errors of the validator on a bundle, as `file:line rule message`.
pub fn validated(source: &Document, output: &Output) -> Vec<String> {
    bundle_support::errors(bundle_support::files(source, output))
}

type Nodes = BTreeSet<(String, NodeKind, String)>;
type Edges = BTreeSet<(String, String, Relation)>;

fn is_compared(kind: NodeKind) -> bool {
    kind != NodeKind::Phase
}

/// Words of markdown, as a reader has them.
fn words(markdown: &str) -> String {
    let source = Source::decode("a.md", format!("- x {markdown}\n").as_bytes()).expect("text");
    let outline = Outline::of(&source);
    let text = match outline.blocks.first().map(|block| &block.kind) {
        Some(BlockKind::List(list)) => list
            .items
            .first()
            .map(|item| item.text.text.clone())
            .unwrap_or_default(),
        _ => String::new(),
    };
    squeeze(text.strip_prefix("x ").unwrap_or(&text))
}

fn squeeze(text: &str) -> String {
    let one = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // What a reader takes for an ending or a name before a colon.
    one.trim_end_matches(['.', ' ', ':']).to_owned()
}

pub fn plain_nodes(manifest: &Manifest) -> Nodes {
    manifest
        .nodes
        .iter()
        .filter(|node| is_compared(node.kind))
        .map(|node| (node.id.clone(), node.kind, words(&node.text)))
        .collect()
}

pub fn edges_of(manifest: &Manifest) -> Edges {
    manifest
        .edges
        .iter()
        .map(|edge| (edge.from.clone(), edge.to.clone(), edge.relation))
        .collect()
}

/// What only one of two sets has.
pub fn differences<T: Ord + std::fmt::Debug>(
    read: &BTreeSet<T>,
    kept: &BTreeSet<T>,
) -> Vec<String> {
    let only = |who: &str, a: &BTreeSet<T>, b: &BTreeSet<T>| -> Vec<String> {
        a.difference(b)
            .map(|one| format!("only {who}: {one:?}"))
            .collect()
    };
    [
        only("the documents", read, kept),
        only("the manifest", kept, read),
    ]
    .concat()
}

/// What the four documents say, read again.
pub fn stated(output: &Output) -> (Nodes, Edges) {
    let documents: Vec<Document> = DOCUMENTS
        .iter()
        .map(|name| document(name, output.file(name).expect("a document")))
        .collect();
    let (nodes, edges) = of_documents(&documents);
    (
        nodes
            .into_iter()
            .filter(|node| is_compared(node.kind))
            .map(|node| (node.id, node.kind, squeeze(&node.text)))
            .collect(),
        edges
            .into_iter()
            .map(|edge| (edge.from, edge.to, edge.relation))
            .collect(),
    )
}
