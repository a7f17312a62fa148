use super::parse::{Line, parse};
use super::*;

const TEXT: &str =
    "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ fn\n same\n--- old\n+<new>\n end\n\\ No newline\n";

#[test]
fn hunks_say_what_is_a_header() {
    assert_eq!(
        parse(TEXT),
        [
            Line::File("--- a/x"),
            Line::File("+++ b/x"),
            Line::Hunk("@@ -1,3 +1,3 @@ fn"),
            Line::Same {
                old: 1,
                new: 1,
                text: "same"
            },
            Line::Gone {
                old: 2,
                text: "-- old"
            },
            Line::Came {
                new: 2,
                text: "<new>"
            },
            Line::Same {
                old: 3,
                new: 3,
                text: "end"
            },
            Line::Note("\\ No newline"),
        ]
    );
}

#[test]
fn one_column() {
    let html = diff(TEXT);
    assert!(html.as_str().contains(
        "<tr class=\"d-add\"><td class=\"n\"></td><td class=\"n\">2</td><td class=\"m\">+</td>\
         <td class=\"c\">&lt;new&gt;</td></tr>"
    ));
}

#[test]
fn side_by_side() {
    let html = diff_split("@@ -1,2 +1 @@\n-a\n-b\n+c\n");
    assert!(html.as_str().contains(
        "<tr class=\"d-both\"><td class=\"n\">1</td><td class=\"m\">−</td><td class=\"c\">a</td>\
         <td class=\"n\">1</td><td class=\"m\">+</td><td class=\"c\">c</td></tr>\
         <tr class=\"d-del\"><td class=\"n\">2</td>"
    ));
}

#[test]
fn hostile_numbers_do_no_harm() {
    for text in [
        "@@ -18446744073709551615,9 +18446744073709551615,9 @@\n-a\n+b\n c\n",
        "@@ -1,99999999999999999999 +1 @@\n-a",
        "@@ é @@\né\n@@ -1 +1 @@\né",
        "",
    ] {
        diff(text);
        diff_split(text);
    }
}
