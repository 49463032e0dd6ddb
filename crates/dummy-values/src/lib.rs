//! Values of made rows: what a column holds in a row, from a seed, names and the row's number alone.
//!
//! A [`generators::Generator`] is chosen by whoever plans a schema's rows (`dummy-data`) and knows nothing of schemas:
//! it is data, and writing one cell is all that it does. Apart from the planning, because this is what runs once a
//! cell: it is compiled for speed even where the rest is compiled to be built fast. Nothing here reads a file, the
//! clock or the environment, and there is no floating-point arithmetic in values.

pub mod calendar;
pub mod cases;
pub mod check;
pub mod evaluate;
pub mod filter;
pub mod fold;
pub mod generators;
pub mod locale;
pub mod memo;
pub mod nulls;
pub mod ordinal;
pub mod password;
pub mod pinned;
pub mod pools;
pub mod random;
pub mod redraw;
pub mod scope;
pub mod story;
pub mod ways;
