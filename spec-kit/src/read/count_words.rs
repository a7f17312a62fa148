//! Words for what is counted, for numbers, and what may stand between the two.

use super::lexicon::Lexicon;
use std::sync::LazyLock;

/// Words for what can be counted in a bundle, and the noun that they mean.
pub(super) const NOUNS: &[(&str, &str)] = &[
    ("table", "table"),
    ("endpoint", "endpoint"),
    ("index", "index"),
    ("task", "task"),
    ("subtask", "subtask"),
    ("sub-task", "subtask"),
    ("requirement", "requirement"),
    ("phase", "phase"),
    ("milestone", "milestone"),
    ("persona", "persona"),
    ("goal", "goal"),
    ("objective", "goal"),
    ("non-goal", "non-goal"),
    ("principle", "principle"),
    ("tab", "tab"),
    ("screen", "screen"),
    ("page", "screen"),
    ("file", "file"),
    ("scenario", "scenario"),
    ("story", "story"),
    ("risk", "risk"),
    ("decision", "decision"),
    ("column", "column"),
    ("criterion", "criterion"),
    ("group", "group"),
    ("question", "question"),
    ("epic", "epic"),
    ("lane", "lane"),
    ("article", "principle"),
    ("tabelle", "table"),
    ("tabellen", "table"),
    ("endpunkte", "endpoint"),
    ("endpunkt", "endpoint"),
    ("aufgabe", "task"),
    ("aufgaben", "task"),
    ("anforderung", "requirement"),
    ("anforderungen", "requirement"),
    ("phasen", "phase"),
    ("meilensteine", "milestone"),
    ("ziele", "goal"),
    ("risiken", "risk"),
    ("spalten", "column"),
    ("prinzipien", "principle"),
    ("akzeptanzkriterien", "criterion"),
    ("teilaufgaben", "subtask"),
    ("tache", "task"),
    ("exigence", "requirement"),
    ("jalon", "milestone"),
    ("objectif", "goal"),
    ("risque", "risk"),
    ("principe", "principle"),
    ("critere", "criterion"),
    ("point de terminaison", "endpoint"),
    ("tabla", "table"),
    ("tarea", "task"),
    ("requisito", "requirement"),
    ("hito", "milestone"),
    ("objetivo", "goal"),
    ("riesgo", "risk"),
    ("principio", "principle"),
    ("criterio", "criterion"),
    ("fase", "phase"),
    ("tabela", "table"),
    ("tarefa", "task"),
    ("marco", "milestone"),
    ("risco", "risk"),
    ("historia", "story"),
    ("subtarea", "subtask"),
    ("subtarefa", "subtask"),
    ("テーブル", "table"),
    ("エンドポイント", "endpoint"),
    ("タスク", "task"),
    ("要件", "requirement"),
    ("機能要件", "requirement"),
    ("フェーズ", "phase"),
    ("目標", "goal"),
    ("リスク", "risk"),
    ("原則", "principle"),
    ("画面", "screen"),
    ("インデックス", "index"),
    ("表", "table"),
    ("数据表", "table"),
    ("接口", "endpoint"),
    ("端点", "endpoint"),
    ("任务", "task"),
    ("需求", "requirement"),
    ("功能需求", "requirement"),
    ("阶段", "phase"),
    ("目标", "goal"),
    ("风险", "risk"),
    ("原则", "principle"),
    ("页面", "screen"),
    ("索引", "index"),
    ("里程碑", "milestone"),
    ("子任务", "subtask"),
    ("验收标准", "criterion"),
];
/// Words that may stand between a number and what is counted.
pub(super) const BETWEEN: &[&str] = &[
    "functional",
    "acceptance",
    "user",
    "hard",
    "api",
    "database",
    "core",
    "open",
    "total",
    "new",
    "rpc",
    "rest",
    "public",
    "sql",
    "main",
    "non-functional",
    "success",
    "implementation",
    "detailed",
    "ui",
    "different",
    "separate",
    "key",
    "technical",
    "remaining",
    "completed",
    "funktionale",
    "offene",
    "mvp",
    "edge",
    "principal",
    "postgres",
    "http",
    "parallel",
];
const NUMBERS: &[(&str, u64)] = &[
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("funf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("trois", 3),
    ("tres", 3),
];

pub(super) static NUMBER_WORDS: LazyLock<Lexicon<u64>> =
    LazyLock::new(|| Lexicon::new(NUMBERS.iter().copied()));

/// What stands before a word.
pub(super) fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | '（' | '：' | '、')
}

/// Where the next word from a place on begins that may be a number: few are.
pub(super) fn next_number(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut is_inside = false;
    loop {
        match *bytes.get(at)? {
            // Most of a text.
            b')'..=b'~' if is_inside => {}
            b' ' | b'\t'..=b'\r' | b'(' => is_inside = false,
            0x80..0xc0 => {}
            0xc0.. if text.get(at..)?.starts_with(is_gap) => is_inside = false,
            _ if is_inside => {}
            b'0'..=b'9' | 0xc0.. => return Some(at),
            b'_' | b'/' | b'%' | b'-' => is_inside = true,
            byte if byte.is_ascii_alphabetic() => {
                if is_number_word(text.get(at..)?) {
                    return Some(at);
                }
                is_inside = true;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether a text begins with a number in words, as far as its ASCII tells.
fn is_number_word(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric();
    NUMBER_WORDS.may_have(text) && {
        let length = text.bytes().take_while(is_letter).count();
        let (word, rest) = text.split_at(length);
        NUMBER_WORDS.get(word).is_some() || rest.bytes().next().is_some_and(|byte| !byte.is_ascii())
    }
}
