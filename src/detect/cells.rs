//! What has to be hidden in the cells of tables.

use super::detection::Detections;
use super::detector::Detector;
use super::place::{Below, Place};
use crate::judge::plain;
use crate::matcher::Page;
use crate::matcher::field::{self, Class};
use crate::matcher::table::{Cell, Open, Tables};
use crate::text::Span;

impl Detector {
    /// Hides what stands in cells of tables, and says where they go on.
    pub(super) fn hide_cells<'r>(
        &'r self,
        page: &Page<'_>,
        below: Below<'_>,
        titles: &[usize],
        found: &mut Detections<'r>,
        out: &mut Vec<Place>,
    ) -> (usize, Option<Open>) {
        let end = below.next.unwrap_or(page.bytes.len());
        let begins = below.at_start && below.next.is_some();
        if titles.is_empty() && below.open.is_none() && !begins {
            return (end, None);
        }
        let mut matches = Vec::new();
        let mut hide = |cell: &Cell<'_>| {
            cell.give(self.matcher.index(), page, &mut matches);
            self.judge(page, &mut matches, &[], found);
            hide_cell(page.bytes, cell, out);
        };
        let here = &titles[..titles.partition_point(|at| *at < end)];
        let start = (below.from, below.open.cloned());
        let tables = Tables::new(self.matcher.index(), &page.bytes[..end], here, start, below.at_start);
        let tables = if below.next.is_some() { tables } else { tables.without_more() };
        let after = tables.read(&mut hide);
        if end < page.bytes.len() {
            // What is visible behind decides over the end of what goes out now.
            let tables = Tables::new(self.matcher.index(), page.bytes, titles, after.clone(), false);
            tables.without_more().read(&mut hide);
        }
        after
    }
}

/// Hides a cell whose title is the name of a field.
fn hide_cell(bytes: &[u8], cell: &Cell<'_>, out: &mut Vec<Place>) {
    let (Some(class), span) = (cell.class(), cell.span) else { return };
    if !field::is_secret(&bytes[span.range()], class, false) {
        return;
    }
    let place = Place { class: Some(class), ..Place::at(span, None) };
    if class == Class::Weak {
        put_random(bytes, place, out);
    } else {
        out.push(place);
    }
}

/// Puts what is random of a value under a name that says little into `out`: all of it, or the random parts
/// of a structure. Says whether that was all of the value.
pub(super) fn put_random(bytes: &[u8], place: Place, out: &mut Vec<Place>) -> bool {
    let value = &bytes[place.span.range()];
    let secret = plain::secret(value);
    let start = place.span.start;
    match secret {
        plain::Secret::Nothing => {}
        plain::Secret::Whole => out.push(place),
        plain::Secret::Runs => out.extend(plain::random_runs(value).map(|run| Place {
            span: Span::new(start + run.start, start + run.end),
            wrap: None,
            ..place
        })),
    }
    secret == plain::Secret::Whole
}
