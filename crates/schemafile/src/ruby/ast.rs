//! The tree that is evaluated.

use crate::source::Span;
use std::rc::Rc;

/// An expression; in Ruby everything is one.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

/// What an expression is. A large file has hundreds of thousands, so the rare ones with many parts keep them
/// elsewhere.
#[derive(Debug)]
pub(crate) enum ExprKind {
    Nil,
    True,
    False,
    SelfReference,
    Integer(i128),
    Float(f64),
    String(Rc<[u8]>),
    Symbol(Rc<str>),
    /// A string with `#{…}` in it, or a symbol made of one.
    Interpolated {
        parts: Box<[Expr]>,
        symbol: bool,
    },
    Array(Vec<Expr>),
    Hash(Vec<Pair>),
    Range(Box<RangeExpr>),
    Regexp {
        pattern: Rc<str>,
        /// Letters behind the second slash: `i` and `m`.
        options: &'static str,
    },
    Lambda(Rc<Block>),
    /// A local variable.
    Local(Rc<str>),
    /// An assignment to a local variable.
    Assign(Rc<str>, Box<Expr>),
    /// `name ||= value`
    AssignUnlessSet(Rc<str>, Box<Expr>),
    /// `Name::Of::Constant`
    Constant(Rc<str>),
    AssignConstant(Rc<str>, Box<Expr>),
    Call(Box<CallExpr>),
    If(Box<IfExpr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// `(…)` and `begin … end`
    Sequence(Vec<Expr>),
    /// `*value` in a list
    Splat(Box<Expr>),
    /// Ruby that isn't evaluated, with what to call it.
    Unsupported(String),
}

/// `begin..end`, either of which may be missing.
#[derive(Debug)]
pub(crate) struct RangeExpr {
    pub(crate) begin: Option<Expr>,
    pub(crate) end: Option<Expr>,
    pub(crate) exclusive: bool,
}

/// `if … else … end`
#[derive(Debug)]
pub(crate) struct IfExpr {
    pub(crate) condition: Expr,
    pub(crate) then: Vec<Expr>,
    pub(crate) otherwise: Vec<Expr>,
}

/// An element of a hash or of keyword arguments.
#[derive(Debug)]
pub(crate) enum Pair {
    /// `key => value` and `key: value`
    Entry(Expr, Expr),
    /// `**hash`
    Splat(Expr),
}

/// A method call.
#[derive(Debug)]
pub(crate) struct CallExpr {
    pub(crate) receiver: Option<Expr>,
    pub(crate) name: Rc<str>,
    pub(crate) name_span: Span,
    pub(crate) arguments: Vec<Expr>,
    /// Arguments `key: value` without braces; they come last.
    pub(crate) keywords: Vec<Pair>,
    pub(crate) block: Option<Rc<Block>>,
    /// `&:name` in place of a block.
    pub(crate) block_symbol: Option<Rc<str>>,
    /// Whether it has neither arguments nor parentheses, so that Ruby would take a local first.
    pub(crate) bare: bool,
    /// Whether it stands for the value that `key:` lacks.
    pub(crate) implicit: bool,
    /// `receiver&.name`
    pub(crate) safe: bool,
}

/// A block or the body of a lambda.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) parameters: Vec<Rc<str>>,
    pub(crate) body: Vec<Expr>,
    pub(crate) span: Span,
}
