//! Values that follow from other values: of the row, of the rows that it points to, of those that point to it.
//!
//! All of it is computed where it is asked for. A parent's value in a child's row is made again from the parent's
//! number; what must look at all children takes one pass over whom they point to ([`Family`]), some bytes for each
//! row, and is the same for every thread and shard. Nothing here can go in a circle: what a value is made of is built
//! before it.
//!
//! Numbers and moments are one kind of value, in millionths: of one, or of a second since 1970.

mod choice;
mod days;
mod family;
mod lifecycle;
mod number;
mod term;
mod wording;

pub use choice::{Choice, Pairs, Test, Way};
pub use days::OwnDays;
pub use family::{Family, Pointer, follow};
pub use lifecycle::{Event, Lifecycle, Out, Planned, Side, Step};
pub use number::{Form, read};
pub use term::{Fold, Over, RankAlike, RunningSum, Term};
pub use wording::{NestedSet, Wording, slug_of};

/// One, and a second.
pub const ONE: i128 = 1_000_000;
