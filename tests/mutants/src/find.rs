//! Lists the changes of a file: operators, negations, constants, guards, ways out of a loop or function,
//! and functions that return at once.
//!
//! Left out is what the tests do not build (`#[cfg(…)]` of tests, other systems and other features), what
//! is computed at compile time, which no switch can reach, and what stands in the arguments of macros,
//! whose grammar only they know.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, Signature, Stmt};

use crate::Result;
use crate::change::Change;

mod functions;
mod operators;

/// All changes of a file.
pub fn changes(area: &'static str, file: &str, source: &str) -> Result<Vec<Change>> {
    let tree = syn::parse_file(source).map_err(|error| format!("src/{file} cannot be read: {error}"))?;
    let mut finder = Finder { area, file, source, changes: Vec::new() };
    finder.visit_file(&tree);
    Ok(finder.changes)
}

struct Finder<'a> {
    area: &'static str,
    file: &'a str,
    source: &'a str,
    changes: Vec<Change>,
}

impl Finder<'_> {
    fn add(&mut self, span: Span, range: Range<usize>, text: String, what: String) {
        let line = span.start().line;
        self.changes.push(Change { area: self.area, file: self.file.to_owned(), line, range, text, what });
    }

    fn source_of(&self, part: &impl Spanned) -> &str {
        &self.source[part.span().byte_range()]
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        if signature.constness.is_some() {
            return;
        }
        let body = self.source_of(block).trim_matches(['{', '}']).trim().to_owned();
        let start = block.brace_token.span.open().byte_range().end;
        for &value in functions::values(&signature.output) {
            if body != value {
                let what = format!(
                    "{} returns {}",
                    signature.ident,
                    if value.is_empty() { "at once" } else { value }
                );
                self.add(signature.ident.span(), start..start, value.to_owned(), what);
            }
        }
        self.visit_block(block);
    }

    fn binary(&mut self, binary: &syn::ExprBinary) {
        if has_let(&binary.left) || has_let(&binary.right) {
            return;
        }
        let operator = self.source_of(&binary.op).to_owned();
        for other in operators::others(&operator) {
            let (left, right) = (self.source_of(&*binary.left), self.source_of(&*binary.right));
            let text = if operators::assigns(&operator) {
                format!("{left} {other} {right}")
            } else {
                format!("({left}) {other} ({right})")
            };
            self.add(binary.op.span(), binary.span().byte_range(), text, format!("{operator} to {other}"));
        }
    }

    fn unary(&mut self, unary: &syn::ExprUnary) {
        let operator = match unary.op {
            syn::UnOp::Not(_) => "!",
            syn::UnOp::Neg(_) => "-",
            _ => return,
        };
        let text = format!("({})", self.source_of(&*unary.expr));
        self.add(unary.op.span(), unary.span().byte_range(), text, format!("{operator} left out"));
    }

    fn constant(&mut self, literal: &syn::ExprLit) {
        let syn::Lit::Int(number) = &literal.lit else {
            return;
        };
        let Ok(value) = number.base10_parse::<u64>() else {
            return;
        };
        let shown = self.source_of(literal).to_owned();
        for other in [value.checked_add(1), value.checked_sub(1)].into_iter().flatten() {
            let text = format!("{other}{}", number.suffix());
            let what = format!("{shown} to {text}");
            self.add(literal.span(), literal.span().byte_range(), text, what);
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Trait(item) => &item.attrs,
            _ => return, // types, constants and macros
        };
        if is_built(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        match item {
            syn::ImplItem::Fn(item) if is_built(&item.attrs) => self.function(&item.sig, &item.block),
            _ => {}
        }
    }

    fn visit_trait_item(&mut self, item: &'ast syn::TraitItem) {
        match item {
            syn::TraitItem::Fn(item) if is_built(&item.attrs) => {
                if let Some(block) = &item.default {
                    self.function(&item.sig, block);
                }
            }
            _ => {}
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        match statement {
            Stmt::Local(local) if !is_built(&local.attrs) => return,
            Stmt::Expr(Expr::Break(_) | Expr::Continue(_) | Expr::Return(_), Some(_)) => {
                self.way_out(statement);
            }
            _ => {}
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !is_built(&arm.attrs) {
            return;
        }
        if let Some((_, guard)) = &arm.guard
            && !has_let(guard)
        {
            for value in ["true", "false"] {
                self.add(
                    guard.span(),
                    guard.span().byte_range(),
                    value.to_owned(),
                    format!("guard to {value}"),
                );
            }
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Binary(binary) => self.binary(binary),
            Expr::Unary(unary) => self.unary(unary),
            Expr::Lit(literal) => self.constant(literal),
            Expr::Block(block) if !is_built(&block.attrs) => return,
            Expr::Const(_) => return,
            Expr::Repeat(repeat) => return self.visit_expr(&repeat.expr), // its length is a constant
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    // What stands here is no expression that is evaluated.
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
}

impl Finder<'_> {
    /// `break`, `continue` and `return` as statements, that are left out.
    fn way_out(&mut self, statement: &Stmt) {
        let Stmt::Expr(expr, _) = statement else {
            return;
        };
        let word =
            self.source_of(expr).split(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_owned();
        self.add(expr.span(), expr.span().byte_range(), String::new(), format!("{word} left out"));
    }
}

/// Whether the tests build what these attributes stand before.
fn is_built(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).all(|attribute| {
        let syn::Meta::List(list) = &attribute.meta else {
            return false;
        };
        let tokens: String = list.tokens.to_string().split_whitespace().collect();
        let is_feature = tokens.starts_with("feature=\"") && !tokens.contains(',');
        is_feature || matches!(tokens.as_str(), "unix" | "target_os=\"linux\"")
    })
}

/// Whether this is `let` or a chain with one, which can only stand where it does.
fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let changes = changes("git", "x.rs", source).expect("a program");
        changes
            .iter()
            .map(|change| format!("{} {} => {}", &source[change.range.clone()], change.what, change.text))
            .collect()
    }

    #[test]
    fn what_can_be_evaluated_otherwise_is_found() {
        let found = found("fn f(a: u8, b: u8) -> X { while !(a + 1 == b) { break; } y }");
        for expected in [
            "a + 1 == b == to != => (a + 1) != (b)",
            "a + 1 + to - => (a) - (1)",
            "1 1 to 2 => 2",
            "1 1 to 0 => 0",
            "!(a + 1 == b) ! left out => ((a + 1 == b))",
            "break break left out => ",
        ] {
            assert!(found.iter().any(|line| line == expected), "{expected} in {found:#?}");
        }
    }

    #[test]
    fn what_no_switch_reaches_is_not() {
        for source in [
            "const fn f() -> u8 { 1 + 2 }",
            "const A: u8 = 1 + 2; static B: [u8; 3] = [1; 3];",
            "#[cfg(test)] mod tests { fn f() -> bool { 1 == 2 } }",
            "#[cfg(not(unix))] fn f() -> bool { 1 == 2 }",
            "fn f() -> X { let a: [u8; 3] = g::<4>([b; 3]); match a { 1..=5 => x, _ => y } }",
            "fn f() -> X { assert!(1 == 2); }",
        ] {
            assert_eq!(found(source), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn chains_with_let_stay_whole() {
        let found = found("fn f() -> X { if let Some(a) = b && c && d == e { x } else { y } }");
        assert_eq!(found, ["d == e == to != => (d) != (e)"]);
    }

    #[test]
    fn functions_return_at_once() {
        let found = found("fn f(self) -> Option<u8> { g() } fn h() -> bool { false } fn i() {}");
        assert_eq!(found, [" f returns None => None", " h returns true => true"]);
    }
}
