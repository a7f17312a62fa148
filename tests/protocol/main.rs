//! Every state that the protocol can get into, within bounds: workers, a client, a sweeper and a control
//! room between which calls are lost, repeated, late and out of order. The control room is the model that
//! tests/contract holds equal to the SQL; what is searched here are its own transitions.

mod act;
mod call;
mod ghost;
mod judge;
mod mutants;
mod promises;
mod rooms;
mod scene;
mod search;
mod world;

use mutants::MUTANTS;
use scene::SCENES;
use search::{Search, counterexample, explored};

#[test]
fn the_protocol_keeps_its_promises_in_every_state() {
    let mut seen = std::collections::BTreeSet::new();
    for scene in SCENES {
        let found = explored(Search::of_the_protocol(scene));
        assert!(
            found.broken.is_none(),
            "{}",
            found.broken.unwrap_or_default()
        );
        seen.extend(found.sights);
    }
    // A search that never gets to the hard places proves nothing.
    let missed: Vec<_> = ghost::SIGHTS
        .iter()
        .filter(|sight| !seen.contains(*sight))
        .collect();
    assert!(missed.is_empty(), "never seen: {missed:?}");
}

#[test]
fn every_broken_protocol_is_found_out() {
    for mutant in MUTANTS {
        let path = counterexample(mutant);
        let path = path.unwrap_or_else(|| panic!("{} is not found", mutant.name));
        println!("{}\n  {path}", mutant.name);
    }
}

/// Each promise is worth its name: some mutant breaks it.
#[test]
fn every_promise_is_broken_by_some_mutant() {
    let names = promises::NAMES.iter();
    let kept: Vec<_> = names
        .filter(|name| !MUTANTS.iter().any(|mutant| &&mutant.breaks == name))
        .collect();
    assert!(kept.is_empty(), "no mutant breaks {kept:?}");
}
