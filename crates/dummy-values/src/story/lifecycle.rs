//! How far a row has come: which stages it has reached, and when.
//!
//! A row goes through steps one after the other, each some time after the one before, and may leave the way at one of
//! them. Whether something has happened is a question of whether its time has come: so old rows are through, recent
//! ones are open, and when the present moves on, rows go on and never back.

use crate::calendar::{DAY, SECOND};
use crate::generators::Birth;
use crate::memo::Memo;
use crate::random::{Key, below, mix};
use crate::story::Term;
use std::cell::Cell;
use std::sync::Arc;

/// Steps of a way that are kept for whoever asks next; nearly none has more.
const MOST_STEPS: usize = 8;
/// Ways that are kept in each thread.
const WAYS: usize = 64;

thread_local! {
    static WALKED: [Cell<Way>; WAYS] = const { [const { Cell::new(Way::NONE) }; WAYS] };
}

/// A table's way of life.
#[derive(Debug)]
pub struct Lifecycle {
    /// When it begins.
    pub birth: Arc<Birth>,
    /// The table's stream.
    pub key: Key,
    /// What happens, in order.
    pub steps: Box<[Step]>,
    /// What can happen instead.
    pub outs: Box<[Out]>,
    /// What can happen besides.
    pub sides: Box<[Side]>,
    /// The place of the label that a row is born with.
    pub initial: u32,
    /// The step that happens at a time that was planned.
    pub planned: Option<Planned>,
    /// By which its ways are kept.
    pub memo: Memo,
}

/// How far a row went.
#[derive(Debug, Clone, Copy)]
struct Way {
    function: u64,
    row: u64,
    /// When the first steps happened that it reached, and when the one behind them would.
    times: [i64; MOST_STEPS],
    /// How many of them are known.
    known: usize,
    /// How many have happened.
    reached: usize,
    end: End,
}

/// Where a way ended.
#[derive(Debug, Clone, Copy)]
struct End {
    /// Which way out it took.
    out: Option<usize>,
    /// When the last of it happened.
    last: i64,
    /// The place of the label that the state has.
    label: u32,
}

impl Way {
    /// Nobody's.
    const NONE: Self = Self {
        function: 0,
        row: 0,
        times: [0; MOST_STEPS],
        known: 0,
        reached: 0,
        end: End {
            out: None,
            last: 0,
            label: 0,
        },
    };
}

/// What happens at a time that was planned.
#[derive(Debug)]
pub struct Planned {
    /// Which step.
    pub step: usize,
    /// When.
    pub start: Arc<Term>,
    /// When the next one is planned.
    pub end: Option<Arc<Term>>,
    /// How long it takes to that where nothing says so.
    pub lasting: i64,
}

/// Something that happens after something else.
#[derive(Debug)]
pub struct Step {
    /// How long it usually takes, in microseconds.
    pub delay: i64,
    /// The place of the label that the state then has.
    pub label: Option<u32>,
}

/// Something that ends the way.
#[derive(Debug)]
pub struct Out {
    /// After how many steps.
    pub after: usize,
    /// In how many of 65,536 rows.
    pub share: u64,
    /// How long it usually takes.
    pub delay: i64,
    /// The place of the label that the state then has.
    pub label: Option<u32>,
}

/// Something that happens to some rows whatever else does.
#[derive(Debug)]
pub struct Side {
    /// The stream.
    pub key: Key,
    /// In how many of 65,536 rows.
    pub share: u64,
    /// How long it usually takes.
    pub delay: i64,
}

/// What of a lifecycle is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The birth.
    Begin,
    /// The step of that place.
    Step(usize),
    /// The way out of that place.
    Out(usize),
    /// What happens besides, by its place.
    Side(usize),
    /// The last that has happened.
    Last,
    /// When the step of that place is planned: also where it hasn't happened, once the one before has.
    Plan(usize),
}

impl Lifecycle {
    /// How long something took that usually takes so long: from a tenth of it to three times as long.
    fn delay(usual: i64, bits: u64) -> i64 {
        let share = below(bits.rotate_left(32), bits | 0xFF);
        let varied = below(share, (usual.max(1) * 3).cast_unsigned()).cast_signed();
        (usual / 10 + varied).max(SECOND)
    }

    /// When the next thing happens that would be the step of a place, or an end instead of it.
    fn next(&self, row: u64, time: i64, place: usize, usual: i64, bits: u64, ends: bool) -> i64 {
        let Some(Planned {
            step: at,
            start,
            end,
            lasting,
        }) = &self.planned
        else {
            return time + Self::delay(usual, bits);
        };
        let moment = |term: &Term| term.at(row).and_then(|moment| i64::try_from(moment).ok());
        let start = moment(start);
        let start = start.unwrap_or(time).max(time + 60 * SECOND);
        let part = |whole: i64| below(bits, whole.max(1).cast_unsigned()).cast_signed();
        if place < *at || (ends && place == *at) {
            // What comes before it, or in its place.
            time + ((start - time) / 20 + part((start - time) / 2)).max(SECOND)
        } else if place == *at {
            start + part(15 * 60 * SECOND)
        } else if place == at + 1 {
            match end.as_ref().and_then(|end| moment(end)) {
                // What ends sooner does so on the way there.
                Some(end) if ends => time + part(end - time).max(SECOND),
                Some(end) => end.max(time) + part(15 * 60 * SECOND) + SECOND,
                None => time + (lasting / 2 + part(lasting / 2)).max(SECOND),
            }
        } else {
            time + Self::delay(usual, bits)
        }
    }

    fn leaves(&self, bits: u64) -> Option<usize> {
        let mut chance = bits >> 48;
        for (place, out) in self.outs.iter().enumerate() {
            if chance < out.share {
                return Some(place);
            }
            chance -= out.share;
        }
        None
    }

    /// The way of a row, kept or walked now.
    fn way(&self, row: u64) -> Way {
        let function = self.memo.function();
        WALKED.with(|walked| {
            #[expect(clippy::cast_possible_truncation, reason = "a place below `WAYS`")]
            let slot = &walked[function.wrapping_mul(7).wrapping_add(row) as usize % WAYS];
            let kept = slot.get();
            if kept.function == function && kept.row == row {
                return kept;
            }
            let mut way = Way {
                function,
                row,
                ..Way::NONE
            };
            way.end = self.walk(row, |place, time, happened| {
                if let Some(kept) = way.times.get_mut(place) {
                    *kept = time;
                    way.known = place + 1;
                    way.reached = place + usize::from(happened);
                }
            });
            slot.set(way);
            way
        })
    }

    /// The time of a step, and whether it has happened; none where a row that goes no further has no plan for it.
    fn step(&self, row: u64, place: usize) -> Option<(i64, bool)> {
        if place < MOST_STEPS {
            let way = self.way(row);
            return (place < way.known).then(|| (way.times[place], place < way.reached));
        }
        let mut found = None;
        self.walk(row, |step, time, happened| {
            if step == place {
                found = Some((time, happened));
            }
        });
        found
    }

    /// Goes a row's way to its end, past the steps that it reaches and the one that it doesn't.
    fn walk(&self, row: u64, mut pass: impl FnMut(usize, i64, bool)) -> End {
        let birth = self.birth.at(row);
        let now = self.birth.now().max(birth);
        let bits = self.key.at(row);
        let out = self.leaves(bits);
        let mut end = End {
            out: None,
            last: birth,
            label: self.initial,
        };
        let mut draw = bits;
        for place in 0..=self.steps.len() {
            draw = mix(draw.wrapping_add(0x9E37_79B9_7F4A_7C15));
            if let Some(taken) = out
                && self.outs[taken].after == place
            {
                let out = &self.outs[taken];
                let left = self.next(row, end.last, place, out.delay, draw, true);
                if left <= now {
                    end.out = Some(taken);
                    end.last = left;
                    end.label = out.label.unwrap_or(end.label);
                }
                break;
            }
            let Some(step) = self.steps.get(place) else {
                break;
            };
            let next = self.next(row, end.last, place, step.delay, draw, false);
            // Some are forgotten, and stay as they are.
            let happens = next <= now && (draw & 0xFFFF) >= 300;
            pass(place, next, happens);
            if !happens {
                break;
            }
            end.last = next;
            end.label = step.label.unwrap_or(end.label);
        }
        end
    }

    /// The time of an event, if it has happened.
    pub fn time(&self, event: Event, row: u64) -> Option<i64> {
        match event {
            Event::Begin => Some(self.birth.at(row)),
            Event::Side(place) => {
                let birth = self.birth.at(row);
                let now = self.birth.now().max(birth);
                let side = self.sides.get(place)?;
                let bits = side.key.at(row);
                let time = birth + Self::delay(side.delay, mix(bits));
                (bits >> 48 < side.share && time <= now).then_some(time)
            }
            Event::Out(asked) => {
                let end = self.way(row).end;
                (end.out == Some(asked)).then_some(end.last)
            }
            Event::Last => Some(self.way(row).end.last),
            Event::Plan(place) => self.step(row, place).map(|(time, _)| time),
            Event::Step(place) => {
                let (time, happened) = self.step(row, place)?;
                happened.then_some(time)
            }
        }
    }

    /// The place of the label that a row's state has.
    pub fn label(&self, row: u64) -> u64 {
        u64::from(self.way(row).end.label)
    }

    /// A usual delay of so many days.
    pub fn days(days: f64) -> i64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a few days from a table of constants"
        )]
        let microseconds = (days * DAY as f64) as i64;
        microseconds
    }
}
