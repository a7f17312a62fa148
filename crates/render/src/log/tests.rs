use super::*;
use crate::tests::markup::problems;
use ops_core::api::Level;
use proptest::prelude::*;

fn line(pos: i64, step: &str, source: &str, text: &str) -> LogLine {
    LogLine {
        step: step.into(),
        source: source.into(),
        ..LogLine::new(pos, Level::Info, text)
    }
}

fn numbered(texts: &[&str]) -> Vec<LogLine> {
    let texts = texts.iter().zip(1..);
    texts
        .map(|(text, pos)| line(pos, "build", "stdout", text))
        .collect()
}

fn draw(lines: &[LogLine], before: &LogState) -> (String, LogState) {
    let (html, state) = log_lines(&LogChunk {
        lines: lines.to_vec(),
        before: before.clone(),
    });
    (html.into_string(), state)
}

fn all(lines: &[LogLine]) -> String {
    draw(lines, &LogState::default()).0
}

#[test]
fn a_line_has_its_number_and_its_level() {
    let mut line = LogLine::new(12, Level::Error, "\x1b[1mpod <x>\x1b[0m crashed");
    line.step = "apply".into();
    assert_eq!(
        all(&[line]),
        format!(
            "<li class=\"step\">{FOLD}<span>apply</span></li><li id=\"L12\" class=\"l-error\"><a href=\"#L12\">12</a><span>\
             <b class=\"mark\">error </b><span class=\"a-bold\">pod &lt;x&gt;</span> crashed</span></li>"
        )
    );
}

#[test]
fn chunks_end_after_five_hundred_lines() {
    let lines: Vec<_> = (1..=1_001)
        .map(|pos| LogLine::new(pos, Level::Info, "x"))
        .collect();
    let before = LogState::default();
    let (html, _) = log_chunks(&LogChunk { lines, before });
    assert_eq!(html.as_str().matches("<ol class=\"chunk\">").count(), 3);
    assert!(
        html.as_str()
            .contains("<ol class=\"chunk\"><li id=\"L501\">")
    );
}

#[test]
fn a_step_has_one_heading_in_each_attempt() {
    let mut lines = vec![
        line(1, "build", "stdout", "one"),
        line(2, "", "control", "attempt 1 is lost"),
        line(3, "build", "stdout", "two"),
        line(4, "build", "stdout", "again"),
    ];
    lines[3].attempt = 2;
    let html = all(&lines);
    assert_eq!(html.matches("class=\"step\"").count(), 2, "{html}");
    assert!(html.contains("<span>build</span>") && html.contains("<span>build · attempt 2</span>"));
}

#[test]
fn a_group_is_a_heading_and_its_lines_know_it() {
    for [open, close] in [
        ["::group::a <b>", "::endgroup::"],
        ["##[group]a <b>", "##[endgroup]"],
        ["\u{1b}[0m  ::group::a <b>", "\u{1b}[0m::endgroup::"],
    ] {
        let html = all(&numbered(&[open, "in", close, "out", "::group", close]));
        assert!(
            html.contains(&format!(
                "<li id=\"L1\" class=\"g-head\"><a href=\"#L1\">1</a>{FOLD}<span>a &lt;b&gt;</span></li>"
            )),
            "{html}"
        );
        assert!(html.contains("<li id=\"L2\" class=\"g-in\">"));
        assert!(html.contains("<li id=\"L3\" class=\"g-in g-end\">"));
        assert!(html.contains("<li id=\"L4\"><a"));
        assert!(html.contains("<li id=\"L5\"><a") && html.contains("<li id=\"L6\"><a"));
    }
}

#[test]
fn colours_go_on_in_the_next_line_of_the_same_stream() {
    let lines = [
        line(1, "a", "stdout", "\x1b[31mred"),
        line(2, "a", "stderr", "plain"),
        line(3, "a", "stdout", "still\x1b[0m"),
        line(4, "a", "stdout", "off \x1b[32mgreen"),
        line(5, "b", "stdout", "new step"),
    ];
    let html = all(&lines);
    assert!(html.contains(">2</a><span>plain</span>"), "{html}");
    assert!(html.contains(">3</a><span><span class=\"af1\">still</span></span>"));
    assert!(html.contains(">5</a><span>new step</span>"));
}

#[test]
fn a_state_that_nobody_gave_is_none() {
    for text in [
        "",
        "x",
        "{",
        "{\"attempt\":-1}",
        "{\"looks\":{\"stdout\":{\"fore\":256}}}",
    ] {
        assert_eq!(LogState::read(text), None, "{text}");
    }
    assert_eq!(LogState::read("{}"), Some(LogState::default()));
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z<>&\"' ]{0,6}",
        3 => "\u{1b}\\[[0-9;:]{0,8}m",
        1 => "\u{1b}\\[[0-9;]{0,3}[A-Z]?",
        1 => Just("\u{9b}44m".to_string()),
        1 => Just("\r".to_string()),
        1 => Just("\u{1b}]8;;".to_string()),
    ];
    let start = prop_oneof![
        4 => Just(""), 1 => Just("::group::"), 1 => Just("::endgroup::"), 1 => Just("##[group]"), 1 => Just("##[endgroup]"),
        1 => Just(" \u{1b}[31m::group::"), 1 => Just("\u{1b}[m::endgroup::"),
    ];
    (start, prop::collection::vec(piece, 0..5))
        .prop_map(|(start, pieces)| start.to_string() + &pieces.concat())
}

fn logs() -> impl Strategy<Value = Vec<LogLine>> {
    let step = prop::sample::select(vec!["", "a", "a", "a", "b"]);
    let source = prop::sample::select(vec!["stdout", "stdout", "stderr", "worker"]);
    let one = (texts(), step, source, 0..12u32);
    prop::collection::vec(one, 0..24).prop_map(|lines| {
        let mut attempt = 1;
        let lines = lines.into_iter().zip(1..);
        let lines = lines.map(|((text, step, source, luck), pos)| {
            attempt += u32::from(luck == 0);
            LogLine {
                attempt,
                ..line(pos, step, source, &text)
            }
        });
        lines.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    /// Lines look the same whether they come at once or in parts: the state travels as text, or is
    /// made from the lines before.
    #[test]
    fn parts_are_drawn_like_the_whole(lines in logs(), cut in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let whole = all(&lines);
        prop_assert_eq!(problems(&whole), Vec::<String>::new());
        let mut cuts = [cut.index(lines.len() + 1), other.index(lines.len() + 1)];
        cuts.sort_unstable();
        let parts = [&lines[..cuts[0]], &lines[cuts[0]..cuts[1]], &lines[cuts[1]..]];
        let (mut handed_on, mut looked_back) = (String::new(), String::new());
        let mut state = LogState::default();
        let mut at = 0;
        for part in parts {
            let (html, after) = draw(part, &state);
            handed_on += &html;
            looked_back += &draw(part, &LogState::after(&lines[..at])).0;
            let sent = after.to_query();
            prop_assert!(sent.is_ascii());
            state = LogState::read(&decoded(&sent)).unwrap_or_default();
            prop_assert_eq!(&state, &after);
            at += part.len();
        }
        prop_assert_eq!(&handed_on, &whole);
        prop_assert_eq!(&looked_back, &whole);
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| (byte.unwrap_or(b'0') as char).to_digit(16).unwrap_or(0) as u8;
        bytes.push(match byte {
            b'%' => hex(rest.next()) * 16 + hex(rest.next()),
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}
