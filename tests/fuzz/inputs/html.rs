//! ANSI and Markdown become HTML in which nothing of theirs is markup.

#[path = "../../../crates/render/src/tests/markup.rs"]
mod markup;

use crate::over_text;
use ops_render::{ansi, diff, diff_split, markdown};

const ANSI: &[&str] = &[
    "\u{1b}[1;31mred\u{1b}[0m plain \u{1b}[38;2;1;2;3mtrue\u{1b}[48;5;200mindexed\u{1b}[m",
    "10%\r20%\r\u{1b}[K100%\n\u{1b}]8;;https://x\u{7}link\u{1b}]8;;\u{1b}\\",
    "\u{1b}[38:2::1:2:3mcolons\u{9b}32mC1\u{1b}P1;2|payload\u{1b}\\<script>&amp;\"'",
];

const SEQUENCES: &[&str] = &[
    "\u{1b}[",
    "\u{1b}]",
    "\u{1b}P",
    "\u{1b}\\",
    "\u{7}",
    "\u{9b}",
    "38;5;",
    "48;2;",
    "m",
    ";;;;",
    ":",
    "\r",
    "\n",
    "<script>",
    "\" onload=\"",
    "&#x3c;",
    "</span>",
    "\u{202e}",
    "\u{0}",
];

const MARKDOWN: &[&str] = &[
    "# One\n\nText *a* **b** `c` [l](https://x \"t\") ![i](https://y)\n\n- [x] done\n- [ ] open\n",
    "| a | b |\n|:-|-:|\n| 1 | <b>2</b> |\n\n```html\n<script>alert(1)</script>\n```\n",
    "<script>alert(1)</script>\n\n[a](javascript:alert(1)) <https://x> [b]: data:text/html,x\n\n> q\n> > r\n",
    "@@ -1,2 +1,2 @@\n-old\n+new\n same\n",
];

const MARKS: &[&str] = &[
    "](javascript:",
    "](data:text/html,",
    "](//x",
    "![",
    "<img src=x onerror=y>",
    "<!--",
    "-->",
    "<![CDATA[",
    "```",
    "~~~",
    "\n\n",
    "    ",
    "> ",
    "1. ",
    "|",
    "|-|",
    "&lt;",
    "&#106;",
    "\\",
    "~~",
    "[^1]",
    "\n---\n",
    "</p></div>",
    "\u{0}",
    "@@ -1 +1 @@",
    "\n+",
    "\n-",
];

fn well_formed(what: &str, html: &str) -> Result<(), String> {
    let problems = markup::problems(html);
    if !problems.is_empty() {
        return Err(format!("{what}: {problems:?} in {html}"));
    }
    match html.to_ascii_lowercase().contains("<script") {
        true => Err(format!("{what}: a script in {html}")),
        false => Ok(()),
    }
}

#[test]
fn terminal_text_becomes_balanced_html_without_escapes() {
    over_text("ansi", ANSI, SEQUENCES, |text| {
        let html = ansi(text);
        if html.as_str().contains('\u{1b}') {
            return Err("an escape is left".into());
        }
        well_formed("ansi", html.as_str())
    });
}

#[test]
fn markdown_and_diffs_become_balanced_html_without_scripts() {
    over_text("markdown", MARKDOWN, MARKS, |text| {
        well_formed("markdown", markdown(text).as_str())?;
        well_formed("diff", diff(text).as_str())?;
        well_formed("a diff in two columns", diff_split(text).as_str())
    });
}
