//! Definitions and citations of ids.

use super::ids::{self, Found, Shape};
use super::reading::Reading;
use super::relations::relation;
use super::units::{Unit, UnitKind};
use crate::facts::{Citation, Definition, DocumentKind, Id, Numbers, Role};
use crate::outline::Inline;
use smallvec::smallvec;
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

/// Where each unit introduces an id, and what is introduced in the document.
pub(super) struct Defined {
    /// Of each unit.
    pub of: Vec<Option<Definition>>,
    known: HashSet<(SmolStr, Numbers)>,
    prefixes: BTreeSet<SmolStr>,
    cited: Cited,
}

/// What each cell of each unit cites beside the id that the unit introduces, in one list.
#[derive(Default)]
struct Cited {
    list: Vec<Citation>,
    /// Where in the list each cell ends.
    cells: Vec<usize>,
    /// The first cell of each unit.
    units: Vec<usize>,
}

impl Cited {
    fn of(&self, unit: usize, cell: usize) -> &[Citation] {
        let Some(first) = self.units.get(unit) else {
            return &[];
        };
        let next = self.units.get(unit + 1).copied();
        let at = first + cell;
        if at >= next.unwrap_or(self.cells.len()) {
            return &[];
        }
        let start = at.checked_sub(1).and_then(|before| self.cells.get(before));
        let end = self.cells.get(at).copied().unwrap_or(0);
        let start = start.copied().unwrap_or(0);
        self.list.get(start..end).unwrap_or(&[])
    }
}

pub(super) fn defined(reading: &Reading<'_>) -> Defined {
    let mut out = Defined {
        of: Vec::new(),
        known: HashSet::new(),
        prefixes: BTreeSet::new(),
        cited: Cited::default(),
    };
    for (index, unit) in reading.units.iter().enumerate() {
        let definition = definition(reading, index, unit);
        if let Some(definition) = &definition {
            let id = &definition.id;
            out.known.insert((id.prefix.clone(), id.numbers.clone()));
            out.prefixes.insert(id.prefix.clone());
        }
        out.of.push(definition);
    }
    let mut cited = Cited::default();
    for (index, unit) in reading.units.iter().enumerate() {
        let lead = reading.lead(index).and_then(|lead| lead.id.as_ref());
        let own = lead.filter(|_| out.defines(index)).map(|(_, range)| range);
        cited.units.push(cited.cells.len());
        for (at, words) in unit.inlines().iter().enumerate() {
            out.citations(words, own.filter(|_| at == 0), &mut cited.list);
            cited.cells.push(cited.list.len());
        }
    }
    out.cited = cited;
    out
}

fn definition(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Definition> {
    let lead = reading.lead(index)?;
    let role = reading.role(index);
    let Some((id, range)) = &lead.id else {
        return numbered_criterion(reading, index, unit);
    };
    if id.bundle.is_some() || !is_home(id, role, reading.kind) {
        return None;
    }
    let words = unit.inlines().first()?;
    let stands = match unit.kind {
        UnitKind::Item(item) => {
            let is_list_number = id.prefix.is_empty() && item.number.is_some();
            let only_names = matches!(role, Role::Milestones | Role::Phases)
                && id.prefix != "T"
                && words.text.len() == range.end;
            !is_list_number
                && !only_names
                && !is_detail_of_task(reading, unit, id)
                && (lead.is_set_off
                    || item.check.is_some()
                    || lead.bracket.is_some()
                    || is_listed(role, id))
        }
        UnitKind::Heading(_) => {
            !id.prefix.is_empty()
                || id.written.starts_with(|c: char| !c.is_ascii_digit())
                || is_tasks(reading, role)
        }
        UnitKind::Words(_) => {
            lead.is_set_off
                && !id.prefix.is_empty()
                && words.text.len() > range.end + 1
                && !unit.is_quoted
        }
        // A row introduces what its first cell is, not what it begins with.
        UnitKind::Row(row) => {
            row.cells.len() > 1
                && words.text.trim().trim_matches(['[', ']', '*']).len() <= range.len() + 1
        }
        UnitKind::Head(_) | UnitKind::Code(_) | UnitKind::Html => false,
    };
    let is_dotted_elsewhere = id.prefix.is_empty()
        && !matches!(unit.kind, UnitKind::Heading(_))
        && !is_tasks(reading, role)
        && !matches!(
            role,
            Role::Requirements | Role::Acceptance | Role::NonFunctional
        );
    (stands && !is_dotted_elsewhere).then(|| Definition {
        id: id.clone(),
        span: words.span_of(range.clone()),
    })
}

/// A point without a box below a task says more of the task, and gives no id to anything else.
fn is_detail_of_task(reading: &Reading<'_>, unit: &Unit<'_>, id: &Id) -> bool {
    let is_own = matches!(id.prefix.as_str(), "" | "T" | "TASK" | "CHK");
    let is_nested = unit.depth > 0 && unit.item().is_some_and(|item| item.check.is_none());
    reading.kind == DocumentKind::Tasks && is_nested && !is_own
}

fn is_tasks(reading: &Reading<'_>, role: Role) -> bool {
    reading.kind == DocumentKind::Tasks || role == Role::Tasks
}

fn is_listed(role: Role, id: &Id) -> bool {
    match role {
        // "Task 2 …" speaks of a task.
        Role::Requirements | Role::NonFunctional => {
            !matches!(id.prefix.as_str(), "" | "T" | "TASK")
        }
        Role::Acceptance
        | Role::Success
        | Role::Goals
        | Role::NonGoals
        | Role::Stories
        | Role::Risks
        | Role::Decisions => !id.prefix.is_empty(),
        Role::Tasks | Role::Phases => true,
        _ => false,
    }
}

/// Kiro numbers the criteria of `Requirement 3` 3.1, 3.2, ….
fn numbered_criterion(reading: &Reading<'_>, index: usize, unit: &Unit<'_>) -> Option<Definition> {
    let item = unit.item()?;
    let number = u32::try_from(item.number?).ok()?;
    if reading.role(index) != Role::Acceptance || unit.depth > 0 {
        return None;
    }
    let above = owner(reading, unit.section?)?;
    Some(Definition {
        id: Id {
            bundle: None,
            prefix: SmolStr::default(),
            numbers: smallvec![above, number],
            written: format_smolstr!("{above}.{number}"),
        },
        span: unit.span,
    })
}

/// The number of the `Requirement N` that a section is in.
fn owner(reading: &Reading<'_>, section: usize) -> Option<u32> {
    let mut at = Some(section);
    while let Some(index) = at {
        let title = reading.sections.list.get(index)?.path.last()?;
        if let Some((id, _)) = ids::worded(title)
            && id.prefix.is_empty()
            && let [number] = id.numbers.as_slice()
        {
            return Some(*number);
        }
        at = *reading.sections.parents.get(index)?;
    }
    None
}

/// Whether an id of this kind is introduced in sections of this role. Elsewhere it is cited.
fn is_home(id: &Id, role: Role, kind: DocumentKind) -> bool {
    use Role::*;
    if matches!(
        role,
        Coverage | SourceMap | ConstitutionCheck | Dependencies | Complexity | Summary
    ) {
        return false;
    }
    let head = id.prefix.split('-').next().unwrap_or("");
    let is_task = matches!(head, "T" | "TASK" | "");
    let is_wish = matches!(
        head,
        "FR" | "NFR"
            | "REQ"
            | "US"
            | "SC"
            | "AC"
            | "G"
            | "NG"
            | "PE"
            | "UC"
            | "UJ"
            | "SM"
            | "GOAL"
            | "STORY"
            | "EPIC"
    );
    match kind {
        DocumentKind::Tasks if is_wish => return false,
        DocumentKind::Plan
            if is_wish
                && !matches!(
                    role,
                    Requirements | NonFunctional | Acceptance | Goals | Success
                ) =>
        {
            return false;
        }
        _ => {}
    }
    if is_wish
        && matches!(
            role,
            Verification | OpenQuestions | Status | Milestones | Phases | Tasks | Decisions
        )
    {
        return false;
    }
    match head {
        "FR" | "REQ" => !matches!(role, Acceptance | Success | Risks | Assumptions),
        "NFR" => !matches!(role, Acceptance | Success | Risks),
        "AC" => !matches!(role, Success | Goals),
        "G" | "GOAL" | "NG" | "PE" => !matches!(role, Requirements | NonFunctional | Acceptance),
        "US" => !matches!(role, Acceptance | NonFunctional),
        _ if is_task => true,
        _ => true,
    }
}

impl Defined {
    pub(super) fn is_known(&self, id: &Id) -> bool {
        self.known
            .contains(&(id.prefix.clone(), id.numbers.clone()))
    }

    pub(super) fn defines(&self, index: usize) -> bool {
        self.of.get(index).is_some_and(Option::is_some)
    }

    /// What a cell of a unit cites, without the id that the unit introduces.
    pub(super) fn cited(&self, index: usize, cell: usize) -> &[Citation] {
        self.cited.of(index, cell)
    }

    /// What the words of a unit cite, with the id that it introduces.
    pub(super) fn all_cited(&self, index: usize, words: &Inline) -> Vec<Citation> {
        if !self.defines(index) {
            return self.cited(index, 0).to_vec();
        }
        let mut out = Vec::new();
        self.citations(words, None, &mut out);
        out
    }

    /// All that the document cites.
    pub(super) fn into_cited(self) -> Vec<Citation> {
        self.cited.list
    }

    /// Ids that words name, without the one at `but`.
    fn citations(&self, words: &Inline, but: Option<&Range<usize>>, out: &mut Vec<Citation>) {
        let text = words.text.as_str();
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let mut last: Option<(Range<usize>, Option<&'static str>)> = None;
        for found in ids::scan(text) {
            if but.is_some_and(|but| but.start <= found.range.start && found.range.end <= but.end)
                || !self.counts(text, &found)
            {
                continue;
            }
            let relation = match &last {
                Some((before, relation))
                    if is_listing(text.get(before.end..found.range.start).unwrap_or("?")) =>
                {
                    *relation
                }
                _ => relation(text.get(..found.range.start).unwrap_or("")),
            };
            if let Some((before, _)) = &last
                && let Some(previous) = out.last()
                && is_range(text.get(before.end..found.range.start).unwrap_or(""))
            {
                between(&previous.id.clone(), &found, words, relation, out);
            }
            out.push(Citation {
                id: found.id,
                span: words.span_of(found.range.clone()),
                relation,
            });
            last = Some((found.range, relation));
        }
        dotted_refs(words, out);
    }

    fn counts(&self, text: &str, found: &Found) -> bool {
        let before = text
            .get(..found.range.start)
            .and_then(|t| t.chars().next_back());
        let after = text.get(found.range.end..).and_then(|t| t.chars().next());
        match found.shape {
            Shape::Sure => true,
            _ if self.is_known(&found.id) => true,
            _ if is_in_label(text, &found.range) => true,
            Shape::Loose => {
                found.id.written.contains('-')
                    && (self.prefixes.contains(&found.id.prefix)
                        || (before == Some('[') && matches!(after, Some(']' | ','))))
            }
            // `T12` is a task, `T1` may be anything.
            Shape::Short => found.id.prefix == "T" && found.id.written.len() >= 3,
        }
    }
}

/// `[F1,AC-001]`: brackets in which nothing but ids stands.
fn is_in_label(text: &str, range: &Range<usize>) -> bool {
    let start = text.get(..range.start).and_then(|t| t.rfind('['));
    let end = text.get(range.end..).and_then(|t| t.find(']'));
    let (Some(start), Some(end)) = (start, end) else {
        return false;
    };
    let inner = text.get(start + 1..range.end + end).unwrap_or("");
    let mut parts = inner.split(',').map(str::trim);
    inner.len() < 1000
        && parts.all(|part| ids::one(part, 0).is_some_and(|id| id.range.len() == part.len()))
}

fn is_listing(between: &str) -> bool {
    let between = between.trim();
    between.len() <= 4
        && between
            .trim_matches([
                ',', ';', '/', '&', '+', '-', '–', '—', '[', ']', '(', ')', '.', '、', '`', '*',
            ])
            .split_whitespace()
            .all(|word| matches!(word, "and" | "or" | "to" | "und" | "et" | "y" | "e"))
}

fn is_range(between: &str) -> bool {
    matches!(
        between.trim(),
        "-" | "–" | "—" | ".." | "..." | "…" | "to" | "bis" | "through" | "〜" | "～"
    )
}

/// `FR-001–FR-004` names the two between as well.
fn between(
    first: &Id,
    last: &Found,
    words: &Inline,
    relation: Option<&'static str>,
    out: &mut Vec<Citation>,
) {
    let ([from], [to]) = (first.numbers.as_slice(), last.id.numbers.as_slice()) else {
        return;
    };
    if first.prefix != last.id.prefix || to.saturating_sub(*from) > 200 {
        return;
    }
    let digits = first
        .written
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    let stem = first
        .written
        .get(..first.written.len() - digits)
        .unwrap_or("");
    for number in from + 1..*to {
        out.push(Citation {
            id: Id {
                bundle: first.bundle.clone(),
                prefix: first.prefix.clone(),
                numbers: smallvec![number],
                written: format_smolstr!("{stem}{number:0digits$}"),
            },
            span: words.span_of(last.range.clone()),
            relation,
        });
    }
}

/// Whether any of the words stands in a text that [`dotted_refs`] looks for, by what they have in
/// common.
fn may_list(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Rare letters, and which ones stand beside them.
    let beside = |at: usize, letters: [u8; 2]| {
        let own = bytes.get(at..at + 2);
        own.is_some_and(|own| own.eq_ignore_ascii_case(&letters))
    };
    let is_there = |(at, byte): (usize, &u8)| match byte {
        b'q' | b'Q' => at >= 2 && beside(at - 2, *b"re"),
        b'f' | b'F' => at >= 2 && beside(at - 2, *b"an"),
        b'x' | b'X' => at >= 1 && beside(at - 1, *b"ex") && beside(at, *b"xi"),
        0xe8 | 0xe9 => true,
        _ => false,
    };
    bytes.iter().enumerate().any(is_there) && text.contains([':', '：', ' '])
}

/// `_Requirements: 1.2, 3.4_`
fn dotted_refs(words: &Inline, out: &mut Vec<Citation>) {
    let text = words.text.as_str();
    if !may_list(text) {
        return;
    }
    let folded = text.to_ascii_lowercase();
    for word in [
        "requirements:",
        "requirement:",
        "requirement ",
        "req:",
        "anforderungen:",
        "exigences:",
        "requisitos:",
        "需求:",
        "需求：",
        "要件:",
        "要件：",
    ] {
        let Some(at) = super::words::find_word(&folded, word.trim_end()) else {
            continue;
        };
        let mut from = at + word.len();
        while let Some(rest) = text.get(from..) {
            let skipped = rest.len() - rest.trim_start_matches([' ', ',', ';', '、', '&']).len();
            let rest = rest.get(skipped..).unwrap_or("");
            let rest = rest.strip_prefix("and ").unwrap_or(rest);
            let start = text.len() - rest.len();
            let length = rest
                .bytes()
                .take_while(|b| b.is_ascii_digit() || *b == b'.')
                .count();
            let written = rest.get(..length).unwrap_or("").trim_end_matches('.');
            let numbers: Option<Numbers> = written.split('.').map(|n| n.parse().ok()).collect();
            let (Some(numbers), false) = (numbers, written.is_empty()) else {
                break;
            };
            if rest
                .get(written.len()..)
                .and_then(|r| r.chars().next())
                .is_some_and(super::words::joins)
            {
                break;
            }
            from = start + written.len();
            out.push(Citation {
                id: Id {
                    bundle: None,
                    prefix: SmolStr::default(),
                    numbers,
                    written: written.into(),
                },
                span: words.span_of(start..from),
                relation: Some("requirements"),
            });
        }
        return;
    }
}
