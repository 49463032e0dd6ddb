//! Rows for a schema from a seed.
//!
//! [`Plan::new`] decides how every column of every table is made; [`TablePlan::write`] makes any
//! range of rows. A value is a function of the seed, the table's name, the column's name and the
//! row's number, so ranges can be made in any order by any number of threads, a new column or table
//! changes no other, and more rows append. Nothing here reads a file, the clock or the environment,
//! and there is no floating-point arithmetic in values.

mod conflict;
mod ids;
mod masters;
mod overlay;
mod pinned;
mod plan;
mod problem;
mod request;
mod settings;

use dummy_values::{
    calendar, cases, check, evaluate, fold, generators, locale, memo, nulls, ordinal, password,
    pools, random, redraw, scope, story, ways,
};

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
