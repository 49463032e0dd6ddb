//! From Prism's tree to ours.
//!
//! What can't be evaluated becomes [`ExprKind::Unsupported`] and is an error only if it is reached: the
//! condition block of ridgepole's `execute`, for one, may hold any Ruby. Depth is bounded here, so that
//! nobody who walks our tree can run out of stack.

use super::ast::{Block, CallExpr, Expr, ExprKind, IfExpr, Pair, RangeExpr};
use super::pool::Pool;
use crate::diagnostic::{Diagnostic, excerpt};
use crate::source::{Sources, Span, offset, to_index};
use ruby_prism::{CallNode, Location, Node, NodeList, ParseResult, StatementsNode};
use std::rc::Rc;

/// A file that was parsed.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// What it says.
    pub(crate) statements: Vec<Expr>,
    /// What in it Ruby doesn't read, if there is such a thing.
    pub(crate) unread: Option<Diagnostic>,
    /// What its comments say to tools, each with its place.
    pub(crate) remarks: Vec<(Span, String)>,
}

/// Parses a file of the run.
///
/// # Errors
/// The syntax errors that a person would mend: most of those after the first follow from it.
pub(crate) fn parse(sources: &Sources, file: u32) -> Result<Parsed, Vec<Diagnostic>> {
    let Some(source) = sources.file(file) else {
        return Ok(Parsed {
            statements: Vec::new(),
            unread: None,
            remarks: Vec::new(),
        });
    };
    let text = source.text.as_str();
    let result = ruby_prism::parse(text.as_bytes());
    let errors = super::syntax::errors(&result, file, text);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut lowering = Lowering {
        file,
        text,
        path: &source.path,
        depth: 0,
        pool: Pool::new(),
    };
    let program = result.node().as_program_node();
    let unread = unread(&result, lowering.span(&result.node().location()), text);
    let remarks = result
        .comments()
        .filter_map(|comment| {
            let text = crate::places::remark(std::str::from_utf8(comment.text()).ok()?)?;
            Some((lowering.span(&comment.location()), text.to_owned()))
        })
        .collect();
    Ok(Parsed {
        statements: program
            .map(|program| lowering.statements(Some(program.statements())))
            .unwrap_or_default(),
        unread,
        remarks,
    })
}

/// What stands behind the end of a program for Ruby: `__END__`, or a character that closed files long ago.
fn unread(result: &ParseResult<'_>, program: Span, text: &str) -> Option<Diagnostic> {
    let place = |start: usize, end: usize| Span {
        start: offset(start),
        end: offset(end),
        ..program
    };
    if let Some(below) = result.data_loc() {
        let start = to_index(below.start());
        let mark = "__END__".len();
        let is_empty = text
            .get(start + mark..)
            .is_none_or(|rest| rest.trim().is_empty());
        return (!is_empty).then(|| {
            Diagnostic::warning(
                place(start, start + mark),
                "what stands below `__END__` isn't read",
            )
        });
    }
    let behind = to_index(program.end);
    let rest = text.get(behind..)?;
    let at = rest.find(['\0', '\u{4}', '\u{1a}'])?;
    let character = rest[at..].chars().next()?;
    let is_last = rest[at + 1..].trim().is_empty();
    (!is_last).then(|| {
        let number = u32::from(character);
        Diagnostic::error(
            place(behind + at, behind + at + 1),
            format!(
                "the character U+{number:04X} ends the file for Ruby, so what follows isn't read"
            ),
        )
        .hint("take it out; or isn't this file text?")
    })
}

struct Lowering<'text> {
    file: u32,
    text: &'text str,
    path: &'text str,
    depth: usize,
    pool: Pool,
}

impl Lowering<'_> {
    /// Expressions nested deeper than this are refused; real files don't reach 20.
    const MOST_DEPTH: usize = 150;

    fn span(&self, location: &Location<'_>) -> Span {
        let end = offset(self.text.len());
        Span {
            file: self.file,
            start: location.start().min(end),
            end: location.end().min(end),
        }
    }

    fn statements(&mut self, statements: Option<StatementsNode<'_>>) -> Vec<Expr> {
        statements
            .map(|statements| self.list(&statements.body()))
            .unwrap_or_default()
    }

    /// The nodes' iterator doesn't say how many it has; the list does.
    fn list(&mut self, nodes: &NodeList<'_>) -> Vec<Expr> {
        let mut list = Vec::with_capacity(nodes.len());
        list.extend(nodes.iter().map(|node| self.expr(&node)));
        list
    }

    fn body(&mut self, body: Option<Node<'_>>) -> Vec<Expr> {
        let Some(node) = body else { return Vec::new() };
        match node.as_statements_node() {
            Some(statements) => self.statements(Some(statements)),
            None => vec![self.expr(&node)],
        }
    }

    fn boxed(&mut self, node: &Node<'_>) -> Box<Expr> {
        Box::new(self.expr(node))
    }

    fn unsupported(&self, span: Span, what: &str) -> ExprKind {
        let code = self
            .text
            .get(to_index(span.start)..to_index(span.end))
            .unwrap_or_default();
        let code = excerpt(code);
        ExprKind::Unsupported(if what.is_empty() {
            format!("`{code}`")
        } else {
            format!("{what} (`{code}`)")
        })
    }

    fn expr(&mut self, node: &Node<'_>) -> Expr {
        let span = self.span(&node.location());
        if self.depth >= Self::MOST_DEPTH {
            return Expr {
                kind: ExprKind::Unsupported("code nested this deep".into()),
                span,
            };
        }
        self.depth += 1;
        let kind = self.kind(node, span);
        self.depth -= 1;
        Expr { kind, span }
    }

    fn kind(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        match node {
            Node::NilNode { .. } => ExprKind::Nil,
            Node::TrueNode { .. } => ExprKind::True,
            Node::FalseNode { .. } => ExprKind::False,
            Node::SelfNode { .. } => ExprKind::SelfReference,
            Node::SourceFileNode { .. } => {
                ExprKind::String(Rc::from(format!("/{}", self.path).as_bytes()))
            }
            Node::ParenthesesNode { .. }
            | Node::BeginNode { .. }
            | Node::StatementsNode { .. }
            | Node::EmbeddedStatementsNode { .. } => self.grouping(node, span),
            Node::IntegerNode { .. } | Node::FloatNode { .. } => self.number(node, span),
            Node::StringNode { .. }
            | Node::SymbolNode { .. }
            | Node::InterpolatedStringNode { .. }
            | Node::InterpolatedSymbolNode { .. }
            | Node::RegularExpressionNode { .. } => self.text(node, span),
            Node::ArrayNode { .. } | Node::HashNode { .. } | Node::RangeNode { .. } => {
                self.collection(node, span)
            }
            Node::KeywordHashNode { .. } => match node.as_keyword_hash_node() {
                Some(hash) => ExprKind::Hash(self.pairs(&hash.elements())),
                None => self.unsupported(span, ""),
            },
            Node::XStringNode { .. } | Node::InterpolatedXStringNode { .. } => {
                self.unsupported(span, "a shell command")
            }
            Node::LocalVariableReadNode { .. }
            | Node::ItLocalVariableReadNode { .. }
            | Node::LocalVariableWriteNode { .. }
            | Node::LocalVariableOrWriteNode { .. }
            | Node::ConstantReadNode { .. }
            | Node::ConstantPathNode { .. }
            | Node::ConstantWriteNode { .. } => self.name(node, span),
            Node::CallNode { .. } => match node.as_call_node() {
                Some(call) => self.call(&call, false),
                None => self.unsupported(span, ""),
            },
            Node::ImplicitNode { .. } => self.implicit(node, span),
            Node::LambdaNode { .. } => match node.as_lambda_node() {
                Some(lambda) => match self.block(lambda.parameters(), lambda.body(), span) {
                    Some(block) => ExprKind::Lambda(block),
                    None => self.unsupported(span, PARAMETERS),
                },
                None => self.unsupported(span, ""),
            },
            Node::IfNode { .. } | Node::UnlessNode { .. } | Node::ElseNode { .. } => {
                self.condition(node, span)
            }
            Node::AndNode { .. } => match node.as_and_node() {
                Some(and) => ExprKind::And(self.boxed(&and.left()), self.boxed(&and.right())),
                None => self.unsupported(span, ""),
            },
            Node::OrNode { .. } => match node.as_or_node() {
                Some(or) => ExprKind::Or(self.boxed(&or.left()), self.boxed(&or.right())),
                None => self.unsupported(span, ""),
            },
            Node::SplatNode { .. } => {
                match node.as_splat_node().and_then(|splat| splat.expression()) {
                    Some(value) => ExprKind::Splat(self.boxed(&value)),
                    None => self.unsupported(span, ""),
                }
            }
            _ => self.unsupported(span, ""),
        }
    }

    fn grouping(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        if let Some(parentheses) = node.as_parentheses_node() {
            return ExprKind::Sequence(self.body(parentheses.body()));
        }
        if let Some(statements) = node.as_statements_node() {
            return ExprKind::Sequence(self.statements(Some(statements)));
        }
        if let Some(embedded) = node.as_embedded_statements_node() {
            return ExprKind::Sequence(self.statements(embedded.statements()));
        }
        match node.as_begin_node() {
            Some(begin) if begin.rescue_clause().is_none() && begin.ensure_clause().is_none() => {
                ExprKind::Sequence(self.statements(begin.statements()))
            }
            _ => self.unsupported(span, "`rescue`"),
        }
    }

    fn number(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        if let Some(float) = node.as_float_node() {
            return ExprKind::Float(float.value());
        }
        let Some(integer) = node.as_integer_node() else {
            return self.unsupported(span, "");
        };
        let value = integer.value();
        let (negative, digits) = value.to_u32_digits();
        if digits.len() > 3 {
            return self.unsupported(span, "a number of more than 96 bits");
        }
        let magnitude = digits
            .iter()
            .rev()
            .fold(0_i128, |number, &digit| (number << 32) | i128::from(digit));
        ExprKind::Integer(if negative { -magnitude } else { magnitude })
    }

    fn text(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        if let Some(string) = node.as_string_node() {
            return ExprKind::String(self.pool.string(string.unescaped()));
        }
        if let Some(symbol) = node.as_symbol_node() {
            return match std::str::from_utf8(symbol.unescaped()) {
                Ok(name) => ExprKind::Symbol(self.pool.name(name.as_bytes())),
                Err(_) => self.unsupported(span, "a symbol that is not UTF-8"),
            };
        }
        if let Some(string) = node.as_interpolated_string_node() {
            let parts = self.list(&string.parts()).into();
            return ExprKind::Interpolated {
                parts,
                symbol: false,
            };
        }
        if let Some(symbol) = node.as_interpolated_symbol_node() {
            let parts = self.list(&symbol.parts()).into();
            return ExprKind::Interpolated {
                parts,
                symbol: true,
            };
        }
        match node.as_regular_expression_node() {
            Some(regexp) if !regexp.is_extended() => {
                match std::str::from_utf8(regexp.content_loc().as_slice()) {
                    Ok(pattern) => ExprKind::Regexp {
                        pattern: Rc::from(pattern),
                        options: match (regexp.is_ignore_case(), regexp.is_multi_line()) {
                            (false, false) => "",
                            (true, false) => "i",
                            (false, true) => "m",
                            (true, true) => "im",
                        },
                    },
                    Err(_) => self.unsupported(span, ""),
                }
            }
            _ => self.unsupported(span, ""),
        }
    }

    fn collection(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        if let Some(array) = node.as_array_node() {
            return ExprKind::Array(self.list(&array.elements()));
        }
        if let Some(hash) = node.as_hash_node() {
            return ExprKind::Hash(self.pairs(&hash.elements()));
        }
        match node.as_range_node() {
            Some(range) => ExprKind::Range(Box::new(RangeExpr {
                begin: range.left().map(|node| self.expr(&node)),
                end: range.right().map(|node| self.expr(&node)),
                exclusive: range.is_exclude_end(),
            })),
            None => self.unsupported(span, ""),
        }
    }

    fn pairs(&mut self, elements: &NodeList<'_>) -> Vec<Pair> {
        let mut pairs = Vec::with_capacity(elements.len());
        pairs.extend(elements.iter().map(|element| {
            if let Some(pair) = element.as_assoc_node() {
                return Pair::Entry(self.expr(&pair.key()), self.expr(&pair.value()));
            }
            let inner = element
                .as_assoc_splat_node()
                .and_then(|splat| splat.value());
            Pair::Splat(self.expr(inner.as_ref().unwrap_or(&element)))
        }));
        pairs
    }

    fn name(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        if let Some(local) = node.as_local_variable_read_node() {
            return ExprKind::Local(self.pool.name(local.name().as_slice()));
        }
        if node.as_it_local_variable_read_node().is_some() {
            return ExprKind::Local(Rc::from("it"));
        }
        if let Some(write) = node.as_local_variable_write_node() {
            return ExprKind::Assign(
                self.pool.name(write.name().as_slice()),
                self.boxed(&write.value()),
            );
        }
        if let Some(write) = node.as_local_variable_or_write_node() {
            return ExprKind::AssignUnlessSet(
                self.pool.name(write.name().as_slice()),
                self.boxed(&write.value()),
            );
        }
        if let Some(write) = node.as_constant_write_node() {
            return ExprKind::AssignConstant(
                self.pool.name(write.name().as_slice()),
                self.boxed(&write.value()),
            );
        }
        let path = self
            .text
            .get(to_index(span.start)..to_index(span.end))
            .unwrap_or_default();
        let plain = path
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | ':'));
        if plain {
            ExprKind::Constant(Rc::from(path.trim_start_matches("::")))
        } else {
            self.unsupported(span, "")
        }
    }

    fn implicit(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        let Some(value) = node.as_implicit_node().map(|implicit| implicit.value()) else {
            return self.unsupported(span, "");
        };
        match value.as_call_node() {
            Some(call) => self.call(&call, true),
            None => self.expr(&value).kind,
        }
    }

    fn call(&mut self, call: &CallNode<'_>, implicit: bool) -> ExprKind {
        let whole = self.span(&call.location());
        let name_span = call
            .message_loc()
            .map_or(whole, |location| self.span(&location));
        let mut arguments = Vec::new();
        let mut keywords = Vec::new();
        if let Some(list) = call.arguments() {
            let list = list.arguments();
            arguments.reserve_exact(list.len());
            for argument in &list {
                match argument.as_keyword_hash_node() {
                    Some(hash) => keywords = self.pairs(&hash.elements()),
                    None => arguments.push(self.expr(&argument)),
                }
            }
        }
        let mut block = None;
        let mut block_symbol = None;
        if let Some(node) = call.block() {
            if let Some(literal) = node.as_block_node() {
                let place = self.span(&literal.location());
                block = self.block(literal.parameters(), literal.body(), place);
                if block.is_none() {
                    return self.unsupported(place, PARAMETERS);
                }
            } else {
                let symbol = node
                    .as_block_argument_node()
                    .and_then(|argument| argument.expression())
                    .and_then(|expression| expression.as_symbol_node())
                    .map(|symbol| self.pool.name(symbol.unescaped()));
                match symbol {
                    Some(symbol) => block_symbol = Some(symbol),
                    None => {
                        return self.unsupported(self.span(&node.location()), "a block argument");
                    }
                }
            }
        }
        ExprKind::Call(Box::new(CallExpr {
            receiver: call.receiver().map(|receiver| self.expr(&receiver)),
            name: self.pool.name(call.name().as_slice()),
            name_span,
            arguments,
            keywords,
            block,
            block_symbol,
            bare: call.is_variable_call(),
            implicit,
            safe: call.is_safe_navigation(),
        }))
    }

    fn condition(&mut self, node: &Node<'_>, span: Span) -> ExprKind {
        if let Some(branch) = node.as_if_node() {
            return ExprKind::If(Box::new(IfExpr {
                condition: self.expr(&branch.predicate()),
                then: self.statements(branch.statements()),
                otherwise: match branch.subsequent() {
                    Some(node) => vec![self.expr(&node)],
                    None => Vec::new(),
                },
            }));
        }
        if let Some(branch) = node.as_unless_node() {
            return ExprKind::If(Box::new(IfExpr {
                condition: self.expr(&branch.predicate()),
                then: match branch.else_clause() {
                    Some(branch) => self.statements(branch.statements()),
                    None => Vec::new(),
                },
                otherwise: self.statements(branch.statements()),
            }));
        }
        match node.as_else_node() {
            Some(branch) => ExprKind::Sequence(self.statements(branch.statements())),
            None => self.unsupported(span, ""),
        }
    }

    /// A block or the body of a lambda. None when its parameters are more than plain names.
    fn block(
        &mut self,
        parameters: Option<Node<'_>>,
        body: Option<Node<'_>>,
        span: Span,
    ) -> Option<Rc<Block>> {
        Some(Rc::new(Block {
            parameters: self.parameters(parameters)?,
            body: self.body(body),
            span,
        }))
    }

    /// Names of a block's parameters: plain ones, and those that `_1` and `it` stand for.
    fn parameters(&mut self, node: Option<Node<'_>>) -> Option<Vec<Rc<str>>> {
        let Some(node) = node else {
            return Some(Vec::new());
        };
        if let Some(numbered) = node.as_numbered_parameters_node() {
            let names = (1..=numbered.maximum()).map(|number| Rc::from(format!("_{number}")));
            return Some(names.collect());
        }
        if node.as_it_parameters_node().is_some() {
            return Some(vec![Rc::from("it")]);
        }
        let Some(list) = node.as_block_parameters_node()?.parameters() else {
            return Some(Vec::new());
        };
        let is_plain = list.optionals().is_empty()
            && list.rest().is_none()
            && list.posts().is_empty()
            && list.keywords().is_empty()
            && list.keyword_rest().is_none()
            && list.block().is_none();
        if !is_plain {
            return None;
        }
        list.requireds()
            .iter()
            .map(|node| {
                let parameter = node.as_required_parameter_node()?;
                Some(self.pool.name(parameter.name().as_slice()))
            })
            .collect()
    }
}

/// What to call parameters that aren't evaluated.
const PARAMETERS: &str = "parameters of a block that are more than names";
