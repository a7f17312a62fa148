//! What may come out, by the model: the six calls one after the other, in every order. Whoever looks for
//! work (a claim, a sweep) passes what another has locked, so it may have seen less than there was.

use super::cast::{ACTS, AFTER, Act, Casting, claim, create};
use super::play::Played;
use ops_tests::harness::database::{TOKEN, auth, sha256_hex};
use ops_tests::model::normal::{Names, normal};
use ops_tests::model::{Room, Time};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Answers by call, then what is read of both runs.
pub type Outcome = BTreeMap<String, Arc<str>>;

#[derive(Clone, Debug, Default)]
struct Serial {
    order: Vec<Act>,
    /// Who passed over something.
    passed_over: BTreeSet<Act>,
}

pub struct Allowed(HashMap<Outcome, Vec<Serial>>);

/// A room, and how its runs are named.
struct Told {
    room: Room,
    runs: [String; 2],
}

/// A call's answer and the room after it.
struct After {
    told: Arc<Told>,
    answer: Arc<str>,
    passed_over: bool,
}

/// Many orders come to the same room, so each call in it is made once.
struct Search {
    casting: Casting,
    calls: HashMap<(Name, Act), Arc<Vec<After>>>,
    reads: HashMap<Name, Arc<Outcome>>,
}

/// Of a room: of what its future depends on, and what it counts.
type Name = (u64, [u32; 2]);

impl Allowed {
    pub fn of(casting: Casting) -> Self {
        let mut allowed = Allowed(HashMap::new());
        let mut search = Search {
            casting,
            calls: HashMap::new(),
            reads: HashMap::new(),
        };
        let told = Arc::new(on_stage());
        allowed.go_on(&mut search, &told, Serial::default(), Outcome::new());
        allowed
    }

    fn go_on(&mut self, search: &mut Search, told: &Arc<Told>, serial: Serial, outcome: Outcome) {
        if serial.order.len() == ACTS.len() {
            let mut outcome = outcome;
            outcome.extend(search.reads(told).as_ref().clone());
            self.0.entry(outcome).or_default().push(serial);
            return;
        }
        for act in ACTS.into_iter().filter(|act| !serial.order.contains(act)) {
            for after in search.calls(told, act).iter() {
                let mut serial = serial.clone();
                serial.order.push(act);
                if after.passed_over {
                    serial.passed_over.insert(act);
                }
                let mut outcome = outcome.clone();
                outcome.insert(format!("{act:?}"), after.answer.clone());
                self.go_on(search, &after.told, serial, outcome);
            }
        }
    }

    /// Some order of the model explains what was seen; or what was seen, in words.
    pub fn explain(&self, played: &Played) -> Result<(), String> {
        let orders = self.0.get(&played.outcome).map_or(&[][..], Vec::as_slice);
        if orders.iter().any(|serial| serial.explains(played)) {
            return Ok(());
        }
        Err(format!(
            "no order of the model explains it.\nOrders that would, against time: {:?}\nbefore: {:?}\n{:#?}",
            orders
                .iter()
                .map(|serial| &serial.order)
                .collect::<Vec<_>>(),
            played.before,
            played.outcome,
        ))
    }
}

impl Serial {
    /// What ended before another began comes before it, and nothing is locked for who is alone.
    fn explains(&self, played: &Played) -> bool {
        let place = |act: &Act| self.order.iter().position(|other| other == act);
        played
            .before
            .iter()
            .all(|(one, other)| place(one) < place(other))
            && self.passed_over.is_subset(&played.met)
    }
}

impl Search {
    fn calls(&mut self, told: &Told, act: Act) -> Arc<Vec<After>> {
        let casting = self.casting;
        let known = self.calls.entry((told.name(), act));
        let made = known.or_insert_with(|| Arc::new(alternatives(casting, told, act)));
        made.clone()
    }

    fn reads(&mut self, told: &Told) -> Arc<Outcome> {
        let known = self.reads.entry(told.name());
        known.or_insert_with(|| Arc::new(read_all(told))).clone()
    }
}

/// The room after the call, for each set of runs that it may have passed over; those that make no
/// difference are left out.
fn alternatives(casting: Casting, told: &Told, act: Act) -> Vec<After> {
    let masks = match act {
        Act::Claim | Act::Sweep => 0..4,
        _ => 0..1,
    };
    let mut found: Vec<After> = Vec::new();
    for mask in masks {
        let mut next = told.copy();
        let passed = (0..2).filter(|place| mask >> place & 1 == 1).collect();
        next.room.pass_over(passed);
        let answer = next.call(act.function(), casting.call(act, &told.runs));
        next.room.pass_over(BTreeSet::new());
        let is_known = |known: &After| known.told.room == next.room && *known.answer == *answer;
        if !found.iter().any(is_known) {
            found.push(After {
                told: Arc::new(next),
                answer: answer.into(),
                passed_over: mask != 0,
            });
        }
    }
    found
}

impl Told {
    fn copy(&self) -> Self {
        Told {
            room: self.room.clone(),
            runs: self.runs.clone(),
        }
    }

    fn name(&self) -> Name {
        let refused = |place: usize| self.room.runs()[place].refused_writes;
        (self.room.fingerprint(), [refused(0), refused(1)])
    }

    fn call(&mut self, function: &str, mut p: Value) -> String {
        p["auth"] = auth();
        let answer = self.room.call(function, p);
        let answer = answer.unwrap_or_else(|e| panic!("{function}: {e}"));
        normal(answer, &mut named(&self.runs), self.room.now()).to_string()
    }
}

/// Both runs by their places, in whatever order answers name them.
pub fn named(runs: &[String; 2]) -> Names {
    let mut names = Names::default();
    for run in runs {
        normal(json!(run), &mut names, Time::of_this_machine());
    }
    names
}

fn on_stage() -> Told {
    let mut room = Room::new();
    let token = json!({ "name": "test", "kinds": ["operator", "worker"], "token_sha256": sha256_hex(TOKEN) });
    room.call("ops_first_token", token).expect("a token");
    let mut told = Told {
        room,
        runs: Default::default(),
    };
    told.call("runs_create", create());
    told.call("runs_claim", claim());
    told.room.advance_by(AFTER);
    told.runs = [0, 1].map(|place: usize| told.room.runs()[place].id.clone());
    told
}

/// What `outcome` says of both runs at the end.
pub const READS: [&str; 2] = ["runs_get", "events_list"];

fn read_all(told: &Told) -> Outcome {
    let mut told = told.copy();
    let mut outcome = Outcome::new();
    for (number, run) in told.runs.clone().iter().enumerate() {
        for function in READS {
            let answer = told.call(function, json!({ "run_id": run }));
            outcome.insert(format!("{function} {number}"), answer.into());
        }
    }
    outcome
}
