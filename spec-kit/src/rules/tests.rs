use super::*;
use crate::order::Gather;
use std::collections::BTreeSet;

#[test]
fn the_table_is_sorted_within_its_groups_and_has_no_id_twice() {
    for group in table::ALL {
        assert!(group.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
    let ids: BTreeSet<&str> = rules().map(|rule| rule.id).into_set();
    assert_eq!(ids.len(), rules().count());
    for rule in rules() {
        let texts = [
            rule.title,
            rule.why,
            rule.bad,
            rule.good,
            rule.fix,
            rule.source,
        ];
        assert!(
            texts.iter().all(|text| !text.trim().is_empty()),
            "{}",
            rule.id
        );
    }
}

#[test]
fn a_rule_is_explained_with_both_examples() {
    let text = explain(" sk-trc-001").expect("known");
    assert!(text.starts_with("SK-TRC-001 (error)\n"));
    for part in ["Why: ", "Reported:\n", "Fine:\n", "To do: ", "Source: "] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_wrong_id_is_told_the_nearest() {
    let error = explain("SK-TRC-099").expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "there is no rule SK-TRC-099; did you mean SK-TRC-001?"
    );
    assert_eq!(
        explain("x").expect_err("unknown").to_string(),
        "there is no rule x"
    );
}

#[test]
fn both_tables_have_every_rule() {
    let parsed: serde_json::Value = serde_json::from_str(&json()).expect("JSON");
    assert_eq!(parsed.as_array().map(Vec::len), Some(rules().count()));
    assert_eq!(markdown().lines().count(), rules().count() + 2);
}
