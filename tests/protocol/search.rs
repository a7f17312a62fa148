//! The search itself: breadth first, so that the first broken promise has the shortest path to it.

use crate::act::{self, Action};
use crate::call::{Call, create, let_in, put};
use crate::ghost::Ghost;
use crate::mutants::Mutant;
use crate::promises::{self, Ends};
use crate::rooms::{Known, Step, Stepped, Steps};
use crate::scene::{Begins, Scene};
use crate::world::{Spent, Worker, World};
use ops_tests::model::rules::{Protocol, Rules};
use ops_tests::model::{Room, Time};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Instant;

pub struct Search {
    pub name: &'static str,
    pub scene: Scene,
    pub rules: &'static dyn Rules,
    pub lease_from: LeaseFrom,
    pub ends: Ends,
    steps: Steps,
    sights: Mutex<BTreeSet<&'static str>>,
}

/// From when a worker counts the lease that it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseFrom {
    ItsSending,
    ItsAnswer,
}

impl Search {
    pub fn of_the_protocol(scene: &Scene) -> Self {
        Self::new(scene.name, scene, &Protocol, LeaseFrom::ItsSending)
    }

    pub fn of_a(mutant: &Mutant) -> Self {
        Self::new(mutant.name, &mutant.scene, mutant.rules, mutant.lease_from)
    }

    fn new(
        name: &'static str,
        scene: &Scene,
        rules: &'static dyn Rules,
        lease_from: LeaseFrom,
    ) -> Self {
        Search {
            name,
            scene: *scene,
            rules,
            lease_from,
            ends: Ends::default(),
            steps: Steps::default(),
            sights: Mutex::default(),
        }
    }

    pub fn step(&self, world: &World, step: Step) -> Arc<Stepped> {
        self.steps.take(&self.scene, &world.room, step)
    }

    pub fn saw(&self, sight: &'static str) {
        self.sights.lock().expect("nobody panics").insert(sight);
    }
}

impl Model for Search {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        let mut room = Room::by(self.rules, Time::of_this_machine());
        let_in(&mut room);
        let mut calls = BTreeSet::new();
        match self.scene.begins {
            Begins::Queued => {
                put(&mut room, "runs_create", create(&self.scene));
            }
            Begins::WithACreate => {
                calls.insert(Call::Create);
            }
        }
        calls.extend((0..self.scene.cancels).map(|run| Call::Cancel { run }));
        vec![World {
            room: Known::new(room),
            time: 0,
            calls,
            answers: BTreeSet::new(),
            looked: BTreeSet::new(),
            sweeper: None,
            workers: vec![Worker::default(); self.scene.claims.len()],
            spent: Spent::default(),
            ghost: Ghost {
                highest: vec![0; self.scene.runs.into()],
                took: BTreeMap::new(),
                broken: None,
            },
        }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        act::possible(self, world, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        Some(act::next(self, world, action))
    }

    fn format_action(&self, action: &Action) -> String {
        act::told(action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        promises::all()
    }
}

pub struct Explored {
    /// The promise, and the shortest path to where it is broken.
    pub broken: Option<String>,
    pub sights: BTreeSet<&'static str>,
}

/// Every state of a scene, or as far as the first broken promise.
pub fn explored(search: Search) -> Explored {
    let (name, started) = (search.name, Instant::now());
    let checker = search.checker().finish_when(HasDiscoveries::AnyFailures);
    let checker = checker.threads(1).spawn_bfs().join();
    println!(
        "{name}: {} states, {} steps, at most {} deep, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        started.elapsed().as_secs_f64(),
    );
    let broken = checker.discoveries().into_iter().next();
    let sights = checker
        .model()
        .sights
        .lock()
        .expect("nobody panics")
        .clone();
    Explored {
        broken: broken.map(|(promise, path)| told(promise, &path.into_actions())),
        sights,
    }
}

/// The shortest path to where a mutant breaks its promise.
pub fn counterexample(mutant: &Mutant) -> Option<String> {
    let mut shortest: Option<Vec<Action>> = None;
    loop {
        let mut checker = Search::of_a(mutant).checker();
        checker = checker.finish_when(HasDiscoveries::AnyOf([mutant.breaks].into()));
        // The search tells the last path that it found, and it looks at many states at once.
        if let Some(longer) = &shortest {
            checker = checker.target_max_depth(longer.len() + 1);
        }
        let checker = checker.threads(1).spawn_bfs().join();
        match checker.discovery(mutant.breaks) {
            Some(path) => shortest = Some(path.into_actions()),
            None => return shortest.map(|actions| told(mutant.breaks, &actions)),
        }
    }
}

fn told(promise: &str, actions: &[Action]) -> String {
    let steps: Vec<String> = actions.iter().map(act::told).collect();
    format!("{promise}: broken by\n    {}", steps.join("\n    "))
}
