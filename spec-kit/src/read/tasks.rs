//! Tasks in whichever form: boxes, brackets with marks, ids, table rows, headings, bare bullets.

use super::reading::Reading;
use super::refs::Defined;
use super::tables::{Column, Columns};
use super::task_words as words_of;
use super::units::{Unit, UnitKind};
use crate::facts::{Check, Citation, DocumentKind, Mark, Numbers, Role, Task};
use crate::outline::{CheckBox, Inline};
use std::collections::BTreeMap;

/// Which units are tasks.
pub(super) fn marked(reading: &Reading<'_>, defined: &Defined) -> Vec<bool> {
    let mut forms: Vec<Option<Form>> = Vec::with_capacity(reading.units.len());
    let mut table: Option<Columns> = None;
    for (index, unit) in reading.units.iter().enumerate() {
        if let UnitKind::Head(head) = unit.kind {
            table = Some(Columns::of(head)).filter(is_task_table);
        }
        forms.push(form(reading, defined, index, unit, table.as_ref()));
    }
    let has = |form: Form| forms.contains(&Some(form));
    let bullets = !(has(Form::Box) || has(Form::Id) || has(Form::Heading) || has(Form::Row));
    forms
        .iter()
        .map(|form| form.is_some_and(|form| form != Form::Bullet || bullets))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Box,
    Id,
    Heading,
    Row,
    Bullet,
}

fn form(
    reading: &Reading<'_>,
    defined: &Defined,
    index: usize,
    unit: &Unit<'_>,
    table: Option<&Columns>,
) -> Option<Form> {
    let role = reading.role(index);
    let place = place(reading.kind, role);
    let id = defined.of.get(index).and_then(Option::as_ref);
    let has_id = id.is_some_and(|definition| {
        matches!(definition.id.prefix.as_str(), "T" | "TASK" | "CHK")
            || definition.id.prefix.is_empty()
    });
    if place == Place::Never || unit.is_quoted {
        return None;
    }
    match unit.kind {
        UnitKind::Item(item) => {
            let lead = reading.lead(index)?;
            let boxed = item.check.is_some() || lead.bracket.is_some();
            match (boxed, has_id) {
                (true, _) if place != Place::Ids || has_id => Some(Form::Box),
                (false, true) => Some(Form::Id),
                (false, false)
                    if place == Place::All && unit.depth == 0 && !item.text.is_empty() =>
                {
                    Some(Form::Bullet)
                }
                _ => None,
            }
        }
        UnitKind::Heading(_) => {
            let level = unit
                .section
                .and_then(|at| reading.sections.list.get(at))
                .map_or(1, |section| section.level);
            let dotted_group =
                id.is_some_and(|d| d.id.prefix.is_empty() && d.id.numbers.len() < 2 && level < 3);
            (has_id && level > 1 && !dotted_group).then_some(Form::Heading)
        }
        UnitKind::Row(row) => {
            let named = row.cells.iter().any(|cell| !cell.is_empty());
            (named && (table.is_some() && place == Place::All || has_id && table.is_some()))
                .then_some(Form::Row)
        }
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Boxes, ids, rows and bullets are tasks.
    All,
    /// Boxes and ids are.
    Boxes,
    /// Only what has a task's id.
    Ids,
    Never,
}

fn place(kind: DocumentKind, role: Role) -> Place {
    use Role::*;
    let list = matches!(role, Tasks | Phases);
    match (kind, role) {
        (_, Dependencies | Coverage | SourceMap | ConstitutionCheck | Summary) => Place::Never,
        (
            DocumentKind::Tasks,
            Acceptance | Success | NonGoals | OpenQuestions | Glossary | Risks | Assumptions
            | Goals | Other,
        ) => Place::Ids,
        (DocumentKind::Tasks, _) if list => Place::All,
        (DocumentKind::Tasks, _) => Place::Boxes,
        (_, Tasks) => Place::All,
        (DocumentKind::Plan | DocumentKind::Other, Phases) => Place::Boxes,
        (_, Phases | Milestones) => Place::Ids,
        _ => Place::Never,
    }
}

fn is_task_table(columns: &Columns) -> bool {
    const NAMES: [&str; 16] = [
        "task",
        "tasks",
        "description",
        "aufgabe",
        "beschreibung",
        "tache",
        "description de la tache",
        "tarea",
        "tarefa",
        "work item",
        "item",
        "タスク",
        "任务",
        "subtask",
        "title",
        "what",
    ];
    let counts = [
        "total",
        "count",
        "done",
        "tasks",
        "completed",
        "subtasks",
        "%",
        "progress",
    ];
    let is_summary = columns
        .names
        .iter()
        .skip(1)
        .filter(|name| counts.contains(&name.as_str()))
        .count()
        > 0
        && columns.find(&["task", "description", "aufgabe"]).is_none();
    let ids = columns.index(Column::Id).is_some();
    !is_summary
        && (columns.find(&NAMES).is_some() || ids)
        && columns
            .find(&["marker", "symbol", "meaning", "requirement"])
            .is_none()
}

/// Builds the tasks of the units that are.
pub(super) fn tasks(
    reading: &Reading<'_>,
    defined: &Defined,
    marked: &[bool],
) -> (Vec<Task>, Vec<Option<usize>>) {
    let mut out = Builder {
        reading,
        defined,
        tasks: Vec::new(),
        of: vec![None; reading.units.len()],
        heading: None,
        by_number: BTreeMap::new(),
        table: None,
    };
    for (index, unit) in reading.units.iter().enumerate() {
        if let UnitKind::Head(head) = unit.kind {
            out.table = Some(Columns::of(head));
        }
        if marked.get(index).copied().unwrap_or(false) {
            out.add(index, unit);
        } else {
            out.note(index, unit);
        }
    }
    (out.tasks, out.of)
}

struct Builder<'a, 'b> {
    reading: &'b Reading<'a>,
    defined: &'b Defined,
    tasks: Vec<Task>,
    /// The task of each unit: its own, or the one that it belongs to.
    of: Vec<Option<usize>>,
    heading: Option<usize>,
    /// Tasks with ids like 1.2, by their numbers.
    by_number: BTreeMap<Numbers, usize>,
    table: Option<Columns>,
}

impl<'a> Builder<'a, '_> {
    fn add(&mut self, index: usize, unit: &Unit<'a>) {
        let at = self.tasks.len();
        let id = self
            .defined
            .of
            .get(index)
            .and_then(Option::as_ref)
            .map(|definition| definition.id.clone());
        let is_heading = matches!(unit.kind, UnitKind::Heading(_));
        let above = self.above(unit);
        let by_number = id
            .as_ref()
            .filter(|id| id.prefix.is_empty() && id.numbers.len() > 1)
            .and_then(|id| {
                let above = id.numbers.get(..id.numbers.len() - 1)?;
                self.by_number.get(above).copied()
            });
        let mut task = Task {
            check: self.check(index, unit),
            marker: self.marker(index, unit),
            is_parallel: false,
            stories: Vec::new(),
            refs: Vec::new(),
            depends_on: Vec::new(),
            text: String::new(),
            paths: Vec::new(),
            commands: Vec::new(),
            span: unit.span,
            whole: unit.whole,
            phase: None,
            parent: above.or(by_number),
            id,
        };
        self.fill(&mut task, index, unit);
        if is_heading {
            self.heading = Some(at);
        }
        if let Some(id) = task.id.as_ref().filter(|id| id.prefix.is_empty()) {
            self.by_number.insert(id.numbers.clone(), at);
        }
        self.tasks.push(task);
        if let Some(slot) = self.of.get_mut(index) {
            *slot = Some(at);
        }
    }

    /// The task that a unit is nested in.
    fn above(&mut self, unit: &Unit<'_>) -> Option<usize> {
        if let Some(parent) = unit.parent
            && let Some(task) = self.of.get(parent).copied().flatten()
        {
            return Some(task);
        }
        let heading = self.heading?;
        if self
            .tasks
            .get(heading)
            .is_some_and(|task| task.whole.holds(unit.span) && task.span != unit.span)
        {
            return Some(heading);
        }
        self.heading = None;
        None
    }

    fn fill(&self, task: &mut Task, index: usize, unit: &Unit<'a>) {
        match unit.kind {
            UnitKind::Row(row) => self.fill_row(task, index, &row.cells),
            _ => {
                let (Some(words), Some(lead)) = (unit.words(), self.reading.lead(index)) else {
                    return;
                };
                let citations = self.defined.cited(index, 0);
                let (labels, rest) = words_of::labels(words, lead.rest);
                task.is_parallel = labels.is_parallel;
                task.text = words_of::text(&words.text, rest, self.reading.marks);
                let label_span = words.span_of(lead.rest..rest);
                words_of::sort(task, citations.iter().cloned(), Some(label_span));
                words_of::dependencies(words, task);
                words_of::mentions(words, task);
            }
        }
    }

    fn fill_row(&self, task: &mut Task, index: usize, cells: &[Inline]) {
        let Some(columns) = &self.table else { return };
        let mut texts = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            let name = columns.names.get(at).map_or("", String::as_str);
            let own = at == 0 && task.id.is_some();
            let is_dependency = is_dependency(name);
            let citations = self.defined.cited(index, at).iter().cloned();
            let citations = citations.map(|citation| match is_dependency {
                true => Citation {
                    relation: Some("depends on"),
                    ..citation
                },
                false => citation,
            });
            words_of::sort(task, citations, None);
            match columns.kinds.get(at).copied().unwrap_or(Column::Text) {
                Column::Text if !own => {
                    let text = cell.text.trim();
                    if name == "[p]" || name == "p" || name == "parallel" {
                        task.is_parallel =
                            !text.is_empty() && text != "-" && !text.eq_ignore_ascii_case("no");
                    } else if !text.is_empty() {
                        texts.push(text.to_owned());
                    }
                    words_of::mentions(cell, task);
                }
                _ => {}
            }
        }
        task.text = texts.join(" — ");
    }

    /// What stands below a task and is none itself: refs, dependencies, commands.
    fn note(&mut self, index: usize, unit: &Unit<'a>) {
        let Some(at) = self.above(unit) else { return };
        if matches!(unit.kind, UnitKind::Item(_))
            && let Some(slot) = self.of.get_mut(index)
        {
            *slot = Some(at);
        }
        let Some(task) = self.tasks.get_mut(at) else {
            return;
        };
        if let UnitKind::Code(code) = unit.kind {
            words_of::commands(self.reading.source, code, task);
            return;
        }
        if let UnitKind::Words(words) = unit.kind
            && task.check == Check::None
        {
            task.check = status_field(words).unwrap_or(Check::None);
        }
        for (cell, words) in unit.inlines().iter().enumerate() {
            let citations = match cell {
                0 => self.defined.all_cited(index, words),
                _ => self.defined.cited(index, cell).to_vec(),
            };
            words_of::sort(task, citations, None);
            words_of::dependencies(words, task);
            words_of::mentions(words, task);
        }
    }

    fn check(&self, index: usize, unit: &Unit<'_>) -> Check {
        let lead = self.reading.lead(index);
        let from_mark = |mark: Mark| {
            if mark == Mark::Done {
                Check::Done
            } else {
                Check::Open
            }
        };
        match unit.kind {
            UnitKind::Item(item) => match item.check {
                Some(CheckBox::Checked) => Check::Done,
                Some(CheckBox::Open) => Check::Open,
                None => {
                    let tail = self
                        .reading
                        .marks
                        .tail(&item.text.text)
                        .map(|(mark, _)| mark);
                    lead.and_then(|lead| lead.mark)
                        .or(tail)
                        .map_or(Check::None, from_mark)
                }
            },
            UnitKind::Heading(_) => {
                let mark = unit
                    .section
                    .and_then(|at| self.reading.sections.list.get(at))
                    .and_then(|section| section.mark);
                mark.map_or(Check::None, from_mark)
            }
            UnitKind::Row(row) => {
                let columns = self.table.as_ref();
                let has_status =
                    columns.is_some_and(|columns| columns.index(Column::Status).is_some());
                let mark = columns.and_then(|columns| columns.mark(row, self.reading.marks));
                match mark {
                    Some(mark) => from_mark(mark),
                    None if has_status => Check::Open,
                    None => Check::None,
                }
            }
            _ => Check::None,
        }
    }

    fn marker(&self, index: usize, unit: &Unit<'_>) -> Option<(String, crate::text::Span)> {
        let (written, range) = self.reading.lead(index)?.bracket.clone()?;
        let inside = written.trim_matches(['[', ']']).trim();
        if inside.is_empty() || inside.eq_ignore_ascii_case("x") {
            return None;
        }
        let words = unit.words()?;
        Some((written, words.span_of(range)))
    }
}

fn is_dependency(name: &str) -> bool {
    matches!(
        name,
        "depends on"
            | "dependencies"
            | "deps"
            | "depends"
            | "blocked by"
            | "dependency"
            | "abhangigkeiten"
            | "依赖"
            | "依存"
    )
}

/// `**Status**: Done` below a task that is a heading.
fn status_field(words: &Inline) -> Option<Check> {
    let fields = super::fields::fields(words);
    let field = fields.iter().find(|field| {
        matches!(
            field.key.as_str(),
            "status" | "state" | "statut" | "estado" | "状态" | "状態"
        )
    })?;
    let mark = super::tables::cell_mark(field.value(words), &super::marks::Marks::default())?;
    Some(if mark == Mark::Done {
        Check::Done
    } else {
        Check::Open
    })
}
