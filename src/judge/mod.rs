//! Judges: is a match a leak? Each has one question; the first that has an opinion decides, and its
//! reason is shown. Where none objects, the match is reported.

mod case;
mod family;
mod likelihood;
mod masked;
mod notation;
mod placeholder;
pub(crate) mod plain;
mod random;
mod surroundings;
mod token;

use crate::finding::{Severity, Status, Verdict};
use crate::matcher::{Form, hex};
use crate::rule::{Rule, Value};

use case::silent;

pub(crate) use case::{Attribution, Case};

/// Whether a value is so much likelier drawn by chance than written by people that it can stand for
/// itself, without a name: no word, no path, no date, no number, and no UUID, which is mostly an identifier.
pub(crate) fn is_clearly_random(value: &[u8]) -> bool {
    /// What is longer is as clear by its beginning.
    const ENOUGH: usize = 64;
    /// As of a literal in quotes.
    const BITS: f32 = 8.0;
    // Dates and amounts have a few.
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let is_text = value.iter().all(u8::is_ascii_graphic) && letters >= (value.len() / 8).max(4);
    let is_uuid = || value.len() >= 36 && notation::ends_in_uuid(value);
    let score = || likelihood::score(&value[..value.len().min(ENOUGH)]);
    is_text && !is_uuid() && score() >= BITS
}

/// A judge: an opinion or none.
type Judge = fn(&Case<'_>) -> Option<Verdict>;

/// The judges, in order.
const JUDGES: &[(&str, Judge)] = &[
    ("token", token::judge),
    ("masked", masked::judge),
    ("placeholder", placeholder::judge),
    ("notation", notation::judge),
    ("random", random::judge),
    // Last, since it reads the most.
    ("family", family::judge),
];

/// Whether the value is shorter than any key: no judge reports it then, and nothing else need be asked.
pub(crate) fn is_too_short(case: &Case<'_>) -> bool {
    case.is_key() && case.found.token.is_none() && case.secret().len() < random::MIN_KEY_BYTES
}

/// The verdict on a match.
pub(crate) fn judge(case: &Case<'_>) -> Verdict {
    let allowed = case.rule.allowlists.iter().any(|a| a.allows(case.value, &case.page.tree_path()));
    if allowed {
        return silent("allowed by the rule's allow list");
    }
    JUDGES
        .iter()
        .find_map(|(_, judge)| judge(case))
        .or_else(|| near_key(case))
        .unwrap_or_else(|| Verdict::Report { severity: severity(case), reason: reason(case) })
}

/// How bad a leak is; a key that nothing attributes to a system is not critical.
fn severity(case: &Case<'_>) -> Severity {
    match family::attribution_of(case) {
        Attribution::Own => case.rule.severity,
        Attribution::Unknown | Attribution::Other(_) => case.rule.severity.min(Severity::High),
    }
}

/// The title of a leak: it names a vendor only where something says that the key is theirs.
pub(crate) fn title<'d>(case: &Case<'_>, rule: &'d Rule) -> &'d str {
    match family::attribution_of(case) {
        Attribution::Own => &rule.title,
        Attribution::Unknown | Attribution::Other(_) => &rule.shared.title,
    }
}

/// A key of a fixed length that has lost or gained digits: nobody can sign with it as it stands, and who
/// finds the right digit can.
fn near_key(case: &Case<'_>) -> Option<Verdict> {
    let wrong = wrong_length(case.rule, case.value)?;
    let reason = format!("{}; {} hex digits, {wrong}", reason(case), case.value.len());
    Some(Verdict::Report { severity: case.rule.severity.min(Severity::Medium), reason })
}

/// What is wrong with the length of a value of this rule, if it has to have another one.
pub(crate) fn wrong_length(rule: &Rule, value: &[u8]) -> Option<&'static str> {
    if rule.value == Value::Hex64 { hex::wrong_length(value.len()) } else { None }
}

/// The status of the case's token at the case's time, if it is a token.
pub(crate) fn status(case: &Case<'_>) -> Option<Status> {
    token::status(case)
}

/// Why a match that nobody objects to is believed.
fn reason(case: &Case<'_>) -> String {
    let name = String::from_utf8_lossy(case.name()).into_owned();
    let name = crate::text::printable(&name).into_owned();
    match case.found.form {
        Form::Quoted | Form::Bare if !name.is_empty() => format!("a key-like value assigned to `{name}`"),
        Form::Fallback => format!("a literal fallback for `{name}`"),
        Form::Prose => format!("a key-like value named in a sentence as `{name}`"),
        Form::Cell => "a key-like value in a column named for it".into(),
        _ if case.rule.value == Value::License => {
            "a device id and a 32-character secret, joined by a comma".into()
        }
        _ if case.rule.value == Value::Pem => "a private key of the kind that the legacy signer uses".into(),
        _ if !name.is_empty() => format!("a key-like value that belongs to `{name}`"),
        _ => "its shape, in a context that names the system".into(),
    }
}
