//! The tables of docs/OPERATIONS.md that say what can be set: from the command line itself, from the
//! action and from the variables of Spin. `cargo xtask configuration` writes them.

mod files;
mod flags;

const MARK: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/OPERATIONS.md");

/// The text with what stands between its marks made anew.
fn fill(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        let (what, after) = after.split_once(" -->\n").unwrap_or((after, ""));
        let (_, after) = after.split_once(END).unwrap_or(("", after));
        let part = match what {
            "action.yml" => files::action(include_str!("../../../action.yml")),
            "spin.toml" => files::spin(include_str!("../../../functions/spin/spin.toml")),
            command => flags::table(command),
        };
        out += &format!("{before}{MARK}{what} -->\n{part}{END}");
        rest = after;
    }
    out + rest
}

/// One row. What would end a cell is escaped, and what would be read as a tag.
fn row(cells: &[&str]) -> String {
    let cells = cells.iter().map(|cell| {
        let escaped = cell.trim().replace('|', "\\|").replace('<', "&lt;");
        escaped.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// As code; nothing where there is nothing.
fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{text}`"),
    }
}

#[test]
fn the_document_has_each_flag_and_variable_as_the_code_has_it() {
    let text = std::fs::read_to_string(DOCUMENT).expect("the document");
    let made = fill(&text);
    if std::env::var("OPS_GOLDEN").is_ok_and(|value| value == "write") {
        std::fs::write(DOCUMENT, made).expect("written");
        return;
    }
    assert!(text.matches(MARK).count() >= 6, "the marks are there");
    assert_eq!(text, made, "run `cargo xtask configuration`");
}
