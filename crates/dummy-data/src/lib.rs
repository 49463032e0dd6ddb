//! Rows for a schema from a seed.
//!
//! [`Plan::new`] decides how every column of every table is made; [`TablePlan::write`] makes any
//! range of rows. A value is a function of the seed, the table's name, the column's name and the
//! row's number, so ranges can be made in any order by any number of threads, a new column or table
//! changes no other, and more rows append. Nothing here reads a file, the clock or the environment,
//! and there is no floating-point arithmetic in values.

mod calendar;
mod cases;
mod check;
mod conflict;
mod evaluate;
mod fold;
mod generators;
mod ids;
mod locale;
mod masters;
mod nulls;
mod ordinal;
mod overlay;
mod password;
mod pinned;
mod plan;
mod pools;
mod problem;
mod random;
mod redraw;
mod request;
mod scope;
mod settings;
mod story;
mod ways;

pub use calendar::days_since_1970;
pub use conflict::merge_conflicts;
pub use locale::Locale;
pub use masters::{Field, Master};
pub use nulls::Nulls;
pub use overlay::{OverlaidCell, OverlaidRow, TableOverlay, What};
pub use pinned::{Pin, PinnedCells};
pub use plan::{
    ColumnPlan, GeneratorKind, OptionKind, OptionType, Plan, TablePlan, generator_kinds,
};
pub use problem::Problem;
pub use request::{DEFAULT_ROWS, DEFAULT_TODAY, Request};
pub use settings::{
    Case, ColumnSettings, Conditions, Distribution, Filter, FixedCell, FixedRow, FixedValue,
    GeneratorSettings, LifecycleSettings, LifecycleStep, Located, OptionValue, PerParent, Persona,
    Place, Settings, Source, Span, TableSettings, Take, TemplatePart,
};
pub use ways::Chooser;
