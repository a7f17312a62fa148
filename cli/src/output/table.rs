//! Tables for people. On a terminal the flexible column gives way, so that no row wraps.

use super::style::{self, Paint, To};
use super::text::{plain, shortened};
use crate::failure::Failure;

const GAP: usize = 2;
/// The flexible column never becomes narrower than this.
const NARROWEST: usize = 12;

pub struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    pub fn new(text: impl AsRef<str>) -> Self {
        Cell {
            text: plain(text.as_ref()),
            paint: Paint::Plain,
        }
    }

    pub fn painted(text: impl AsRef<str>, paint: Paint) -> Self {
        Cell {
            paint,
            ..Cell::new(text)
        }
    }

    /// A status in its colour.
    pub fn status(word: &str) -> Self {
        Cell::painted(word, Paint::of_status(word))
    }

    /// A dash stands for nothing.
    pub fn maybe(text: Option<impl AsRef<str>>) -> Self {
        match text {
            Some(text) => Cell::new(text),
            None => Cell::painted("-", Paint::Dim),
        }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

pub struct Table {
    head: Vec<&'static str>,
    flexible: Option<usize>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn new(head: impl Into<Vec<&'static str>>) -> Self {
        Table {
            head: head.into(),
            flexible: None,
            rows: Vec::new(),
        }
    }

    /// The column that is cut where the terminal is too narrow.
    pub fn flexible(mut self, column: &'static str) -> Self {
        self.flexible = self.head.iter().position(|name| *name == column);
        self
    }

    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    pub fn print(&self) -> Result<(), Failure> {
        super::write(self.rendered(style::width(), To::Out))
    }

    fn rendered(&self, width: Option<usize>, to: To) -> String {
        let widths = self.widths(width);
        let head: Vec<_> = self
            .head
            .iter()
            .map(|name| Cell::painted(name, Paint::Bold))
            .collect();
        let mut text = line(&head, &widths, to);
        for row in &self.rows {
            text.push_str(&line(row, &widths, to));
        }
        text
    }

    fn widths(&self, terminal: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self.head.iter().map(|name| name.len()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        if let (Some(terminal), Some(column)) = (terminal, self.flexible) {
            let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            let excess = total.saturating_sub(terminal);
            let narrowest = NARROWEST.min(widths[column]);
            widths[column] = widths[column].saturating_sub(excess).max(narrowest);
        }
        widths
    }
}

fn line(cells: &[Cell], widths: &[usize], to: To) -> String {
    let mut text = String::new();
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let content = shortened(&cell.text, *width);
        let padding = width.saturating_sub(content.chars().count());
        text.push_str(&to.paint(cell.paint, &content));
        // No blanks at the end of a line.
        if index + 1 < cells.len() {
            text.push_str(&" ".repeat(padding + GAP));
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["ID", "TITLE", "AGE"]).flexible("TITLE");
        table.row([
            Cell::new("1"),
            Cell::new("a rather long title of a run"),
            Cell::new("4s"),
        ]);
        table.row([
            Cell::new("22"),
            Cell::new("short"),
            Cell::maybe(None::<&str>),
        ]);
        table
    }

    #[test]
    fn columns_line_up() {
        assert_eq!(
            table().rendered(None, To::Out),
            "ID  TITLE                         AGE\n\
             1   a rather long title of a run  4s\n\
             22  short                         -\n"
        );
    }

    #[test]
    fn the_flexible_column_gives_way() {
        let text = table().rendered(Some(26), To::Out);
        assert!(
            text.lines().all(|line| line.chars().count() <= 26),
            "{text}"
        );
        assert!(text.contains("a rather long ti…"), "{text}");
    }
}
