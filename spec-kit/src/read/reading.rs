//! What every reader of facts is given: the list of units, and what is known of each.

use super::lead::{self, Lead};
use super::marks::Marks;
use super::roles::{Sections, Titles, clean};
use super::units::{Unit, UnitKind};
use crate::digest::unlocked;
use crate::facts::{DocumentKind, Role};
use crate::outline::Inline;
use crate::text::{Source, Span};
use std::ops::Range;

pub(super) struct Reading<'a> {
    pub source: &'a Source,
    pub kind: DocumentKind,
    pub units: &'a [Unit<'a>],
    pub sections: &'a Sections,
    pub titles: &'a Titles,
    pub marks: &'a Marks,
    /// Of each unit: of its words, or of the first cell of a row.
    pub leads: Vec<Lead>,
    /// Of each unit: of its section, or of the line that introduces its list.
    pub roles: Vec<Role>,
    /// Of each unit: whether its words explain marks.
    legends: &'a [bool],
    /// Of a task list: what people wrote between its marks.
    unlocked: Vec<Range<usize>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        source: &'a Source,
        kind: DocumentKind,
        units: &'a [Unit<'a>],
        sections: &'a Sections,
        titles: &'a Titles,
        marks: &'a Marks,
        legends: &'a [bool],
    ) -> Self {
        let mut leads: Vec<Lead> = units
            .iter()
            .map(|unit| {
                unit.inlines()
                    .first()
                    .map(|words| lead::read(words, marks))
                    .unwrap_or_default()
            })
            .collect();
        super::numbering::keep_amounts(units, &mut leads);
        let mut reading = Self {
            source,
            kind,
            units,
            sections,
            titles,
            marks,
            leads,
            roles: Vec::new(),
            legends,
            unlocked: match kind {
                DocumentKind::Tasks => unlocked(source.text()),
                _ => Vec::new(),
            },
        };
        // Of the label before, which is that of all points of its list.
        let mut named: Option<(usize, Option<Role>)> = None;
        for (index, unit) in units.iter().enumerate() {
            if let Some(label) = unit.label
                && named.is_none_or(|(known, _)| known != label)
            {
                let words = units.get(label).and_then(Unit::words);
                named = Some((label, words.and_then(|words| reading.label_role(words))));
            }
            let own = unit.label.and(named).and_then(|(_, role)| role);
            let role = reading.own_role(index, own);
            reading.roles.push(role);
        }
        reading
    }

    fn own_role(&self, index: usize, label: Option<Role>) -> Role {
        let Some(unit) = self.units.get(index) else {
            return Role::Other;
        };
        if self.is_own_task(index, unit) {
            return Role::Tasks;
        }
        let place = self.section_role(unit);
        if let Some(role) = label {
            return super::roles::settle(role, place, None);
        }
        match unit.parent {
            Some(parent) => self.roles.get(parent).copied().unwrap_or(place),
            None => place,
        }
    }

    /// A box with a task's id in a block of people: a task, whatever the block stands below.
    fn is_own_task(&self, index: usize, unit: &Unit<'_>) -> bool {
        let at = unit.span.start;
        let next = self.unlocked.partition_point(|block| block.start <= at);
        let is_inside = next
            .checked_sub(1)
            .and_then(|block| self.unlocked.get(block))
            .is_some_and(|block| block.contains(&at));
        is_inside
            && unit.item().is_some_and(|item| item.check.is_some())
            && self
                .lead(index)
                .and_then(|lead| lead.id.as_ref())
                .is_some_and(|(id, _)| id.prefix == "T")
    }

    pub(super) fn section_role(&self, unit: &Unit<'_>) -> Role {
        match unit.section.and_then(|at| self.sections.list.get(at)) {
            Some(section) => section.role,
            None => self.sections.root,
        }
    }

    /// The role of `**Acceptance Criteria**:`, word for word.
    fn label_role(&self, label: &Inline) -> Option<Role> {
        if label.text.len() > 80 {
            return None;
        }
        let cleaned = clean(label.text.trim_end_matches([':', '：', ' ']));
        self.titles.exact(&cleaned).or_else(|| {
            let bare = cleaned.split('(').next().unwrap_or("").trim();
            self.titles.exact(bare)
        })
    }

    pub(super) fn role(&self, index: usize) -> Role {
        self.roles.get(index).copied().unwrap_or(Role::Other)
    }

    pub(super) fn lead(&self, index: usize) -> Option<&Lead> {
        self.leads.get(index)
    }

    /// A line that explains marks or ids, or only introduces what follows.
    pub(super) fn is_talk(&self, index: usize) -> bool {
        let Some(unit) = self.units.get(index) else {
            return true;
        };
        let Some(words) = unit.words() else {
            return false;
        };
        words.is_empty() || self.is_legend(index) || self.is_label(index)
    }

    pub(super) fn is_legend(&self, index: usize) -> bool {
        self.legends.get(index).copied().unwrap_or(false)
    }

    fn is_label(&self, index: usize) -> bool {
        let Some(unit) = self.units.get(index) else {
            return false;
        };
        matches!(unit.kind, UnitKind::Words(_))
            && self.units.get(index + 1..).is_some_and(|rest| {
                rest.iter().take(3).any(|next| {
                    next.label == Some(index) && !matches!(next.kind, UnitKind::Code(_))
                })
            })
    }

    /// The words of a unit without mark, box and id, and where they stand.
    pub(super) fn body(&self, index: usize) -> (&'a str, Span) {
        let Some(unit) = self.units.get(index) else {
            return ("", Span::default());
        };
        let (Some(words), Some(lead)) = (unit.words(), self.lead(index)) else {
            return ("", unit.span);
        };
        let mut text = words.text.get(lead.rest..).unwrap_or("");
        while let Some((_, start)) = self.marks.tail(text) {
            text = text
                .get(..start)
                .unwrap_or("")
                .trim_end_matches([' ', '(', '[', '|', '–', '—']);
        }
        (text.trim(), unit.span)
    }
}
