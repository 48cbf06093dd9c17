//! When a UserSig of version 1 was issued, in all the forms in which its signers wrote that.

use crate::token::json::seconds;

/// Unix seconds, or the oldest form `YYYY-MM-DDThh:mm:ss-08:00`.
///
/// The suffix of that form is a constant of the signer and no offset; the time is a wall clock whose
/// zone nobody wrote down, taken as UTC here and so up to 14 hours off.
pub(super) fn issued_at(time: &str) -> Option<i64> {
    if let Some(unix) = seconds(time) {
        return Some(unix.whole);
    }
    let wall = time.strip_suffix("-08:00")?;
    let [year, month, day, hour, minute, second] = fields(wall)?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days_from_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

fn fields(wall: &str) -> Option<[i64; 6]> {
    let marks: Vec<char> = wall.chars().filter(|c| !c.is_ascii_digit()).collect();
    if wall.len() != 19 || marks != ['-', '-', 'T', ':', ':'] {
        return None;
    }
    let mut out = [0; 6];
    for (slot, digits) in out.iter_mut().zip(wall.split(['-', 'T', ':'])) {
        *slot = digits.parse().ok()?;
    }
    Some(out)
}

/// Days of the Gregorian calendar since 1970-01-01, counted in years that begin in March.
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_times_are_read() {
        assert_eq!(issued_at("1550000000"), Some(1_550_000_000));
        assert_eq!(issued_at("2015-12-04T08:30:05-08:00"), Some(1_449_217_805));
        assert_eq!(issued_at("2016-02-29T00:00:00-08:00"), Some(1_456_704_000));
        assert_eq!(issued_at("2015-01-31T23:59:60-08:00"), Some(1_422_748_800));
        assert_eq!(issued_at("2015-12-01T00:00:00-08:00"), Some(1_448_928_000));
        for wrong in [
            "",
            "now",
            "2015-12-04T08:30:05Z",
            "2015-00-04T08:30:05-08:00",
            "2015-13-04T08:30:05-08:00",
            "2015-12-00T08:30:05-08:00",
            "2015-12-32T08:30:05-08:00",
            "2015-12-04T24:30:05-08:00",
            "2015-12-04T08:60:05-08:00",
            "2015-12-04T08:30:61-08:00",
        ] {
            assert_eq!(issued_at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_day_follows_the_one_before() {
        let mut expected = days_from_epoch(1968, 1, 1);
        assert_eq!(expected, -731);
        for year in 1968..2107 {
            let is_leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
            let february = if is_leap { 29 } else { 28 };
            for (month, days) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                for day in 1..=days {
                    assert_eq!(days_from_epoch(year, month, day), expected, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
    }
}
