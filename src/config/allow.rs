//! One `[[allow]]` entry of the project file: what it lets pass, why, and until when.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::baseline::is_fingerprint;
use super::named::Named;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::globs::Globs;
use crate::table::Table;
use crate::text::mask_runs;

const KEYS: &[&str] = &["paths", "fingerprints", "rules", "reason", "expires"];

/// An entry. Of the lists that are given each must match.
#[derive(Debug, Clone)]
pub(super) struct Allow {
    pub(super) paths: Globs,
    /// Each with its place in the file, and whether a finding had it.
    fingerprints: Vec<Fingerprint>,
    /// The rules, with their places in the file.
    pub(super) rules: Vec<Named>,
    /// Why.
    pub(super) reason: String,
    /// The day on which it holds for the last time, and the second at which it ends.
    expires: Option<(String, i64)>,
    /// Where it begins in the file.
    pub(super) line: usize,
}

/// A fingerprint of an entry.
#[derive(Debug, Clone)]
struct Fingerprint {
    text: String,
    place: (usize, usize),
    used: Arc<AtomicBool>,
}

impl Fingerprint {
    fn is_of(&self, finding: &Finding) -> bool {
        let is_it = self.text == finding.fingerprint;
        self.used.fetch_or(is_it, Ordering::Relaxed);
        is_it
    }
}

impl Allow {
    /// Reads an entry of a file in `directory`, told from the ground's root.
    pub(super) fn read(t: &Table<'_>, directory: &str) -> Result<Self> {
        t.only(KEYS)?;
        let reason = t.string("reason")?.ok_or_else(|| t.missing("reason"))?;
        if reason.trim().is_empty() {
            return Err(t.error("reason", "`reason` must say why this may pass".into()));
        }
        let paths = globs(t, "paths", directory)?;
        let fingerprints = t.strings_at("fingerprints")?;
        if let Some((_, (line, column))) = fingerprints.iter().find(|(text, _)| !is_fingerprint(text)) {
            let message = "a fingerprint is 16 lower-case hex digits, as reports show it";
            return Err(Error::invalid(message).at(*line, *column));
        }
        let fingerprint = |(text, place)| Fingerprint { text, place, used: Arc::default() };
        let fingerprints: Vec<Fingerprint> = fingerprints.into_iter().map(fingerprint).collect();
        let rules = Named::list(t, "rules")?;
        if paths.is_empty() && fingerprints.is_empty() && rules.is_empty() {
            let message = "an allow entry needs one of `paths`, `fingerprints`, `rules`";
            return Err(t.error("", message.into()));
        }
        let expires = t.date("expires")?.map(|text| last_day(t, text)).transpose()?;
        // Reasons are shown, and somebody may have written the old key into one.
        let reason = mask_runs(reason.trim());
        Ok(Self { paths, fingerprints, rules, reason, expires, line: t.at("").0 })
    }

    /// Whether it lets a finding at this path, told from the ground's root, pass.
    pub(super) fn allows(&self, finding: &Finding, key: &str, now: i64) -> bool {
        self.expired(now).is_none()
            && (self.paths.is_empty() || self.paths.matches(key))
            && (self.fingerprints.is_empty() || self.fingerprints.iter().any(|own| own.is_of(finding)))
            && (self.rules.is_empty() || self.rules.iter().any(|rule| rule.id == finding.rule))
    }

    /// What of it matched nothing so far, with its place.
    pub(super) fn unused(&self) -> impl Iterator<Item = ((usize, usize), &str)> {
        let fingerprints = self.fingerprints.iter().filter(|own| !own.used.load(Ordering::Relaxed));
        self.paths.unused().chain(fingerprints.map(|own| (own.place, own.text.as_str())))
    }

    /// The last day of an entry that holds no more.
    pub(super) fn expired(&self, now: i64) -> Option<&str> {
        self.expires.as_ref().filter(|(_, end)| now >= *end).map(|(day, _)| day.as_str())
    }
}

/// The globs under a key.
pub(super) fn globs(t: &Table<'_>, key: &str, directory: &str) -> Result<Globs> {
    let (texts, places): (Vec<_>, Vec<_>) = t.strings_at(key)?.into_iter().unzip();
    let globs = Globs::new(&texts, directory).map_err(|(at, why)| {
        let (line, column) = places.get(at).copied().unwrap_or_else(|| t.at(key));
        Error::invalid(why).at(line, column)
    })?;
    Ok(globs.placed(places))
}

/// A day, and the second at which the next one begins, in UTC.
fn last_day(t: &Table<'_>, text: String) -> Result<(String, i64)> {
    // The parser takes a time behind the date, too, which would then be without effect.
    let date: Option<Date> = text.parse().ok().filter(|_| text.len() == "2027-01-31".len());
    let end = date.and_then(|date| date.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok());
    let end = end.ok_or_else(|| t.error("expires", "`expires` must be a date such as 2027-01-31".into()))?;
    Ok((text, end.timestamp().as_second()))
}
