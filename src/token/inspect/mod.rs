//! Reads every token in a text, however it was made and wherever it stands, and says what a server refuses it
//! for. Nothing here verifies: that is strict, and another way.

mod claims;
mod connect;
mod expected;
mod open;
mod problem;
mod spelled;
mod usersig;

pub use expected::Expected;
pub use problem::Problem;

use super::scheme::{Scheme, Token};
use open::Opened;

/// A token in a text.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Where it begins, in bytes.
    pub offset: usize,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The scheme that it belongs to, or was meant to.
    pub scheme: &'static Scheme,
    /// What it says, as far as it can be read.
    pub token: Token,
    /// What a server refuses it for; empty where nothing is seen without the key.
    pub problems: Vec<Problem>,
}

/// Every token in a text, in order.
///
/// ```
/// use scrubjay::token::inspect::{Expected, inspect};
/// let document = r#"login {"TLS.ver":"2.0","TLS.identifier":"alice"} failed"#;
/// let found = inspect(document.as_bytes(), &Expected::default());
/// assert_eq!(found[0].token.claims.subject.as_deref(), Some("alice"));
/// assert!(found[0].problems.iter().any(|p| p.code == "claim_missing" && p.claim == Some("TLS.sig")));
/// ```
pub fn inspect(text: &[u8], expected: &Expected<'_>) -> Vec<Inspection> {
    let mut found = Vec::new();
    let (mut at, mut line, mut counted) = (0, 1, 0);
    while let Some(start) = next_start(text, at) {
        let Some(opened) = Opened::at(text, start) else {
            at = start + 1;
            continue;
        };
        line += memchr::memchr_iter(b'\n', &text[counted..start]).count();
        counted = start;
        at = start + opened.token.length.max(1);
        let mut problems = opened.problems(text, start);
        match opened.is_connect() {
            true => connect::judge(&opened, expected, &mut problems),
            false => usersig::judge(&opened, expected, &mut problems),
        }
        found.push(Inspection { offset: start, line, scheme: opened.scheme, token: opened.token, problems });
    }
    found
}

/// The next place where a token may begin: at a letter, a digit or a brace that continues no word.
fn next_start(text: &[u8], from: usize) -> Option<usize> {
    let begins = |at: usize| {
        let is_first = text[at] == b'{' || text[at].is_ascii_alphanumeric();
        is_first && !continues(&text[..at])
    };
    (from..text.len()).find(|&at| begins(at))
}

/// Whether what stands before is part of the same word. The end of an escape is not.
fn continues(before: &[u8]) -> bool {
    let is_escape = match before {
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        _ => false,
    } || matches!(before, [.., b'\\', b'n' | b't' | b'r']);
    before.last().is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_') && !is_escape
}
