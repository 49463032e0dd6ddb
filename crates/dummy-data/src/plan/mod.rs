//! Decides, before the first row is made, how many rows each table gets and how each column is made.
//!
//! Stages, of which each is handed what those before it gave and gives back what it decided, and none knows of those after
//! it; [`conductor`] calls them in this order:
//!
//! | stage | gives |
//! |---|---|
//! | [`facts`] reads schema, masters and configuration | what is [known](facts::table) of each table, which never changes, and its [duties](facts::duties): what its rows have to keep |
//! | [`story`] finds what follows from what | [`story::Story`]; and the duties less what the story keeps by itself |
//! | [`rows`] cuts row counts to what can be unique | [`rows::Decided`]: rows, and what each column [needs](rows::need) to do for them; and the duties less what can't be kept |
//! | [`columns`] chooses a generator for each column | [`product::TablePlan`]s |
//! | [`repair`] lets rows take other values where they break a check | the same with those columns redrawn |
//! | [`verify`] holds rows against the constraints as the schema writes them | what is left in [doubt], which stops the run |
//!
//! What can't be done is an error here; what was assumed is a warning. What the stages share lies beside them:
//! [`names`], [`sql`], [`bounds`], [`topics`], and [`kinds`], the generators that a configuration can name.
//!
//! Where a rule about a column lives:
//!
//! | what decides | where |
//! |---|---|
//! | a CHECK | [`crate::check`] understands it, [`facts::rules`] applies it, [`facts::ways`] where it leaves several |
//! | an equation of a CHECK | [`facts::equations`] chooses what is computed, [`columns::computed`] computes it |
//! | an index or a constraint that wants something unique | [`facts::uniques`], kept by [`rows`], or by [`story`] |
//! | a range that overlaps no other | [`facts::slots`] |
//! | a foreign key | [`facts::keys`]; keys that share columns [`facts::scopes`] |
//! | SQL that the Schemafile hands through, tables that inherit | the crate that made the [`Subject`](value_model::Subject) |
//! | the configuration | [`facts::settings`] refuses, [`facts::applied`] applies, [`columns::configured`] makes |
//! | a row that the configuration gives | [`fixed`] refuses and places, [`columns::pinned`] puts it there |
//! | what follows from other columns, rows or tables | [`story`], whose head has a table of its own |
//! | the name of a text | [`columns::text_rules`] |
//! | the name of a number | [`columns::number_rules`] |
//! | the name of a date or time | [`columns::moments`] |
//! | a name that means another table, or an order of two columns | [`facts::by_name`], [`facts::polymorphic`], [`columns::counts`] |
//! | how often a column is NULL | [`columns::nulls`] |
//! | nothing but the type | [`columns::by_type`] |

mod bounds;
mod columns;
mod conductor;
mod doubt;
mod facts;
mod fixed;
pub(crate) mod kinds;
mod names;
mod product;
mod repair;
mod rows;
pub(crate) mod sql;
pub(crate) mod story;
mod topics;
mod verify;

pub use kinds::{GeneratorKind, OptionKind, OptionType, generator_kinds};
pub(crate) use names::is_named;
pub use product::{ColumnPlan, Plan, TablePlan};
