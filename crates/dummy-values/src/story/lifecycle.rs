//! How far a row has come: which stages it has reached, and when.
//!
//! A row goes through steps one after the other, each some time after the one before, and may leave the way at one of
//! them. Whether something has happened is a question of whether its time has come: so old rows are through, recent
//! ones are open, and when the present moves on, rows go on and never back.

use crate::calendar::{DAY, SECOND};
use crate::generators::Birth;
use crate::random::{Key, below, mix};
use crate::story::Term;
use std::sync::Arc;

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

    /// The time of an event, if it has happened.
    pub fn time(&self, event: Event, row: u64) -> Option<i64> {
        let birth = self.birth.at(row);
        if event == Event::Begin {
            return Some(birth);
        }
        let now = self.birth.now().max(birth);
        if let Event::Side(place) = event {
            let side = self.sides.get(place)?;
            let bits = side.key.at(row);
            let time = birth + Self::delay(side.delay, mix(bits));
            return (bits >> 48 < side.share && time <= now).then_some(time);
        }
        let bits = self.key.at(row);
        let out = self.leaves(bits);
        let mut time = birth;
        let mut draw = bits;
        for place in 0..=self.steps.len() {
            draw = mix(draw.wrapping_add(0x9E37_79B9_7F4A_7C15));
            if let Some(out) = out
                && self.outs[out].after == place
            {
                let end = self.next(row, time, place, self.outs[out].delay, draw, true);
                return match event {
                    Event::Out(asked) => (asked == out && end <= now).then_some(end),
                    Event::Last if end <= now => Some(end),
                    Event::Last => Some(time),
                    _ => None,
                };
            }
            let Some(step) = self.steps.get(place) else {
                break;
            };
            let next = self.next(row, time, place, step.delay, draw, false);
            if event == Event::Plan(place) {
                return Some(next);
            }
            // Some are forgotten, and stay as they are.
            if next > now || (draw & 0xFFFF) < 300 {
                break;
            }
            time = next;
            if event == Event::Step(place) {
                return Some(time);
            }
        }
        (event == Event::Last).then_some(time)
    }

    /// The place of the label that a row's state has.
    pub fn label(&self, row: u64) -> u64 {
        let birth = self.birth.at(row);
        let now = self.birth.now().max(birth);
        let bits = self.key.at(row);
        let out = self.leaves(bits);
        let mut label = self.initial;
        let mut time = birth;
        let mut draw = bits;
        for place in 0..=self.steps.len() {
            draw = mix(draw.wrapping_add(0x9E37_79B9_7F4A_7C15));
            if let Some(out) = out
                && self.outs[out].after == place
            {
                let end = self.next(row, time, place, self.outs[out].delay, draw, true);
                return u64::from(match self.outs[out].label {
                    Some(own) if end <= now => own,
                    _ => label,
                });
            }
            let Some(step) = self.steps.get(place) else {
                break;
            };
            let next = self.next(row, time, place, step.delay, draw, false);
            if next > now || (draw & 0xFFFF) < 300 {
                break;
            }
            time = next;
            label = step.label.unwrap_or(label);
        }
        u64::from(label)
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
