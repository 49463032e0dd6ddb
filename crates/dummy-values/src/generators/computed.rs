//! Values that are computed from other columns of the row, as an equation of a check wants them.

use crate::calendar::{self, DAY, SECOND};
use crate::evaluate::value::{Value, of_type};
use crate::evaluate::{Evaluator, Fault};
use crate::generators::Generator;
use crate::nulls::Nulls;
use row_text::RowBuffer;
use sqlparser::ast::Expr;
use std::sync::Arc;
use value_model::{DataType, ValueType};

/// An expression over columns of the row.
#[derive(Debug)]
pub struct Computed {
    /// The expression.
    pub expression: Expr,
    /// The columns that it names.
    pub inputs: Box<[Input]>,
    /// The type of the result.
    pub data_type: DataType,
    /// Digits after its point.
    pub scale: u32,
}

/// A column that an expression names.
#[derive(Debug)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// What makes its values.
    pub generator: Arc<Generator>,
    /// When it is NULL.
    pub nulls: Nulls,
}

impl Input {
    /// The column's value in a row.
    pub fn at(&self, row: u64) -> Result<Value, Fault> {
        if self.nulls.at(row) {
            return Ok(Value::Null);
        }
        self.generator.read(row, |text| {
            of_type(&String::from_utf8_lossy(text), &self.data_type)
        })
    }
}

impl Computed {
    /// The value of a row; NULL for what isn't understood.
    fn at(&self, row: u64) -> Value {
        let column = |name: &str| {
            self.inputs
                .iter()
                .find(|input| input.name == name)
                .map_or_else(|| Err(Fault::unknown("a column")), |input| input.at(row))
        };
        Evaluator::default()
            .value(&self.expression, &column)
            .unwrap_or(Value::Null)
    }

    /// Whether the row's value is NULL.
    pub fn is_null(&self, row: u64) -> bool {
        self.at(row).is_null()
    }

    /// Appends the value of a row.
    pub fn write(&self, row: u64, out: &mut RowBuffer) {
        match self.at(row) {
            Value::Number(number) => {
                let rounded = number.rounded(self.scale);
                let units = rounded.at_scale(self.scale).unwrap_or(0);
                out.fixed_point(units, self.scale as usize);
            }
            Value::Day(day) if self.data_type.kind == ValueType::Date => {
                calendar::write_date(out, day);
            }
            value @ (Value::Day(_) | Value::Moment(_)) => {
                let moment = value.moment().unwrap_or(0);
                match &self.data_type.kind {
                    ValueType::Date => calendar::write_date(out, moment.div_euclid(DAY)),
                    ValueType::Timestamp {
                        precision,
                        with_time_zone,
                    } => {
                        calendar::write_timestamp(out, moment, precision.unwrap_or(6).min(6));
                        out.text(if *with_time_zone { "+00" } else { "" });
                    }
                    _ => {}
                }
            }
            Value::Time(time) => calendar::write_time(out, time, 6),
            Value::Span(span) => {
                out.text(&format!(
                    "{} mons {} days {} seconds",
                    span.months,
                    span.days,
                    span.microseconds / SECOND
                ));
            }
            Value::Truth(truth) => out.byte(if truth { b't' } else { b'f' }),
            other => {
                if let Ok(text) = other.text() {
                    out.text(&text);
                }
            }
        }
    }

    /// Whether values can hold characters that fields of a line escape.
    pub fn needs_escape(&self) -> bool {
        self.inputs
            .iter()
            .any(|input| input.generator.needs_escape())
    }
}
