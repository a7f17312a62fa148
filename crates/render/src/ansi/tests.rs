use super::colour::{contrast, nearest, rgb};
use super::*;

fn check(input: &str, expect: &str) {
    assert_eq!(ansi(input).as_str(), expect, "{input:?}");
}

#[test]
fn colours_become_classes() {
    check(
        "\x1b[31mred\x1b[0m plain",
        "<span class=\"af1\">red</span> plain",
    );
    check(
        "\x1b[1;32mok\x1b[22m go",
        "<span class=\"af2 a-bold\">ok</span><span class=\"af2\"> go</span>",
    );
    check("\x1b[38;5;208mx", "<span class=\"af208\">x</span>");
    check("\x1b[38:5:208mx", "<span class=\"af208\">x</span>");
    check("\x1b[38;2;255;135;0mx", "<span class=\"af208\">x</span>");
    check("\x1b[38:2::255:135:0mx", "<span class=\"af208\">x</span>");
    check("\x1b[97mx\x1b[mx", "<span class=\"af15\">x</span>x");
    check("\x1b[41;97mx", "<span class=\"ab1 a-paper\">x</span>");
    check("\x1b[43mx", "<span class=\"ab3 a-ink\">x</span>");
    check("\x1b[7mx\x1b[27my", "<span class=\"a-inverse\">x</span>y");
    check("\u{9b}31mred", "<span class=\"af1\">red</span>");
}

#[test]
fn spans_do_not_cross_lines() {
    check(
        "\x1b[31ma\nb\x1b[0m",
        "<span class=\"af1\">a</span>\n<span class=\"af1\">b</span>",
    );
}

#[test]
fn other_escapes_are_dropped() {
    check("a\x1b[2Kb\x1b[10;20Hc\x1b[?25ld", "abcd");
    check("\x1b]0;title\x07x\x1b]2;t\x1b\\y", "xy");
    check("\x1b]8;;https://a.example\x1b\\link\x1b]8;;\x1b\\", "link");
    check("\x1bPq#0\x1b\\x\x1b(By\x1b7z", "xyz");
    check("bell\x07 back\x08 del\x7f nul\0", "bell back del nul");
    check("cut \x1b[3", "cut ");
    check("cut \x1b]8;;text stays", "cut 8;;text stays");
    check("\x1b[31;zzmx", "zmx");
}

#[test]
fn a_progress_bar_shows_its_last_state() {
    check("10 %\r50 %\r100 %\r\ndone", "100 %\ndone");
    check(
        "\x1b[32m10 %\r100 %\x1b[0m",
        "<span class=\"af2\">100 %</span>",
    );
}

#[test]
fn text_is_escaped() {
    check(
        "\x1b[31m<script>\"'&",
        "<span class=\"af1\">&lt;script&gt;&quot;&#x27;&amp;</span>",
    );
    check(
        "<scr\x1b[31mipt>",
        "&lt;scr<span class=\"af1\">ipt&gt;</span>",
    );
}

#[test]
fn true_colour_takes_the_nearest() {
    assert_eq!(nearest([255, 0, 0]), 196);
    assert_eq!(nearest([128, 128, 128]), 244);
    for index in 16..=255u8 {
        assert_eq!(rgb(nearest(rgb(index))), rgb(index));
    }
}

#[test]
fn every_colour_can_be_read_in_both_themes() {
    let sheet = stylesheet();
    for line in sheet.lines() {
        let colours: Vec<[u8; 3]> = line
            .split('#')
            .skip(1)
            .map(|hex| [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()))
            .collect();
        assert!(contrast(colours[0], [0xf6, 0xf7, 0xf9]) >= 4.5, "{line}");
        assert!(contrast(colours[1], [0x15, 0x1b, 0x23]) >= 4.5, "{line}");
    }
}
