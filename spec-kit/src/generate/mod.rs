//! One document in, a bundle out: the same bytes for the same document.
//!
//! What the readers of a generated bundle can rely on:
//!
//! - **Source marks.** A line that a line of the source stands behind ends with `‹L101›`, or with
//!   `‹[L101](../../docs/prd.md#L101)›` where the way to the source is known. In plain text both
//!   are `‹L101›`: a mark is no word of the item. Where several stand behind it: `‹L9, L101›`.
//!   The file is the one that the head of each document and `spec-kit.json` name.
//! - **Edges** stand before the mark, in brackets: `(serves G-02)`, `(validates FR-004, FR-006)`,
//!   in tasks `[FR-004,AC-001]` behind the labels for what a task implements and
//!   `(depends on T008, T010)`; in the constitution `**Enforced by**: FR-004, T012`.
//! - **Tasks** are `- [ ] T012 [P] [US2] [FR-004,AC-001] words (depends on T008) ‹L101›`. Bullets
//!   without a box below a task are its details; `Verify:` in them leads its commands. A task's
//!   id is given once and stays, so ids rise within a phase, not from phase to phase.
//! - **Unknown things** are `TODO(FIELD): reason` and `[NEEDS CLARIFICATION: question]`. So is a
//!   date that nobody gave: `**Ratified**: TODO(RATIFICATION_DATE): …`.
//! - **Blocks of people** stand between `<!-- sk:unlock NAME -->` and `<!-- sk:lock -->`.

mod work;

mod covered;
mod keep;
mod nodes;
mod request;
mod version;
mod write;

pub use keep::keep;
pub use request::{Existing, MAX_SOURCE_BYTES, Output, Overwrite, Refusal, Request, slug_of};

use crate::digest::digest;
use crate::ids::{Lock, Mint};
use crate::manifest::{DocumentDigest, Manifest, NodeKind, Relation};
use crate::model::words::{Bag, Stem};
use crate::model::{Lacking, Model, Passage, concepts};
use crate::parallel;
use crate::text::Span;
use nodes::{enforcing, holding};
use std::collections::{BTreeMap, HashSet};
use work::Work;
use write::Context;

/// The names of the four documents, in the order in which they depend on each other.
pub const DOCUMENTS: [&str; 4] = ["constitution.md", "prd.md", "plan.md", "tasks.md"];
/// Questions that are marked as `[NEEDS CLARIFICATION]`; spec-kit asks for no more.
const MAX_CLARIFICATIONS: usize = 3;

const LOST_LOCK: &str = "spec-kit.lock is gone: the ids of spec-kit.json are kept, and one that was retired before may be given again; restore it from version control";

/// One bundle from one document.
///
/// # Errors
/// A source that lacks what nothing can be generated without; a slug or date that is none; an
/// existing bundle whose lock or manifest cannot be read, or that was edited elsewhere than
/// between its marks.
pub fn generate(request: &Request) -> Result<Output, Refusal> {
    request.check()?;
    let Some((source, count)) = covered::covered(request.source) else {
        return written(request);
    };
    let mut output = written(&Request {
        source: &source,
        ..*request
    })?;
    output.notes.push(format!(
        "{} covered with x: take {} out of the source, and renew what they open",
        crate::model::count(
            count,
            "secret of the source is",
            "secrets of the source are"
        ),
        if count == 1 { "it" } else { "them" },
    ));
    Ok(output)
}

fn written(request: &Request) -> Result<Output, Refusal> {
    let (lock, before) = request.existing_state()?;
    match (lock, before) {
        (None, Some(before)) => {
            let lock = restored(request, &before)?;
            let mut output = assembled(request, &lock, Some(&before))?;
            output.notes.insert(0, LOST_LOCK.to_owned());
            Ok(output)
        }
        (lock, before) => assembled(request, &lock.unwrap_or_default(), before.as_ref()),
    }
}

/// The lock that belongs to a manifest. Texts of tasks name ids of other things, so those come
/// first.
fn restored(request: &Request, before: &Manifest) -> Result<Lock, Refusal> {
    let anew = Request {
        existing: None,
        ..*request
    };
    let mut lock = Lock::default();
    for _ in 0..2 {
        let now = assembled(&anew, &lock, None)?;
        lock = Lock::restored(before, &now.manifest, &now.lock);
    }
    Ok(lock)
}

fn assembled(request: &Request, lock: &Lock, before: Option<&Manifest>) -> Result<Output, Refusal> {
    let mut notes = Vec::new();
    let mut mint = Mint::new(lock);
    let existing = request.existing.iter();
    for (_, text) in existing.flat_map(|existing| &existing.documents) {
        mint.reserve(keep::own_ids(text));
    }
    let model = Model::of(request.source, &mut mint).map_err(|lacking| match lacking {
        Lacking::Purpose { .. } | Lacking::Requirements { .. } => Refusal::Lacking(lacking),
    })?;
    // Ticks of people go into the boxes alone, where `keep` puts them: no sentence and no count
    // depends on them, so that a tick changes nothing else.
    let work = work::plan(&model, &mut mint);
    let date = request.date.or(model.date.as_deref());
    let version = version::of(request, before, &model, date, &mut notes);
    let problem = problem(&model);
    let context = context(request, &model, &work, &problem, date, version);
    let size = request.source.source.text().len();
    let writers: [fn(&Context) -> String; 4] =
        [write::constitution, write::prd, write::plan, write::tasks];
    let writers: Vec<_> = DOCUMENTS.into_iter().zip(writers).collect();
    let (written, (mut manifest, lock, lock_text)) = parallel::join(
        size,
        || {
            parallel::map(size, &writers, |(name, write)| {
                let fresh = write(&context);
                let text = match request.existing.and_then(|e| e.document(name)) {
                    Some(old) => keep::keep(&fresh, old),
                    None => fresh,
                };
                let digest = digest(&text);
                (*name, text, DocumentDigest { digest })
            })
        },
        || {
            let lock = mint.finish();
            let text = lock.render();
            (nodes::manifest(request, &model, &work), lock, text)
        },
    );
    let digests = written.iter();
    manifest.documents = digests
        .map(|(name, _, digest)| ((*name).to_owned(), digest.clone()))
        .collect();
    let manifest_text = manifest.render();
    notes.extend(notes_on(&model));
    let mut files: Vec<(String, String)> = written
        .into_iter()
        .map(|(name, text, _)| (name.to_owned(), text))
        .collect();
    files.push(("spec-kit.json".into(), manifest_text));
    files.push(("spec-kit.lock".into(), lock_text));
    let inside: Vec<(String, &[u8])> = files
        .iter()
        .map(|(name, text)| (format!("{}/{name}", request.slug), text.as_bytes()))
        .collect();
    // What a large document was made of is much to give back.
    let (zip, ()) = parallel::join(
        size,
        || crate::archive::zip(&inside),
        || drop((work, model)),
    );
    Ok(Output {
        files,
        manifest,
        lock,
        zip,
        notes,
    })
}

fn context<'a>(
    request: &'a Request,
    model: &'a Model,
    work: &'a Work,
    problem: &'a [(Vec<Stem>, &'a Passage)],
    date: Option<&'a str>,
    version: write::Version,
) -> Context<'a> {
    Context {
        document: request.source,
        model,
        work,
        slug: request.slug,
        date,
        link: request.link,
        version,
        max_clarifications: MAX_CLARIFICATIONS,
        criteria: [NodeKind::Acceptance, NodeKind::Success]
            .iter()
            .flat_map(|kind| model.of_kind(*kind))
            .map(|node| (node.id.as_str(), node))
            .collect(),
        requirements: model
            .of_kind(NodeKind::Requirement)
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect(),
        by_task: work
            .tasks
            .iter()
            .map(|task| (task.id.as_str(), task))
            .collect(),
        problem: problem
            .iter()
            .map(|(stems, passage)| (Bag::of(stems), *passage))
            .collect(),
        personas: model
            .of_kind(NodeKind::Persona)
            .iter()
            .zip(0..)
            .map(|(persona, at)| (persona.id.as_str(), at))
            .collect(),
        stories: model
            .of_kind(NodeKind::Story)
            .iter()
            .enumerate()
            .map(|(at, story)| (story.id.as_str(), (at, story)))
            .collect(),
    }
}

/// The beginning of the problem with its stems, without what was done about it.
fn problem(model: &Model) -> Vec<(Vec<Stem>, &Passage)> {
    model
        .problem
        .iter()
        .take(40)
        .filter(|passage| !passage.text.to_lowercase().starts_with("solution"))
        .map(|passage| (concepts::stems(&passage.text), passage))
        .collect()
}

/// What whoever asked should know beside the files.
fn notes_on(model: &Model) -> Vec<String> {
    let mut notes = Vec::new();
    let questions = model.of_kind(NodeKind::Question);
    if !questions.is_empty() {
        notes.push(format!(
            "{} in the source: see Open Questions of prd.md",
            crate::model::count(questions.len(), "open question", "open questions")
        ));
    }
    let goals: HashSet<&[Span]> = model
        .of_kind(NodeKind::Goal)
        .iter()
        .take(1000)
        .map(|goal| goal.spans.as_slice())
        .collect();
    let made: Vec<&str> = model
        .of_kind(NodeKind::Requirement)
        .iter()
        .filter(|node| goals.contains(node.spans.as_slice()))
        .map(|node| node.id.as_str())
        .take(20)
        .collect();
    if !made.is_empty() {
        notes.push(format!(
            "no requirement serves the goals behind {}: each became a requirement itself",
            made.join(", ")
        ));
    }
    let unshown = model
        .requirements()
        .filter(|node| {
            model
                .ties
                .reaching(&node.id, Relation::Validates)
                .next()
                .is_none()
        })
        .count();
    if unshown > 0 {
        notes.push(format!(
            "{} by no acceptance criterion of the source",
            crate::model::count(unshown, "requirement is shown", "requirements are shown")
        ));
    }
    notes
}

/// Whether a text says what must or must not be.
fn is_normative(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        matches!(
            word,
            "MUST" | "SHALL" | "SHOULD" | "MAY" | "must" | "shall" | "should"
        )
    })
}

/// Of an existing bundle.
fn principles_of(manifest: &Manifest) -> BTreeMap<&str, &str> {
    manifest
        .nodes
        .iter()
        .filter(|node| node.kind == NodeKind::Principle)
        .map(|node| (node.id.as_str(), node.text.as_str()))
        .collect()
}
