//! Events of the markdown parser to a tree. Own stack: nesting in a document is a caller's choice
//! and must not become nesting of our calls.

use super::tree::{Block, BlockKind, CheckBox, Code, List, ListItem, Outline, Row, Section, Table};
use super::{Inline, MAX_DEPTH, Piece, PieceKind};
use crate::text::Span;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use smol_str::SmolStr;

pub(super) fn outline(text: &str) -> Outline {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut builder = Builder::new(text);
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        builder.take(event, range.into());
    }
    builder.finish()
}

/// What is open while events come in.
enum Frame {
    Quote(Vec<Block>),
    List(List),
    Item(ListItem),
    Table(Table),
    Row(Row),
    /// Deeper than [`MAX_DEPTH`]: its content goes to the frame below.
    Flat,
}

enum Top {
    Heading(u8, Inline, Span),
    Block(Block),
}

#[derive(Default)]
struct Style {
    strong: usize,
    emphasis: usize,
    struck: usize,
    links: Vec<SmolStr>,
}

struct Builder<'a> {
    text: &'a str,
    frames: Vec<Frame>,
    top: Vec<Top>,
    outline: Outline,
    /// Words that are being gathered, and whether a paragraph was opened for them by the parser.
    inline: Option<Inline>,
    style: Style,
    /// A code block: its language, the whole, and its body as far as it came.
    code: Option<(String, Span, Option<Span>)>,
    html: Option<Span>,
    metadata: bool,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            frames: Vec::new(),
            top: Vec::new(),
            outline: Outline::default(),
            inline: None,
            style: Style::default(),
            code: None,
            html: None,
            metadata: false,
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(tag, span),
            Event::Text(words) => self.text(&words, span),
            Event::Code(words) => self.piece(PieceKind::Code, &words, span),
            Event::SoftBreak | Event::HardBreak => self.piece(PieceKind::Break, " ", span),
            Event::InlineHtml(_) | Event::Html(_) => self.html(span),
            Event::TaskListMarker(done) => {
                if let Some(Frame::Item(item)) = self.frames.last_mut() {
                    item.check = Some(if done {
                        CheckBox::Checked
                    } else {
                        CheckBox::Open
                    });
                }
            }
            Event::Rule => {
                self.close_words();
                self.block(BlockKind::Rule, span);
            }
            // Not asked for in the options.
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        match tag {
            Tag::Strong => self.style.strong += 1,
            Tag::Emphasis => self.style.emphasis += 1,
            Tag::Strikethrough => self.style.struck += 1,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.style.links.push(SmolStr::new(&dest_url));
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell => {
                self.close_words();
                self.inline = Some(Inline {
                    text: String::with_capacity(span.end - span.start),
                    span,
                    ..Inline::default()
                });
            }
            Tag::CodeBlock(kind) => {
                self.close_words();
                self.code = Some((language(&kind), span, None));
            }
            Tag::HtmlBlock => {
                self.close_words();
                self.html = Some(span);
            }
            Tag::MetadataBlock(_) => {
                self.metadata = true;
                self.outline.front_matter = Some(span);
            }
            Tag::TableHead | Tag::TableRow => self.frames.push(Frame::Row(Row {
                cells: Vec::new(),
                span,
            })),
            Tag::Table(_) => self.open(Frame::Table(Table::default())),
            Tag::BlockQuote(_) => self.open(Frame::Quote(Vec::new())),
            Tag::List(start) => self.open(Frame::List(List {
                start,
                items: Vec::new(),
            })),
            Tag::Item => self.open_item(span),
            _ => {}
        }
    }

    fn open(&mut self, frame: Frame) {
        self.close_words();
        let deep = self.frames.len() >= MAX_DEPTH * 2;
        self.frames.push(if deep { Frame::Flat } else { frame });
    }

    fn open_item(&mut self, span: Span) {
        self.close_words();
        let frame = match self.frames.last() {
            Some(Frame::List(list)) => Frame::Item(ListItem {
                number: list
                    .start
                    .map(|first| first.saturating_add(list.items.len() as u64)),
                check: None,
                text: Inline {
                    span: Span::new(span.start, span.start),
                    ..Inline::default()
                },
                span,
                blocks: Vec::new(),
            }),
            _ => Frame::Flat,
        };
        self.frames.push(frame);
    }

    fn end(&mut self, tag: TagEnd, span: Span) {
        match tag {
            TagEnd::Strong => self.style.strong = self.style.strong.saturating_sub(1),
            TagEnd::Emphasis => self.style.emphasis = self.style.emphasis.saturating_sub(1),
            TagEnd::Strikethrough => self.style.struck = self.style.struck.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => {
                self.style.links.pop();
            }
            TagEnd::Paragraph => self.close_words(),
            TagEnd::Heading(level) => self.end_heading(level, span),
            TagEnd::TableCell => {
                let words = self.words();
                if let Some(Frame::Row(row)) = self.frames.last_mut() {
                    row.cells.push(words);
                }
            }
            TagEnd::CodeBlock => self.end_code(span),
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::MetadataBlock(_) => self.metadata = false,
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(tag),
            TagEnd::Table | TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.close(span)
            }
            _ => {}
        }
    }

    fn end_heading(&mut self, level: HeadingLevel, span: Span) {
        let words = self.words();
        if self.frames.is_empty() {
            self.top.push(Top::Heading(level as u8, words, span));
        } else {
            self.block(BlockKind::Heading(words), span);
        }
    }

    fn end_code(&mut self, span: Span) {
        let Some((language, whole, body)) = self.code.take() else {
            return;
        };
        let body = body.unwrap_or(Span::new(whole.end, whole.end));
        let raw = self.text.get(whole.start..whole.end).unwrap_or("");
        let fence: String = raw.chars().take_while(|c| matches!(c, '`' | '~')).collect();
        let lines = raw.trim_end().lines();
        let closed = lines.clone().count() > 1
            && lines.last().is_some_and(|last| {
                let last = last.trim_start_matches([' ', '>']);
                last.starts_with(&fence) && last.trim_start_matches(['`', '~']).trim().is_empty()
            });
        if fence.len() >= 3 && !closed {
            self.outline.open_fence.get_or_insert(whole);
        }
        self.block(BlockKind::Code(Code { language, body }), span);
    }

    fn end_html(&mut self) {
        let Some(span) = self.html.take() else {
            return;
        };
        self.comments_in(span);
        let raw = self.text.get(span.start..span.end).unwrap_or("").trim();
        let only_comment = raw.starts_with("<!--") && raw.ends_with("-->");
        if !only_comment {
            self.block(BlockKind::Html, span);
            for block in super::html::blocks(self.text, span) {
                let span = block.span;
                self.block(block.kind, span);
            }
        }
    }

    fn end_row(&mut self, tag: TagEnd) {
        let Some(Frame::Row(row)) = self.frames.pop() else {
            return;
        };
        if let Some(Frame::Table(table)) = self.frames.last_mut() {
            match tag {
                TagEnd::TableHead => table.head = row.cells,
                _ => table.rows.push(row),
            }
        }
    }

    fn close(&mut self, span: Span) {
        self.close_words();
        match self.frames.pop() {
            Some(Frame::Quote(blocks)) => self.block(BlockKind::Quote(blocks), span),
            Some(Frame::List(list)) => self.block(BlockKind::List(list), span),
            Some(Frame::Table(table)) => self.block(BlockKind::Table(table), span),
            Some(Frame::Item(item)) => {
                if let Some(Frame::List(list)) = self.frames.last_mut() {
                    list.items.push(item);
                }
            }
            Some(Frame::Row(_) | Frame::Flat) | None => {}
        }
    }

    fn text(&mut self, words: &str, span: Span) {
        if self.metadata {
            return;
        }
        if let Some((_, _, body)) = &mut self.code {
            *body = Some(body.map_or(span, |b| b.with(span)));
            return;
        }
        self.piece(PieceKind::Text, words, span);
    }

    fn html(&mut self, span: Span) {
        match &mut self.html {
            Some(whole) => *whole = whole.with(span),
            None => {
                self.line_break(span);
                if !self
                    .text
                    .get(span.start..span.end)
                    .is_some_and(|tag| tag.starts_with("<!--"))
                {
                    self.outline.tags.push(span);
                }
                self.comments_in(span);
            }
        }
    }

    /// `<br>` parts words as the end of a line does.
    fn line_break(&mut self, span: Span) {
        let tag = self.text.get(span.start..span.end).unwrap_or("");
        if super::html::tag(tag).is_some_and(|tag| tag.name == "br") {
            self.piece(PieceKind::Break, " ", span);
        }
    }

    fn comments_in(&mut self, span: Span) {
        let raw = self.text.get(span.start..span.end).unwrap_or("");
        let mut from = 0;
        while let Some(start) = raw
            .get(from..)
            .and_then(|r| r.find("<!--"))
            .map(|at| from + at)
        {
            let rest = raw.get(start..).unwrap_or("");
            let length = rest.find("-->").map_or(rest.len(), |at| at + 3);
            let at = span.start + start;
            self.outline.comments.push(Span::new(at, at + length));
            from = start + length;
        }
    }

    fn piece(&mut self, kind: PieceKind, words: &str, span: Span) {
        let written = self.text.get(span.start..span.end).unwrap_or("");
        // Most words are all that is written, and to look for them takes longer.
        let inner = written.trim_start_matches('`');
        let lead = if written.starts_with(words) {
            Some(0)
        } else if inner.starts_with(words) && !words.starts_with('`') {
            Some(written.len() - inner.len())
        } else {
            written.find(words)
        };
        // A tight item has words without a paragraph, most often those of one line.
        let source = self.text;
        let inline = self.inline.get_or_insert_with(|| Inline {
            text: String::with_capacity(line_length(source, span.start)),
            span,
            ..Inline::default()
        });
        inline.span = inline.span.with(span);
        let start = inline.text.len();
        inline.text.push_str(words);
        let kind = match (kind, self.style.links.last()) {
            (PieceKind::Text, Some(target)) => PieceKind::Link(target.clone()),
            (kind, _) => kind,
        };
        let piece = Piece {
            kind,
            strong: self.style.strong > 0,
            emphasis: self.style.emphasis > 0,
            struck: self.style.struck > 0,
            range: start..inline.text.len(),
            span,
            lead,
        };
        match inline.pieces.last_mut() {
            // The parser parts words at each bracket and underscore.
            Some(last) if last.goes_on_in(&piece) => {
                last.range.end = piece.range.end;
                last.span.end = piece.span.end;
            }
            _ => inline.pieces.push(piece),
        }
    }

    fn words(&mut self) -> Inline {
        let mut words = self.inline.take().unwrap_or_default();
        words.drop_mark();
        words
    }

    /// Ends the words that are being gathered, whether a paragraph was opened for them or not.
    fn close_words(&mut self) {
        let words = self.words();
        if words.pieces.is_empty() {
            return;
        }
        if let Some(Frame::Item(item)) = self.frames.last_mut()
            && item.text.pieces.is_empty()
            && item.blocks.is_empty()
        {
            item.text = words;
            return;
        }
        let span = words.span;
        self.block(BlockKind::Paragraph(words), span);
    }

    fn block(&mut self, kind: BlockKind, span: Span) {
        let block = Block { kind, span };
        for frame in self.frames.iter_mut().rev() {
            match frame {
                Frame::Quote(blocks) => return blocks.push(block),
                Frame::Item(item) => return item.blocks.push(block),
                Frame::List(..) | Frame::Table(..) | Frame::Row(_) | Frame::Flat => {}
            }
        }
        self.top.push(Top::Block(block));
    }

    fn finish(mut self) -> Outline {
        self.close_words();
        let mut outline = self.outline;
        let mut open = Vec::new();
        for top in self.top {
            match top {
                Top::Block(block) => match open.last_mut() {
                    Some(Open { section, .. }) => section.blocks.push(block),
                    None => outline.blocks.push(block),
                },
                Top::Heading(level, title, span) => {
                    let numbers = numbers(&title.text);
                    fold(&mut open, &mut outline.sections, span.start, |above| {
                        above.section.level > level
                            || above.section.level == level && !above.holds(&numbers)
                    });
                    let section = Section {
                        level,
                        title,
                        span,
                        blocks: Vec::new(),
                        sections: Vec::new(),
                    };
                    open.push(Open { section, numbers });
                }
            }
        }
        fold(&mut open, &mut outline.sections, self.text.len(), |_| true);
        outline
    }
}

/// A section that goes on, and the numbers that its heading begins with.
struct Open {
    section: Section,
    numbers: Vec<u32>,
}

impl Open {
    /// `4. Data` holds `4.1 Tables` even where both headings are of one level.
    fn holds(&self, numbers: &[u32]) -> bool {
        !self.numbers.is_empty()
            && numbers.len() > self.numbers.len()
            && numbers.starts_with(&self.numbers)
    }
}

/// Numbers of a heading that are looked at; more are no number of a section.
const MAX_NUMBERS: usize = 4;

/// `[4, 1]` of `4.1 Tables`; nothing where a heading has no number.
fn numbers(title: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let mut rest = title.trim_start_matches(['§', ' ']);
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..digits).and_then(|number| number.parse().ok());
        let Some(number) = number.filter(|_| digits < 4) else {
            break;
        };
        found.push(number);
        rest = rest.get(digits..).unwrap_or("");
        match rest.strip_prefix('.') {
            Some(next) => rest = next,
            None => break,
        }
    }
    let ends = rest.chars().next().is_none_or(|c| !c.is_alphanumeric());
    if !ends || found.len() > MAX_NUMBERS {
        found.clear();
    }
    found
}

/// Ends the innermost open sections, as far as they end here.
fn fold(open: &mut Vec<Open>, done: &mut Vec<Section>, at: usize, ends: impl Fn(&Open) -> bool) {
    while let Some(Open { mut section, .. }) = open.pop_if(|last| ends(last)) {
        section.span.end = at;
        match open.last_mut() {
            Some(above) => above.section.sections.push(section),
            None => done.push(section),
        }
    }
}

/// Bytes from a place to the end of its line.
fn line_length(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    rest.find('\n').unwrap_or(rest.len())
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Indented => String::new(),
        CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or("").to_owned(),
    }
}

#[cfg(test)]
mod tests;
