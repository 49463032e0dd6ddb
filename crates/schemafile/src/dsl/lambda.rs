//! Lambdas that give SQL text.

use super::Dsl;
use crate::adapter::Adapter;
use crate::fragment::{self, Part};
use crate::ruby::{Interpreter, Located, Value};
use crate::source::Span;
use std::rc::Rc;

impl<A: Adapter> Dsl<A> {
    /// The SQL of a default that is a lambda, with its place; none where it gives no text, which was reported.
    pub(crate) fn lambda_text(
        &mut self,
        interpreter: &mut Interpreter<'_>,
        default: &Located,
    ) -> Option<(String, Span)> {
        let Value::Lambda(block) = &default.value else {
            return None;
        };
        let block = Rc::clone(block);
        let sql = interpreter.call_lambda(self, &block);
        match sql.value.as_name() {
            Some(text) if !text.contains('\0') => {
                let text = text.to_owned();
                fragment::check::<A>(interpreter, &text, sql.span, Part::Expression);
                Some((text, sql.span))
            }
            _ => {
                if !sql.value.is_unknown() {
                    interpreter.fail(
                        sql.span,
                        "the lambda of a default gives SQL text, such as `-> { \"now()\" }`",
                    );
                }
                None
            }
        }
    }
}
