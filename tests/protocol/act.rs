//! What may happen next, and what comes of it.

use crate::call::{Answer, Call, End, Job, Settled, worker_name};
use crate::judge;
use crate::rooms::Step;
use crate::scene::{PASS, Settles};
use crate::search::{LeaseFrom, Search};
use crate::world::{Awaits, Phase, Work, World};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Pass,
    /// A worker claims, and settles what it ended.
    Ask {
        worker: u8,
        settles: Option<(Job, End)>,
    },
    /// A worker heard nothing and asks the same again.
    AskAgain {
        worker: u8,
    },
    Beat(Job),
    End(Job, End),
    /// A call gets to the API.
    Arrive(Call, Fate),
    /// The second half of an append that locked nothing.
    Write(Job),
    /// An answer gets to whoever asked.
    Hear(Answer),
    /// The sweeper looks, and later does its work.
    Look,
    Rescue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// Answered, and it will arrive once more.
    Repeated,
    /// The API commits, and dies before it answers.
    Crashed,
}

pub fn possible(search: &Search, world: &World, actions: &mut Vec<Action>) {
    let scene = &search.scene;
    if world.ghost.broken.is_some() {
        return;
    }
    for call in &world.calls {
        actions.push(Action::Arrive(*call, Fate::Answered));
        if world.spent.repeats < scene.repeats {
            actions.push(Action::Arrive(*call, Fate::Repeated));
        }
        let is_awaited = matches!(call, Call::Claim { .. } | Call::Beat { .. });
        if world.spent.crashes < scene.crashes && is_awaited {
            actions.push(Action::Arrive(*call, Fate::Crashed));
        }
    }
    actions.extend(world.looked.iter().map(|job| Action::Write(*job)));
    actions.extend(world.answers.iter().cloned().map(Action::Hear));
    for (worker, knows) in (0..).zip(&world.workers) {
        match knows.awaits {
            Awaits::Nothing if knows.request < scene.claims[usize::from(worker)] => {
                ask(search, world, worker, actions);
            }
            Awaits::Claim(_) if world.spent.repeats < scene.repeats => {
                actions.push(Action::AskAgain { worker });
            }
            _ => {}
        }
        for ((run, attempt), work) in &knows.jobs {
            let job = Job {
                worker,
                run: *run,
                attempt: *attempt,
            };
            work_on(search, job, work, actions);
        }
    }
    match &world.sweeper {
        Some(_) => actions.push(Action::Rescue),
        None if world.spent.sweeps < scene.sweeps
            && !world.room.room.look_for_lost().is_empty() =>
        {
            actions.push(Action::Look);
        }
        None => {}
    }
    if world.time < scene.passes {
        actions.push(Action::Pass);
    }
}

/// A worker with one place: it claims when nothing is at work, or when what was is over.
fn ask(search: &Search, world: &World, worker: u8, actions: &mut Vec<Action>) {
    let knows = &world.workers[usize::from(worker)];
    if search.scene.settles == Settles::WithAClaim {
        for ((run, attempt), _) in knows.jobs.iter().filter(|(_, work)| work.may_speak()) {
            let job = Job {
                worker,
                run: *run,
                attempt: *attempt,
            };
            actions.push(Action::Ask {
                worker,
                settles: Some((job, End::Succeeded)),
            });
        }
    }
    if !knows.jobs.values().any(|work| work.phase == Phase::Working) {
        actions.push(Action::Ask {
            worker,
            settles: None,
        });
    }
}

/// Nothing here asks what time it is: a worker can be frozen between its look at the clock and its call.
fn work_on(search: &Search, job: Job, work: &Work, actions: &mut Vec<Action>) {
    if !work.may_speak() {
        return;
    }
    if work.beats < search.scene.beats {
        actions.push(Action::Beat(job));
    }
    if search.scene.settles == Settles::Alone {
        actions.push(Action::End(job, End::Succeeded));
        if search.scene.releases {
            actions.push(Action::End(job, End::Released));
        }
    }
}

pub fn next(search: &Search, world: &World, action: Action) -> World {
    let mut world = world.clone();
    match action {
        Action::Pass => {
            world.time += 1;
            let now = world.time;
            let all = world
                .workers
                .iter_mut()
                .flat_map(|worker| worker.jobs.values_mut());
            all.for_each(|work| work.look_at_the_clock(now));
            world.room = search.step(&world, Step::Pass).after.clone();
        }
        Action::Ask { worker, settles } => {
            let settles = settles.map(|(job, end)| world.end(search, job, end));
            let knows = &mut world.workers[usize::from(worker)];
            knows.request += 1;
            knows.awaits = Awaits::Claim(settles);
            world.send_claim(worker);
        }
        Action::AskAgain { worker } => {
            world.spent.repeats += 1;
            world.send_claim(worker);
        }
        Action::Beat(job) => {
            world.work(job).expect("a job").beats += 1;
            let sent = world.time;
            world.calls.insert(Call::Beat { job, sent });
        }
        Action::End(job, end) => {
            let settled = world.end(search, job, end);
            world.calls.insert(Call::Finish(settled));
        }
        Action::Arrive(call, fate) => arrive(search, &mut world, call, fate),
        Action::Write(job) => write(search, &mut world, job),
        Action::Hear(answer) => {
            world.answers.remove(&answer);
            hear(search, &mut world, answer);
        }
        Action::Look => {
            world.spent.sweeps += 1;
            world.sweeper = Some(world.room.room.look_for_lost());
        }
        Action::Rescue => {
            let found = world.sweeper.take().unwrap_or_default();
            let stepped = search.step(&world, Step::Rescue(found.clone()));
            world.room = stepped.after.clone();
            judge::rescue(search, &stepped, &mut world.ghost, &found);
        }
    }
    world.forget_what_nobody_awaits();
    world
}

impl World {
    /// The tree is gone before its end is told.
    fn end(&mut self, search: &Search, job: Job, end: End) -> Settled {
        self.work(job).expect("a job").phase = Phase::Ended;
        let events = u8::from(search.scene.appends);
        Settled { job, end, events }
    }

    fn send_claim(&mut self, worker: u8) {
        let knows = &self.workers[usize::from(worker)];
        if let Awaits::Claim(settles) = knows.awaits {
            let (request, sent) = (knows.request, self.time);
            self.calls.insert(Call::Claim {
                worker,
                request,
                settles,
                sent,
            });
        }
    }

    /// Whoever has its answer hangs up on all others.
    fn forget_what_nobody_awaits(&mut self) {
        let workers = &self.workers;
        self.answers.retain(|answer| match answer {
            Answer::Claimed {
                worker, request, ..
            } => {
                let knows = &workers[usize::from(*worker)];
                knows.request == *request && matches!(knows.awaits, Awaits::Claim(_))
            }
            Answer::Beaten { job, .. } => {
                let work = workers[usize::from(job.worker)]
                    .jobs
                    .get(&(job.run, job.attempt));
                work.is_some_and(Work::may_speak)
            }
        });
    }
}

fn arrive(search: &Search, world: &mut World, call: Call, fate: Fate) {
    world.spent.repeats += u8::from(fate == Fate::Repeated);
    world.spent.crashes += u8::from(fate == Fate::Crashed);
    if fate != Fate::Repeated {
        world.calls.remove(&call);
    }
    if let Call::Append(job) = call
        && !search.rules.append_locks_the_lease()
    {
        let looked = search.step(world, Step::Look(job));
        world.room = looked.after.clone();
        if looked.answer.is_null() {
            world.looked.insert(job);
        }
        return;
    }
    let stepped = search.step(world, Step::Call(call));
    world.room = stepped.after.clone();
    judge::call(search, &stepped, &mut world.ghost, &call);
    if fate != Fate::Crashed {
        let heard = call.answered(&stepped.answer, &stepped.after.room);
        world.answers.extend(heard);
    }
}

fn write(search: &Search, world: &mut World, job: Job) {
    world.looked.remove(&job);
    let stepped = search.step(world, Step::Write(job));
    world.room = stepped.after.clone();
    judge::call(search, &stepped, &mut world.ghost, &Call::Append(job));
}

fn hear(search: &Search, world: &mut World, answer: Answer) {
    let now = world.time;
    match answer {
        Answer::Claimed {
            worker,
            sent,
            given,
            ..
        } => {
            let from = match search.lease_from {
                LeaseFrom::ItsSending => sent,
                LeaseFrom::ItsAnswer => now,
            };
            let knows = &mut world.workers[usize::from(worker)];
            knows.awaits = Awaits::Nothing;
            for (run, attempt, seconds) in given {
                if search.scene.appends {
                    // At once: how long it is under way nobody knows.
                    world.calls.insert(Call::Append(Job {
                        worker,
                        run,
                        attempt,
                    }));
                }
                let mut work = Work::begun(from, seconds);
                work.look_at_the_clock(now);
                if work.phase == Phase::Overdue {
                    // It never begins.
                    work.phase = Phase::Stopped;
                }
                knows.jobs.insert((run, attempt), work);
            }
        }
        Answer::Beaten { job, sent, seconds } => {
            let work = world.work(job).expect("a job");
            match seconds {
                Some(seconds) => work.until = work.until.max(Work::begun(sent, seconds).until),
                None => work.phase = Phase::Stopped,
            }
        }
    }
}

/// Whose a job is, for paths that people read.
pub fn told(action: &Action) -> String {
    let of = |job: &Job| {
        format!(
            "run {} attempt {} of {}",
            job.run,
            job.attempt,
            worker_name(job.worker)
        )
    };
    match action {
        Action::Pass => format!("{PASS} s pass"),
        Action::Ask {
            worker,
            settles: None,
        } => format!("{} claims", worker_name(*worker)),
        Action::Ask {
            worker,
            settles: Some((job, end)),
        } => {
            format!(
                "{} claims and settles {} as {end:?}",
                worker_name(*worker),
                of(job)
            )
        }
        Action::AskAgain { worker } => format!("{} claims the same again", worker_name(*worker)),
        Action::Beat(job) => format!("a heartbeat is sent: {}", of(job)),
        Action::End(job, end) => format!("the end is sent: {} as {end:?}", of(job)),
        Action::Arrive(call, Fate::Answered) => format!("arrives: {call:?}"),
        Action::Arrive(call, Fate::Repeated) => format!("arrives, and will again: {call:?}"),
        Action::Arrive(call, Fate::Crashed) => format!("arrives, and the API dies: {call:?}"),
        Action::Write(job) => format!("the event is written: {}", of(job)),
        Action::Hear(answer) => format!("heard: {answer:?}"),
        Action::Look => "the sweeper looks".into(),
        Action::Rescue => "the sweeper does its work".into(),
    }
}
