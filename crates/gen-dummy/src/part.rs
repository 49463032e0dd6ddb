//! Parts of a dump: some tables (`--only`), or what one of several machines makes (`--shard`).

use command_line::Failure;
use dummy_data::{Plan, TablePlan};
use nearest_name::did_you_mean;
use std::str::FromStr;

/// Which part of the dump is made.
#[derive(Debug, clap::Args)]
pub(crate) struct PartArguments {
    /// These tables alone; others keep their rows
    #[arg(long, value_name = "TABLE", num_args = 1..)]
    pub(crate) only: Vec<String>,

    /// Part I of N, each for a machine of its own
    ///
    /// All parts behind each other are the whole dump.
    #[arg(long, value_name = "I/N", requires = "output")]
    pub(crate) shard: Option<Shard>,
}

/// One of several parts that make up a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which one, from 1.
    pub(crate) number: u64,
    /// Of how many.
    pub(crate) count: u64,
}

impl Shard {
    /// All of it.
    pub(crate) const WHOLE: Self = Self {
        number: 1,
        count: 1,
    };
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text
            .split_once('/')
            .and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
        match parsed {
            Some((number, count)) if (1..=count).contains(&number) => Ok(Self { number, count }),
            Some((number, count)) => Err(format!(
                "there is no part {number} of {count}: the first is 1/{count}, the last {count}/{count}"
            )),
            None => Err(format!(
                "`{text}` isn't a part: write 1/4, 2/4, 3/4 and 4/4"
            )),
        }
    }
}

/// Takes all tables but the named ones out of a plan.
pub(crate) fn keep_only(plan: &mut Plan, names: &[String]) -> Result<(), Failure> {
    for name in names {
        if plan.tables.iter().any(|table| is_named(table, name)) {
            continue;
        }
        let without_rows = plan
            .skipped
            .iter()
            .find(|(table, _)| table.to_string() == *name || table.name == *name);
        if let Some((_, reason)) = without_rows {
            return Err(Failure::input(format!(
                "`--only {name}`: the table gets no rows: {reason}"
            )));
        }
        let text = format!("`--only {name}`: there is no such table");
        return Err(no_such_table(plan, name, text));
    }
    plan.tables
        .retain(|table| names.iter().any(|name| is_named(table, name)));
    Ok(())
}

/// A name that no table has, with the nearest one that a table has.
pub(crate) fn no_such_table(plan: &Plan, name: &str, text: String) -> Failure {
    let skipped = plan.skipped.iter().map(|(table, _)| table.name.as_str());
    let names = plan.tables.iter().map(|table| table.name.name.as_str());
    Failure::input(text).hint(
        did_you_mean(name, names.chain(skipped))
            .unwrap_or_else(|| "`gen-dummy --explain` shows all tables".to_owned()),
    )
}

fn is_named(table: &TablePlan, name: &str) -> bool {
    table.name.to_string() == name || table.name.name == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_from_one() {
        let shard = |number, count| Ok(Shard { number, count });
        assert_eq!("1/1".parse(), shard(1, 1));
        assert_eq!("2/16".parse(), shard(2, 16));
        for wrong in ["", "1", "0/4", "5/4", "1/0", "a/b", "-1/4", "1/4/4"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
