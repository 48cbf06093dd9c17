//! Moments: now, and as they are written on the command line.

use jiff::Timestamp;
use scrubjay::text::printable;

use crate::{Result, Stop};

/// Now, to the millisecond: nobody reads more of it.
pub(crate) fn instant() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// RFC 3339, a date (its first second, UTC) or Unix seconds.
pub(crate) fn moment(option: &str, text: &str) -> Result<i64> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let date = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let time = text.parse::<Timestamp>().ok().or_else(|| Some(date()?.timestamp()));
    time.map(Timestamp::as_second).ok_or_else(|| {
        Stop::invalid(format!("{option}: `{}` is no time", printable(text)))
            .help("RFC 3339 such as 2026-05-01T12:00:00Z, a date such as 2026-05-01, or Unix seconds")
    })
}
