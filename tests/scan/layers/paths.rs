//! The paths that a source file writes: those of its `use` trees, each branch on its own, and those that stand
//! in its code.

use super::tokens::tokens;

/// A path as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// How many modules with a body in the same file are around it.
    pub(super) inline: usize,
    /// Its words.
    pub(super) words: Vec<String>,
    /// The name that a `use` gives what it leads to; none for a path in code.
    pub(super) name: Option<String>,
}

/// All of them, in order.
pub(super) fn paths(text: &str) -> Vec<Written> {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0, braces: Vec::new(), out: Vec::new() };
    while reader.at < tokens.len() {
        reader.step();
    }
    reader.out
}

struct Reader<'t> {
    tokens: &'t [String],
    at: usize,
    /// For every brace that is open, whether it is the body of a module.
    braces: Vec<bool>,
    out: Vec<Written>,
}

impl Reader<'_> {
    fn token(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", String::as_str)
    }

    /// The sign or word `back` before the next.
    fn before(&self, back: usize) -> &str {
        self.at.checked_sub(back).map_or("", |at| self.token(at))
    }

    fn step(&mut self) {
        match self.token(self.at) {
            "{" => self.braces.push(self.before(2) == "mod"),
            "}" => drop(self.braces.pop()),
            // Who may see something is no use of it.
            "pub" if self.token(self.at + 1) == "(" => {
                self.at += self.tokens[self.at..].iter().take_while(|token| *token != ")").count();
            }
            // Not `impl Trait + use<'a>`.
            "use" if self.token(self.at + 1) != "<" => {
                self.at += 1;
                return self.tree(&[]);
            }
            word if is_name(word) && !["::", "."].contains(&self.before(1)) => return self.in_code(),
            _ => {}
        }
        self.at += 1;
    }

    /// A path in code; a word alone is none.
    fn in_code(&mut self) {
        let words = self.words();
        if words.len() > 1 {
            self.push(words, None);
        }
    }

    /// The words up to the first that no `::` with another word follows on.
    fn words(&mut self) -> Vec<String> {
        let mut words = vec![self.token(self.at).to_owned()];
        self.at += 1;
        while self.token(self.at) == "::" && is_name(self.token(self.at + 1)) {
            words.push(self.token(self.at + 1).to_owned());
            self.at += 2;
        }
        words
    }

    /// A `use` tree behind what was written before it: a path, all that a module has, or several trees in braces.
    fn tree(&mut self, before: &[String]) {
        let mut words = before.to_vec();
        if self.token(self.at) == "::" {
            self.at += 1;
        }
        if is_name(self.token(self.at)) {
            words.extend(self.words());
            // The `::` before braces or a star.
            self.at += usize::from(self.token(self.at) == "::");
        }
        match self.token(self.at) {
            "{" => return self.branches(&words),
            "*" => {
                words.push("*".to_owned());
                self.at += 1;
            }
            _ => {}
        }
        if words.len() > 1 && words.last().is_some_and(|word| word == "self") {
            words.pop();
        }
        let mut name = words.last().cloned();
        if self.token(self.at) == "as" {
            name = Some(self.token(self.at + 1).to_owned());
            self.at += 2;
        }
        self.push(words, name);
    }

    fn branches(&mut self, words: &[String]) {
        self.at += 1;
        while !["}", ""].contains(&self.token(self.at)) {
            self.tree(words);
            self.at += usize::from(self.token(self.at) == ",");
        }
        self.at += 1;
    }

    fn push(&mut self, words: Vec<String>, name: Option<String>) {
        let inline = self.braces.iter().filter(|is_module| **is_module).count();
        self.out.push(Written { inline, words, name });
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
fn shown(text: &str) -> Vec<String> {
    let show = |path: &Written| {
        let words = path.words.join("::");
        match &path.name {
            Some(name) if path.words.last() != Some(name) => format!("{words} as {name}"),
            _ => words,
        }
    };
    paths(text).iter().map(show).collect()
}

#[test]
fn trees_of_any_depth_are_read_branch_by_branch() {
    let code = "
        use crate::text::Span;
        pub(crate) use self::{
            a::{self, B as C, d::{E, *}},
            f,
        };
        use super::super::g as _;
        use {std::io, crate::h::*};
    ";
    let wanted = [
        "crate::text::Span",
        "self::a",
        "self::a::B as C",
        "self::a::d::E",
        "self::a::d::*",
        "self::f",
        "super::super::g as _",
        "std::io",
        "crate::h::*",
    ];
    assert_eq!(shown(code), wanted);
}

#[test]
fn paths_in_code_and_in_macros_are_read() {
    let code = "
        crate::secret::secret_type! { Name, check, crate::text::mask }
        macro_rules! make { ($a:path) => { $crate::made::Of::<$a>::new() }; }
        fn a(b: &dyn super::C) -> impl D + use<'_> { self.e.f(child::g(Vec::<u8>::new())); h.max(i::J) }
    ";
    let wanted = [
        "crate::secret::secret_type",
        "crate::text::mask",
        "crate::made::Of",
        "super::C",
        "child::g",
        "i::J",
    ];
    assert_eq!(shown(code), wanted);
}

#[test]
fn who_may_see_something_is_no_path() {
    assert_eq!(
        shown("pub(in crate::a) use b::C; pub(super) struct D(pub(in super::super) e::F);"),
        ["b::C", "e::F"]
    );
}

#[test]
fn modules_with_a_body_are_counted() {
    let code = "mod a { use super::b; mod c { fn d() { super::super::e() } } } use f::g;";
    let depths: Vec<usize> = paths(code).iter().map(|path| path.inline).collect();
    assert_eq!(depths, [1, 2, 0]);
}
