//! What a pass leaves in docs/: its rows, their plot, and their table between two marks of
//! docs/BENCHMARKS.md.

use crate::plot;
use crate::report::{Shown, table};
use crate::setup::Fallible;
use serde::{Deserialize, Serialize};

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
const BEGIN: &str = "<!-- cargo xtask bench --write: begin -->";
const END: &str = "<!-- cargo xtask bench --write: end -->";

#[derive(Serialize, Deserialize)]
pub struct Measured {
    pub facts: String,
    pub rows: Vec<Shown>,
}

impl Measured {
    pub fn read() -> Fallible<Self> {
        let text = std::fs::read_to_string(format!("{DOCS}/benchmarks.json"))?;
        Ok(serde_json::from_str(&text)?)
    }

    pub fn markdown(&self) -> String {
        format!("{}\n\n{}", self.facts, table(&self.rows))
    }

    pub fn write(&self) -> Fallible<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(format!("{DOCS}/benchmarks.json"), text)?;
        self.draw()
    }

    pub fn draw(&self) -> Fallible<()> {
        std::fs::write(format!("{DOCS}/benchmarks.svg"), plot::svg(&self.rows))?;
        let page = format!("{DOCS}/BENCHMARKS.md");
        let picture = "![Jobs per second and latencies of the table below, ours beside raw SQL, graphile-worker and pg-boss](benchmarks.svg)";
        let new = between_marks(
            &std::fs::read_to_string(&page)?,
            &format!("{picture}\n\n{}", self.markdown()),
        )?;
        std::fs::write(page, new)?;
        Ok(())
    }
}

fn between_marks(page: &str, new: &str) -> Fallible<String> {
    let (before, rest) = page.split_once(BEGIN).ok_or("BENCHMARKS.md has no begin")?;
    let (_, after) = rest.split_once(END).ok_or("BENCHMARKS.md has no end")?;
    Ok(format!(
        "{before}{BEGIN}\n\n{}\n\n{END}{after}",
        new.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_table_takes_the_place_of_the_old_and_of_nothing_else() {
        let page = format!("# Measured\n\n{BEGIN}\nold\n{END}\n\nmore\n");
        let once = between_marks(&page, "new\n").expect("marks");
        assert_eq!(
            once,
            format!("# Measured\n\n{BEGIN}\n\nnew\n\n{END}\n\nmore\n")
        );
        assert_eq!(between_marks(&once, "new\n").expect("marks"), once);
        assert!(between_marks("no marks", "new").is_err());
    }

    #[test]
    fn the_page_has_a_place_for_the_table() {
        let page = std::fs::read_to_string(format!("{DOCS}/BENCHMARKS.md")).expect("the page");
        assert!(between_marks(&page, "new").is_ok());
    }
}
