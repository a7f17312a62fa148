//! Markdown of runs and documents. Raw HTML becomes text, links lead only where [`Href`] allows,
//! and images are links, so that a report cannot make a browser call home.

use crate::href::Href;
use crate::html::{Html, clean, escape_into};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::borrow::Cow;

pub(crate) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// Headings go down by one level, because the page has its own title.
pub fn markdown(text: &str) -> Html {
    let text = clean(text);
    let mut links = Vec::new();
    let events = Parser::new_ext(&text, OPTIONS).map(|event| safe(event, &mut links));
    let mut out = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, events);
    Html::trusted(out)
}

/// `links` holds for each open link or image whether its end tag has to be written.
pub(crate) fn safe<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Event<'a> {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link {
            dest_url, title, ..
        }) => open(&dest_url, &title, "", links),
        Event::Start(Tag::Image {
            dest_url, title, ..
        }) => open(&dest_url, &title, "image: ", links),
        Event::End(TagEnd::Link | TagEnd::Image) => match links.pop() {
            Some(true) => ours("</a>"),
            _ => ours("</span>"),
        },
        // The writer would set the alignment by a style attribute.
        Event::Start(Tag::Table(columns)) => {
            let plain = columns
                .iter()
                .map(|_| pulldown_cmark::Alignment::None)
                .collect();
            Event::Start(Tag::Table(plain))
        }
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        Event::TaskListMarker(true) => ours("<span class=\"task\">☑ </span>"),
        Event::TaskListMarker(false) => ours("<span class=\"task\">☐ </span>"),
        Event::Text(text) => Event::Text(decoded(text)),
        Event::InlineMath(text) | Event::DisplayMath(text) => Event::Text(text),
        Event::FootnoteReference(text) => Event::Text(text),
        other => other,
    }
}

/// A reference such as `&#x202e;` becomes its character only here, after the source was cleaned.
fn decoded(text: CowStr<'_>) -> CowStr<'_> {
    match clean(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(cleaned) => cleaned.into(),
    }
}

pub(crate) fn ours(html: &'static str) -> Event<'static> {
    Event::InlineHtml(CowStr::Borrowed(html))
}

fn open<'a>(target: &str, title: &str, prefix: &str, links: &mut Vec<bool>) -> Event<'a> {
    let mut html = String::new();
    match Href::untrusted(target) {
        Some(href) => {
            links.push(true);
            html.push_str("<a href=\"");
            escape_into(&mut html, href.as_str());
            html.push_str("\" rel=\"noopener noreferrer nofollow\"");
            if !title.is_empty() {
                html.push_str(" title=\"");
                escape_into(&mut html, title);
                html.push('"');
            }
            html.push('>');
        }
        None => {
            links.push(false);
            html.push_str("<span class=\"dead-link\" title=\"This link leads nowhere safe\">");
        }
    }
    html.push_str(prefix);
    Event::InlineHtml(html.into())
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}
