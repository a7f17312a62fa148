//! What the tests on generated bundles share.

use ops_spec_kit::bundle::Bundle;
use ops_spec_kit::check::{Options, check};
use ops_spec_kit::config::Config;
use ops_spec_kit::facts::Document;
use ops_spec_kit::generate::{DOCUMENTS, Output, Request, generate};
use ops_spec_kit::manifest::{Manifest, NodeKind, Relation};
use ops_spec_kit::outline::{BlockKind, Outline};
use ops_spec_kit::rules::Severity;
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
    let slug = &output.manifest.slug;
    let mut files: Vec<(String, Vec<u8>)> = output
        .files
        .iter()
        .map(|(name, text)| (format!("spec/{slug}/{name}"), text.clone().into_bytes()))
        .collect();
    files.push((
        source.source.file().to_owned(),
        source.source.text().as_bytes().to_vec(),
    ));
    let bundles = Bundle::group(files);
    let config = Config::default();
    let report = check(&bundles, &Options::new(&config));
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
