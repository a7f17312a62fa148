//! YAML text → node tree. Only the plain part of YAML: no anchors, no tags, one document.

use crate::diagnostic::DiagnosticCode as Code;
use crate::limits::{MAX_DEPTH, MAX_SOURCE_BYTES};
use crate::node::{Entry, Kind, Node, Span, pointer};
use crate::report::Report;
use crate::scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use std::collections::HashMap;

/// Reading stops: the report already says why.
struct Stop;

/// Reads one document. `None`: the report says why.
pub(crate) fn read(source: &str, report: &mut Report<'_>) -> Option<Node> {
    let start = Span { line: 1, column: 1 };
    if source.len() > MAX_SOURCE_BYTES {
        let message = format!(
            "the text has {} bytes; a runbook may have {MAX_SOURCE_BYTES}",
            source.len()
        );
        let hint = "move long scripts into files of the repository and call them";
        report.add(start, "", Code::TooLarge, message, hint);
        return None;
    }
    let mut builder = Builder::default();
    for item in Parser::new_from_str(source) {
        let step = match item {
            Ok((event, span)) => builder.take(event, place(span.start), report),
            Err(error) => {
                let at = place(*error.marker());
                let hint = syntax_hint(source, at, error.info());
                let message = format!("this is no YAML: {}", error.info());
                report.add(at, "", Code::YamlSyntax, message, hint);
                Err(Stop)
            }
        };
        if step.is_err() {
            return None;
        }
    }
    if builder.root.is_none() && report.count() == 0 {
        report.add(start, "", Code::YamlSyntax, "the runbook is empty", "");
    }
    builder.root
}

fn place(marker: Marker) -> Span {
    Span {
        line: marker.line() as u32,
        column: marker.col() as u32 + 1,
    }
}

fn syntax_hint(source: &str, at: Span, info: &str) -> &'static str {
    let line = source
        .lines()
        .nth((at.line as usize).saturating_sub(1))
        .unwrap_or("");
    if line.trim_start_matches(' ').starts_with('\t') {
        "indent with spaces; YAML forbids tabs there"
    } else if info.contains("mapping values") {
        "put a text that contains `: ` into quotes, and check the indentation"
    } else if info.contains("anchor") || info.contains("alias") {
        "write the value out; runbooks know no anchors and aliases"
    } else {
        ""
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

/// A list or map that is being read.
struct Open {
    span: Span,
    path: String,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        /// Key → line of its first use.
        lines: HashMap<String, u32>,
        key: Option<(String, Span)>,
    },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span, report: &mut Report<'_>) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(_) => self.document(span, report),
            Event::Alias(_) => self.refuse_alias(span, report),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), span, report)?;
                let value = match style {
                    ScalarStyle::Plain => scalar::resolve(&text),
                    _ => text.as_ref().into(),
                };
                let text = text.into_owned();
                let kind = Kind::Scalar { value, text };
                self.value(Node { span, kind }, report)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), span, report)?;
                self.open(span, Content::List(Vec::new()), report)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(anchor, tag.is_some(), span, report)?;
                let content = Content::Map {
                    entries: Vec::new(),
                    lines: HashMap::new(),
                    key: None,
                };
                self.open(span, content, report)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.value(open.close(), report),
                None => Ok(()),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn document(&mut self, span: Span, report: &mut Report<'_>) -> Result<(), Stop> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let message = "a second YAML document begins here";
        let hint = "one file holds one runbook; remove the `---` or split the file";
        report.add(span, "", Code::ManyDocuments, message, hint);
        Err(Stop)
    }

    fn refuse_alias(&self, span: Span, report: &mut Report<'_>) -> Result<(), Stop> {
        let message = "anchors and aliases are not part of the runbook format";
        let hint = "write the value out where it is used";
        report.add(span, &self.path(), Code::YamlAlias, message, hint);
        Err(Stop)
    }

    fn refuse_extras(
        &self,
        anchor: usize,
        tagged: bool,
        span: Span,
        report: &mut Report<'_>,
    ) -> Result<(), Stop> {
        if anchor > 0 {
            return self.refuse_alias(span, report);
        }
        if tagged {
            let message = "YAML tags (`!…`) are not part of the runbook format";
            let hint = "put a text that begins with `!` into quotes, as in `if: \"!cancelled()\"`";
            report.add(span, &self.path(), Code::YamlSyntax, message, hint);
            return Err(Stop);
        }
        Ok(())
    }

    fn open(&mut self, span: Span, content: Content, report: &mut Report<'_>) -> Result<(), Stop> {
        let path = self.path();
        if let Some(Open {
            content: Content::Map { key: None, .. },
            ..
        }) = self.open.last()
        {
            let message = "a key has to be a text, not a list or a map";
            let hint = "put a text that begins with `{` or `[` into quotes";
            report.add(span, &path, Code::YamlSyntax, message, hint);
            return Err(Stop);
        }
        if self.open.len() >= MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            report.add(span, "", Code::TooLarge, message, "flatten the structure");
            return Err(Stop);
        }
        self.open.push(Open {
            span,
            path,
            content,
        });
        Ok(())
    }

    /// A finished node takes its place: in the map or list around it, as a key, or as the root.
    fn value(&mut self, node: Node, report: &mut Report<'_>) -> Result<(), Stop> {
        let Some(Open { path, content, .. }) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match content {
            Content::List(items) => items.push(node),
            Content::Map {
                entries,
                lines,
                key,
            } => match (key.take(), node.kind) {
                (Some((key, key_span)), kind) => {
                    let node = Node {
                        span: node.span,
                        kind,
                    };
                    entries.push(Entry {
                        key,
                        key_span,
                        node,
                    });
                }
                (None, Kind::Scalar { text, .. }) => {
                    if let Some(line) = lines.insert(text.clone(), node.span.line) {
                        let message = format!("the key `{text}` is there already, in line {line}");
                        let hint = "remove one of the two";
                        let path = pointer(path, &text);
                        report.add(node.span, &path, Code::DuplicateKey, message, hint);
                    }
                    *key = Some((text, node.span));
                }
                // `open` has refused lists and maps as keys.
                (None, _) => return Err(Stop),
            },
        }
        Ok(())
    }

    /// JSON pointer of the node that comes next.
    fn path(&self) -> String {
        match self.open.last() {
            None => String::new(),
            Some(open) => match &open.content {
                Content::List(items) => format!("{}/{}", open.path, items.len()),
                Content::Map {
                    key: Some((key, _)),
                    ..
                } => pointer(&open.path, key),
                Content::Map { key: None, .. } => open.path.clone(),
            },
        }
    }
}

impl Open {
    fn close(self) -> Node {
        let kind = match self.content {
            Content::List(items) => Kind::List(items),
            Content::Map { entries, .. } => Kind::Map(entries),
        };
        Node {
            span: self.span,
            kind,
        }
    }
}
