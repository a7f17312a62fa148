//! What each section lists.

use super::item_words::{finish, heading_title, is_metadata, is_prose, story_line, title};
use super::lead::Lead;
use super::norms;
use super::reading::Reading;
use super::refs::Defined;
use super::scenarios;
use super::steps::steps;
use super::tables::Columns;
use super::units::{Unit, UnitKind};
use crate::facts::{Citation, Cue, Id, Item, Mark, Role, Title};
use crate::outline::{CheckBox, Inline, Row};
use crate::text::Span;
use std::sync::Arc;

/// `skip` says which units are tasks or principles, which have facts of their own.
pub(super) fn items(reading: &Reading<'_>, defined: &Defined, skip: &[bool]) -> Vec<Item> {
    let mut reader = Reader {
        reading,
        defined,
        items: Vec::new(),
        owner: None,
        open: Vec::new(),
        columns: None,
        steps: steps(reading.units),
    };
    for (index, unit) in reading.units.iter().enumerate() {
        if !skip.get(index).copied().unwrap_or(false) {
            reader.take(index, unit);
        }
    }
    for item in &mut reader.items {
        finish(item);
    }
    reader.items
}

struct Reader<'a, 'b> {
    reading: &'b Reading<'a>,
    defined: &'b Defined,
    items: Vec<Item>,
    /// The heading that is an item, and all that is below it.
    owner: Option<(usize, Span)>,
    /// List items that are open: their unit and, where they became one, their item.
    open: Vec<(usize, Option<usize>)>,
    columns: Option<Columns>,
    /// Of each unit: a step of a scenario.
    steps: Vec<bool>,
}

impl<'a> Reader<'a, '_> {
    fn take(&mut self, index: usize, unit: &Unit<'a>) {
        if self.owner.is_some_and(|(_, whole)| !whole.holds(unit.span)) {
            self.owner = None;
        }
        match unit.kind {
            UnitKind::Heading(words) => self.heading(index, unit, words),
            UnitKind::Words(words) => self.words(index, unit, words),
            UnitKind::Item(_) => self.item(index, unit),
            UnitKind::Head(table) => self.columns = Some(Columns::of(table)),
            UnitKind::Row(row) => self.row(index, unit, row),
            UnitKind::Code(_) | UnitKind::Html => {}
        }
    }

    fn heading(&mut self, index: usize, unit: &Unit<'a>, words: &Inline) {
        let Some(section) = unit.section else { return };
        if !self.is_item(index, section, unit) {
            return self.scenario_title(section, unit, words);
        }
        let mut item = self.new_item(index, unit, words);
        item.whole = unit.whole;
        Arc::make_mut(&mut item.path).pop();
        let (number, _) = super::words::unnumbered(&words.text);
        item.number = item
            .id
            .as_ref()
            .and_then(|id| id.numbers.last())
            .map(|n| u64::from(*n))
            .or(number);
        let text = heading_title(&item.text);
        item.title = Some(Title {
            text: text.clone(),
            span: words.span,
        });
        item.text = text;
        self.items.push(item);
        self.owner = Some((self.items.len() - 1, unit.whole));
    }

    /// `Scenario: Success` above the steps of a scenario of the requirement that it stands below.
    fn scenario_title(&mut self, section: usize, unit: &Unit<'_>, words: &Inline) {
        let is_headed = self.reading.sections.headed.get(section) == Some(&true);
        if let Some(owner) = self.owner.filter(|_| is_headed).map(|(owner, _)| owner)
            && let Some(item) = self.items.get_mut(owner)
        {
            item.details.push((words.text.trim().to_owned(), unit.span));
        }
    }

    /// Whether a heading is one item rather than the name of a group.
    fn is_item(&self, index: usize, section: usize, unit: &Unit<'_>) -> bool {
        use Role::*;
        let sections = self.reading.sections;
        let (Some(own), Some(headed)) = (sections.list.get(section), sections.headed.get(section))
        else {
            return false;
        };
        if *headed {
            let is_scenario = self.owner.is_some()
                && crate::read::words::fold(own.path.last().map_or("", String::as_str))
                    .starts_with("scenario");
            return !is_scenario && !matches!(own.role, Phases | Tasks) && own.level > 1;
        }
        let parent = sections.parents.get(section).copied().flatten();
        let inherits = parent
            .and_then(|at| sections.list.get(at))
            .is_some_and(|above| above.role == own.role);
        let named = own
            .path
            .last()
            .is_some_and(|title| self.reading.titles.role(title).is_some());
        let leaf = sections.is_leaf(section);
        if !inherits || named || self.owner.is_some() || !leaf {
            return false;
        }
        match own.role {
            Personas | Stories | Decisions | Entities | Risks | Glossary => true,
            Requirements | NonFunctional | Goals | NonGoals | Success | Acceptance | EdgeCases
            | Milestones | OpenQuestions => self.has_only_prose(index, unit),
            _ => false,
        }
    }

    fn has_only_prose(&self, index: usize, unit: &Unit<'_>) -> bool {
        let inside = self.reading.units.iter().skip(index + 1);
        let mut prose = false;
        for other in inside.take_while(|other| other.section == unit.section) {
            match other.kind {
                UnitKind::Words(_) => prose = true,
                UnitKind::Item(_) | UnitKind::Head(_) => return false,
                _ => {}
            }
        }
        prose
    }

    fn words(&mut self, index: usize, unit: &Unit<'a>, words: &'a Inline) {
        if words.is_empty() || self.reading.is_legend(index) {
            return;
        }
        if let Some(parent) = unit.parent {
            self.add_detail(parent, index, unit.span, words);
            return;
        }
        if let Some((owner, _)) = self.owner {
            self.add_text(owner, index, unit, words);
            return;
        }
        let lead = self.reading.lead(index);
        let defines = self.defined.of.get(index).is_some_and(Option::is_some);
        let role = self.reading.role(index);
        if self.reading.is_talk(index) && !defines {
            return;
        }
        let speaks = defines || is_prose(role) || (!self.section_lists(index) && !unit.is_quoted);
        if speaks && !is_metadata(words) && lead.is_some() {
            let item = self.new_item(index, unit, words);
            self.items.push(item);
        }
    }

    /// The section has a list, table or section of its own, so its paragraphs only introduce.
    fn section_lists(&self, index: usize) -> bool {
        let units = self.reading.units;
        let Some(unit) = units.get(index) else {
            return false;
        };
        let listed = |other: &Unit<'_>| matches!(other.kind, UnitKind::Item(_) | UnitKind::Row(..));
        let after = units.iter().skip(index + 1).take_while(|other| {
            other.section == unit.section
                || unit
                    .section
                    .is_none_or(|_| other.whole.start < self.end_of(unit))
        });
        let before = units
            .get(..index)
            .unwrap_or(&[])
            .iter()
            .rev()
            .take_while(|other| other.section == unit.section);
        after.take(60).any(listed) || before.take(60).any(listed)
    }

    fn end_of(&self, unit: &Unit<'_>) -> usize {
        unit.section
            .and_then(|at| self.reading.sections.list.get(at))
            .map_or(0, |section| section.span.end)
    }

    fn item(&mut self, index: usize, unit: &Unit<'a>) {
        let Some(own) = unit.item() else { return };
        let words = &own.text;
        self.open.retain(|(at, _)| {
            self.reading
                .units
                .get(*at)
                .is_some_and(|above| above.whole.holds(unit.span))
        });
        let defines = self.defined.of.get(index).is_some_and(Option::is_some);
        let role = self.reading.role(index);
        let nested_in = self.open.iter().rev().find_map(|(_, item)| *item);
        let line = scenarios::of_line(&words.text, unit.span);
        if let Some((owner, _)) = self.owner {
            let owned = self
                .items
                .get(owner)
                .is_some_and(|item| item.role == role || role == Role::Acceptance);
            let is_step = self.steps.get(index).copied().unwrap_or(false);
            let is_criterion =
                role == Role::Acceptance && line.is_none() && unit.depth == 0 && !is_step;
            let stands_alone = defines || is_criterion;
            if owned && !stands_alone {
                self.add_point(owner, index, unit, words, line);
                self.open.push((index, None));
                return;
            }
            if role == Role::Acceptance
                && let Some(scenario) = scenarios::of_ears(&words.text, unit.span)
                && let Some(item) = self.items.get_mut(owner)
            {
                item.scenarios.push(scenario);
            }
        } else if let Some(above) = nested_in
            && !defines
        {
            self.add_point(above, index, unit, words, line);
            self.open.push((index, None));
            return;
        }
        // What is quoted is said by somebody else.
        let is_quote = unit.is_quoted && !is_prose(role) && !defines;
        if is_quote || (words.is_empty() && own.blocks.is_empty()) {
            return;
        }
        let mut item = self.new_item(index, unit, words);
        item.whole = unit.whole;
        item.number = own.number;
        if let Some(scenario) = line {
            item.scenarios.push(scenario);
        }
        self.items.push(item);
        self.open.push((index, Some(self.items.len() - 1)));
    }

    fn add_point(
        &mut self,
        at: usize,
        index: usize,
        unit: &Unit<'a>,
        words: &Inline,
        line: Option<crate::facts::Scenario>,
    ) {
        let citations = self.defined.all_cited(index, words);
        let (text, _) = self.reading.body(index);
        let Some(item) = self.items.get_mut(at) else {
            return;
        };
        item.citations.extend(citations);
        item.scenarios.extend(line);
        item.priority = item.priority.or_else(|| norms::priority(&words.text));
        item.details.push((text.to_owned(), unit.span));
    }

    fn add_detail(&mut self, parent: usize, index: usize, span: Span, words: &Inline) {
        let at = self
            .open
            .iter()
            .rev()
            .find(|(unit, _)| *unit == parent)
            .and_then(|(_, item)| *item);
        let at = at
            .or_else(|| self.open.iter().rev().find_map(|(_, item)| *item))
            .or(self.owner.map(|(at, _)| at));
        let citations = self.defined.all_cited(index, words);
        if let Some(item) = at.and_then(|at| self.items.get_mut(at)) {
            item.details.push((words.text.trim().to_owned(), span));
            item.citations.extend(citations);
        }
    }

    /// Prose below a heading that is an item.
    fn add_text(&mut self, owner: usize, index: usize, unit: &Unit<'a>, words: &Inline) {
        let citations = self.defined.all_cited(index, words);
        let is_talk = self.reading.is_talk(index);
        let role = self.reading.role(index);
        let story = story_line(words);
        let Some(item) = self.items.get_mut(owner) else {
            return;
        };
        item.citations.extend(citations);
        item.priority = item.priority.or_else(|| norms::priority(&words.text));
        if is_talk {
            return;
        }
        if let Some(text) = story.filter(|_| item.role == Role::Requirements) {
            let mut told = item.clone();
            told.role = Role::Stories;
            told.id = None;
            told.title = None;
            told.text = text;
            told.span = unit.span;
            told.whole = unit.span;
            told.details.clear();
            told.scenarios.clear();
            told.citations.clear();
            item.details.push((words.text.trim().to_owned(), unit.span));
            self.items.push(told);
            return;
        }
        let is_body =
            super::fields::fields(words).is_empty() && role == item.role && item.details.is_empty();
        if is_body {
            if !item.text.is_empty() {
                item.text
                    .push_str(if item.text.ends_with(['.', ':', '?', '!']) {
                        " "
                    } else {
                        ": "
                    });
            }
            item.text.push_str(words.text.trim());
        } else {
            item.details.push((words.text.trim().to_owned(), unit.span));
        }
    }

    fn row(&mut self, index: usize, unit: &Unit<'a>, row: &'a Row) {
        let Some(columns) = &self.columns else { return };
        let texts = columns.texts(row, self.reading.lead(index));
        let mark = columns.mark(row, self.reading.marks);
        let (priority, strength) = (columns.priority(row), columns.strength(row));
        let id = columns.id(row).or_else(|| self.id(index));
        if texts.is_empty() {
            return;
        }
        let citations: Vec<Citation> = (0..row.cells.len())
            .flat_map(|at| self.defined.cited(index, at))
            .cloned()
            .collect();
        if let Some((owner, _)) = self.owner
            && self.defined.of.get(index).is_none_or(Option::is_none)
        {
            if let Some(item) = self.items.get_mut(owner) {
                item.details.push((texts.join(" — "), unit.span));
                item.citations.extend(citations);
            }
            return;
        }
        let story = columns.story(row);
        let title = (texts.len() > 1 && story.is_none())
            .then(|| texts.first().cloned())
            .flatten();
        let text = story.unwrap_or_else(|| texts.join(" — "));
        let lead = Lead {
            mark,
            ..Lead::default()
        };
        let mut item = self.bare(index, unit, text, &lead);
        item.id = id;
        item.title = title.map(|text| Title {
            text,
            span: row.cells.first().map_or(unit.span, |cell| cell.span),
        });
        item.priority = priority.or(item.priority);
        item.strength = strength;
        item.citations = citations;
        self.items.push(item);
    }

    fn id(&self, index: usize) -> Option<Id> {
        self.defined
            .of
            .get(index)?
            .as_ref()
            .map(|definition| definition.id.clone())
    }

    fn new_item(&self, index: usize, unit: &Unit<'a>, words: &Inline) -> Item {
        let none = Lead::default();
        let lead = self.reading.lead(index).unwrap_or(&none);
        let (text, _) = self.reading.body(index);
        let id = self.id(index);
        let mut item = self.bare(index, unit, text.to_owned(), lead);
        item.citations = self.defined.cited(index, 0).to_vec();
        item.title = title(words, lead, &item.text);
        item.id = id;
        item
    }

    fn bare(&self, index: usize, unit: &Unit<'a>, text: String, lead: &Lead) -> Item {
        let section = unit
            .section
            .and_then(|at| self.reading.sections.list.get(at));
        let check = unit
            .item()
            .and_then(|item| item.check)
            .map(|check| match check {
                CheckBox::Checked => Mark::Done,
                CheckBox::Open => Mark::NotStarted,
            });
        let tail = unit
            .words()
            .and_then(|words| self.reading.marks.tail(&words.text))
            .map(|(mark, _)| mark);
        Item {
            role: self.reading.role(index),
            id: None,
            title: None,
            priority: norms::priority(&text),
            text,
            span: unit.span,
            whole: unit.whole,
            path: section
                .map(|section| section.path.clone())
                .unwrap_or_default(),
            number: None,
            mark: lead.mark.or(check).or(tail),
            keyword: None,
            strength: None,
            cue: Cue::None,
            scenarios: Vec::new(),
            citations: Vec::new(),
            details: Vec::new(),
        }
    }
}
