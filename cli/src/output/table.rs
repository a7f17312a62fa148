//! Tables for people. On a terminal the flexible column gives way, so that no row wraps.

use super::style::{self, Paint, To};
use super::text::{plain, shortened};
use crate::failure::Failure;

const GAP: usize = 2;
/// The flexible column never becomes narrower than this.
const NARROWEST: usize = 10;

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
    /// Columns that a narrow terminal goes without, the first to go first.
    spare: Vec<usize>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub fn new(head: impl Into<Vec<&'static str>>) -> Self {
        Table {
            head: head.into(),
            flexible: None,
            spare: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// The column that is cut where the terminal is too narrow.
    pub fn flexible(mut self, column: &'static str) -> Self {
        self.flexible = self.head.iter().position(|name| *name == column);
        self
    }

    /// Columns that are left out where the terminal is too narrow, the first one first.
    pub fn spare(mut self, columns: &[&'static str]) -> Self {
        let place = |column: &&str| self.head.iter().position(|name| name == column);
        self.spare = columns.iter().filter_map(place).collect();
        self
    }

    pub fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    pub fn print(&self) -> Result<(), Failure> {
        super::write(self.rendered(style::width(), To::Out))
    }

    fn rendered(&self, terminal: Option<usize>, to: To) -> String {
        let widths = self.widths(terminal);
        let head = self
            .head
            .iter()
            .map(|name| Cell::painted(name, Paint::Bold));
        let mut text = line(&head.collect::<Vec<_>>(), &widths, to);
        for row in &self.rows {
            text.push_str(&line(row, &widths, to));
        }
        text
    }

    /// Of each column; none for a column that is left out.
    fn widths(&self, terminal: Option<usize>) -> Vec<Option<usize>> {
        let mut widths: Vec<Option<usize>> =
            self.head.iter().map(|name| Some(name.len())).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(Some(cell.width()));
            }
        }
        let Some(terminal) = terminal else {
            return widths;
        };
        let mut spare = self.spare.iter();
        loop {
            let excess = total(&widths).saturating_sub(terminal);
            let flexible = self.flexible.and_then(|column| widths[column]).unwrap_or(0);
            let gives_way = flexible.saturating_sub(NARROWEST);
            match spare.next().filter(|_| excess > gives_way) {
                Some(column) => widths[*column] = None,
                None => {
                    if let Some(width) = self.flexible.and_then(|column| widths[column].as_mut()) {
                        *width -= excess.min(gives_way);
                    }
                    return widths;
                }
            }
        }
    }
}

fn total(widths: &[Option<usize>]) -> usize {
    let shown = widths.iter().flatten().count();
    widths.iter().flatten().sum::<usize>() + GAP * shown.saturating_sub(1)
}

fn line(cells: &[Cell], widths: &[Option<usize>], to: To) -> String {
    let shown = cells
        .iter()
        .zip(widths)
        .filter_map(|(cell, width)| Some((cell, (*width)?)));
    let mut text = String::new();
    let mut blanks = 0;
    for (cell, width) in shown {
        let content = shortened(&cell.text, width);
        // No blanks at the end of a line.
        text.push_str(&" ".repeat(blanks));
        blanks = width.saturating_sub(content.chars().count()) + GAP;
        text.push_str(&to.paint(cell.paint, &content));
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

    #[test]
    fn a_narrow_terminal_goes_without_spare_columns() {
        let text = table().spare(&["AGE"]).rendered(Some(14), To::Out);
        assert_eq!(text, "ID  TITLE\n1   a rather…\n22  short\n");
        let text = table().spare(&["AGE"]).rendered(Some(20), To::Out);
        assert!(text.contains("AGE"), "{text}");
    }
}
