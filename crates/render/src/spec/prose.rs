use super::note::{self, Place};
use super::{Part, SpecMarks, attribute};
use crate::href::Href;
use crate::html::{Html, clean, escape_into};
use crate::markdown::{OPTIONS, ours, safe};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::ops::Range;

/// A document as a page shows it.
#[derive(Debug, Clone, Default)]
pub struct SpecProse {
    pub html: Html,
    pub outline: Vec<SpecHeading>,
    /// Lines that can be linked to as `#L12`.
    pub lines: BTreeSet<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpecHeading {
    /// From 1.
    pub level: u8,
    pub text: String,
    pub line: u32,
    /// Ids that are defined below it, up to the next heading.
    pub ids: usize,
}

/// Markdown, as harmless as [`crate::markdown`] makes it, with the marks of its lines.
pub fn spec_prose(text: &str, marks: &SpecMarks) -> SpecProse {
    let text = clean(text);
    let events: Vec<Located> = Parser::new_ext(&text, OPTIONS).into_offset_iter().collect();
    let mut writer = Writer::new(&text, marks);
    let mut at = 0;
    while let Some((event, range)) = events.get(at) {
        let line = writer.line_of(range.start);
        at = match source_mark(&events, at) {
            Some(end) => {
                writer.source_mark(&events[at..=end], line);
                end + 1
            }
            None => {
                writer.event(event.clone(), line);
                at + 1
            }
        };
    }
    writer.done()
}

type Located<'a> = (Event<'a>, Range<usize>);

/// `‹[L12](source.md#L12), [L14](source.md#L14)›`: where the text that ends it is, if it begins at `at`.
fn source_mark(events: &[Located], at: usize) -> Option<usize> {
    let text = |at: usize| match events.get(at) {
        Some((Event::Text(text), _)) => Some(text.as_ref()),
        _ => None,
    };
    let is_link = |at: usize| {
        let is = |at, wanted: fn(&Event) -> bool| events.get(at).is_some_and(|(e, _)| wanted(e));
        is(at, |e| matches!(e, Event::Start(Tag::Link { .. })))
            && is(at + 1, |e| matches!(e, Event::Text(_)))
            && is(at + 2, |e| matches!(e, Event::End(TagEnd::Link)))
    };
    text(at).filter(|text| text.ends_with('‹'))?;
    let mut next = at + 1;
    while is_link(next) {
        next += 3;
        match text(next)? {
            text if text.starts_with('›') => return Some(next),
            ", " => next += 1,
            _ => return None,
        }
    }
    None
}

struct Writer<'a, 'm> {
    marks: &'m SpecMarks<'m>,
    /// Where lines begin.
    starts: Vec<usize>,
    out: Vec<Event<'a>>,
    links: Vec<bool>,
    anchored: BTreeSet<u32>,
    /// The line whose notes, and those of all before it, were taken.
    taken: u32,
    pending: String,
    pending_after: String,
    defined: BTreeSet<String>,
    outline: Vec<SpecHeading>,
    heading: Option<SpecHeading>,
    block: Block,
}

/// What has been written of the block that is being written.
#[derive(Default)]
struct Block {
    has_words: bool,
    is_task: bool,
    is_strong: bool,
    is_code: bool,
    /// Whether nothing stands between the id that was defined last and here.
    is_after_definition: bool,
}

impl<'a, 'm> Writer<'a, 'm> {
    fn new(text: &str, marks: &'m SpecMarks<'m>) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Writer {
            marks,
            starts: std::iter::once(0).chain(ends).collect(),
            out: Vec::new(),
            links: Vec::new(),
            anchored: BTreeSet::new(),
            taken: 0,
            pending: String::new(),
            pending_after: String::new(),
            defined: BTreeSet::new(),
            outline: Vec::new(),
            heading: None,
            block: Block::default(),
        }
    }

    fn line_of(&self, offset: usize) -> u32 {
        let before = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    fn html(&mut self, html: String) {
        self.out.push(Event::InlineHtml(CowStr::from(html)));
    }

    fn event(&mut self, event: Event<'a>, line: u32) {
        self.before(&event);
        match event {
            Event::Text(text) if !self.block.is_code && self.links.is_empty() => {
                self.anchor(line);
                self.text(&text);
            }
            Event::Start(Tag::Link {
                ref dest_url,
                ref title,
                ..
            }) => {
                self.anchor(line);
                match (self.marks.resolve)(dest_url) {
                    Some(href) => self.open(&href, title),
                    None => self.push(event),
                }
                self.block.has_words = true;
            }
            Event::Start(
                Tag::Paragraph
                | Tag::Item
                | Tag::Heading { .. }
                | Tag::TableRow
                | Tag::TableHead
                | Tag::CodeBlock(_),
            ) => self.begin(event, line),
            Event::Start(Tag::Strong) => {
                self.anchor(line);
                self.block.is_strong = true;
                self.push(event);
            }
            Event::TaskListMarker(_) => {
                self.anchor(line);
                self.block.is_task = true;
                self.push(event);
            }
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineHtml(_)
            | Event::Html(_)
            | Event::Start(Tag::Emphasis | Tag::Strikethrough | Tag::Image { .. }) => {
                self.anchor(line);
                if let (Event::Code(code), Some(heading)) = (&event, &mut self.heading) {
                    heading.text.push_str(code);
                }
                self.block.has_words = true;
                self.push(event);
            }
            other => self.push(other),
        }
    }

    /// What an event ends.
    fn before(&mut self, event: &Event) {
        match event {
            // Text of an item ends where a list within it begins.
            Event::Start(Tag::List(_))
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => {
                let notes = std::mem::take(&mut self.pending);
                self.pending_after.clear();
                if !notes.is_empty() {
                    self.html(notes);
                }
            }
            Event::End(TagEnd::Strong) => self.block.is_strong = false,
            _ => {}
        }
    }

    fn push(&mut self, event: Event<'a>) {
        let is_end_of_block = matches!(
            event,
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock)
        );
        if matches!(event, Event::End(TagEnd::Heading(_))) {
            self.outline.extend(self.heading.take());
        }
        self.out.push(safe(event, &mut self.links));
        if is_end_of_block {
            self.block.is_code = false;
            self.pending.clear();
            let notes = std::mem::take(&mut self.pending_after);
            if !notes.is_empty() {
                self.html(notes);
            }
        }
    }

    fn begin(&mut self, event: Event<'a>, line: u32) {
        self.block = Block {
            is_code: matches!(event, Event::Start(Tag::CodeBlock(_))),
            ..Block::default()
        };
        if let Event::Start(Tag::Heading { level, .. }) = &event {
            self.heading = Some(SpecHeading {
                level: number(*level),
                line,
                ..SpecHeading::default()
            });
        }
        self.push(event);
    }

    /// Once for each line: where it can be linked to, and what was found up to it.
    fn anchor(&mut self, line: u32) {
        if !self.anchored.insert(line) {
            return;
        }
        self.html(format!("<span id=\"L{line}\" class=\"at\"></span>"));
        if line > self.taken {
            let found = self.marks.notes.range(self.taken + 1..=line);
            for one in found.flat_map(|(_, notes)| notes) {
                note::write(&mut self.pending, one, Place::Inside);
                note::write(&mut self.pending_after, one, Place::After);
            }
            self.taken = line;
        }
    }

    fn text(&mut self, text: &str) {
        self.head(text);
        for part in self.marks.parts(text) {
            match part {
                Part::Text("") => {}
                Part::Text(text) => {
                    // A definition stands apart by its looks: it needs no colon.
                    let is_after = std::mem::take(&mut self.block.is_after_definition);
                    let text = text.strip_prefix(": ").filter(|_| is_after).unwrap_or(text);
                    self.block.has_words |= !text.trim().is_empty();
                    self.out.push(Event::Text(CowStr::from(text.to_string())));
                }
                Part::Id(id) => {
                    let html = match self.defines(id) {
                        true => self.definition(id),
                        false => self.marks.mention(id),
                    };
                    self.html(html);
                    self.block.has_words = true;
                }
            }
        }
    }

    /// A heading may define an id that it does not write.
    fn head(&mut self, text: &str) {
        let Some(heading) = &mut self.heading else {
            return;
        };
        heading.text.push_str(text);
        let begins = |(start, _): &(&String, &String)| text.starts_with(start.as_str());
        let Some((_, id)) = self.marks.headings.iter().rfind(begins) else {
            return;
        };
        if !self.block.has_words && self.defined.insert(id.clone()) {
            let mut html = String::from("<span");
            attribute(&mut html, "id", id);
            html.push_str(" class=\"at\"></span>");
            self.html(html);
            if let Some(source) = self.marks.ids.get(id).and_then(|id| id.source.as_ref()) {
                let mut html = String::from("<a class=\"id\"");
                attribute(&mut html, "href", source.as_str());
                html.push('>');
                escape_into(&mut html, id);
                html.push_str("</a> ");
                self.html(html);
            }
        }
    }

    /// The first thing of its block, written as definitions are.
    fn defines(&self, id: &str) -> bool {
        let block = &self.block;
        let is_first =
            !block.has_words && (block.is_strong || block.is_task || self.heading.is_some());
        let is_here = self.marks.ids.get(id).is_some_and(|known| known.is_here);
        is_first && is_here && !self.defined.contains(id)
    }

    /// It leads to the line that it was made from; without one, to itself.
    fn definition(&mut self, id: &str) -> String {
        self.defined.insert(id.to_string());
        self.block.is_after_definition = true;
        if let Some(heading) = self.outline.last_mut() {
            heading.ids += 1;
        }
        let known = self.marks.ids.get(id);
        let mut html = String::from("<a class=\"id\"");
        attribute(&mut html, "id", id);
        let target = known.map(|known| known.source.as_ref().unwrap_or(&known.home));
        if let Some(href) = target {
            attribute(&mut html, "href", href.as_str());
        }
        html.push('>');
        escape_into(&mut html, id);
        html.push_str("</a>");
        html
    }

    fn open(&mut self, href: &Href, title: &str) {
        self.links.push(true);
        let mut html = String::from("<a");
        attribute(&mut html, "href", href.as_str());
        if !title.is_empty() {
            attribute(&mut html, "title", title);
        }
        html.push('>');
        self.html(html);
    }

    /// Text up to the mark, the links within it, and the text after it.
    fn source_mark(&mut self, events: &[Located<'a>], line: u32) {
        self.anchor(line);
        let (Some((Event::Text(first), _)), Some((Event::Text(last), _))) =
            (events.first(), events.last())
        else {
            return;
        };
        self.text(first.trim_end_matches('‹'));
        self.out.push(ours("<span class=\"src\">"));
        for (event, _) in events.get(1..events.len() - 1).unwrap_or_default() {
            self.event(event.clone(), line);
        }
        self.out.push(ours("</span>"));
        self.text(last.trim_start_matches('›'));
    }

    fn done(mut self) -> SpecProse {
        // Lines after the last one that shows something.
        let rest = self.marks.notes.range(self.taken.saturating_add(1)..);
        let mut notes = std::mem::take(&mut self.pending_after);
        for one in rest.flat_map(|(_, notes)| notes) {
            note::write(&mut notes, one, Place::After);
        }
        if !notes.is_empty() {
            self.html(notes);
        }
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, self.out.into_iter());
        SpecProse {
            html: Html::trusted(html),
            outline: self.outline,
            lines: self.anchored,
        }
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
