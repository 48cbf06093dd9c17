//! UTF-16, little and big endian, with or without a byte order mark. The stretch is what decodes
//! without an error around a place where ASCII and NUL stand by turns.

use super::decoder::{Decoder, Wake};
use super::stretch::MAX_REGION;
use super::view::View;
use crate::text::Span;

/// The table's line.
pub(super) const DECODER: Decoder =
    Decoder { name: "utf16", wake: Wake::Wide, decode: |bytes, ask| decode(bytes, ask.at) };

/// How the two bytes of a unit are put together.
type Unit = fn([u8; 2]) -> u16;

fn decode(bytes: &[u8], at: usize) -> Option<View> {
    // The block was seen at any offset: the unit may begin one byte earlier, in the other order. Which order
    // it is may not depend on that offset.
    let before = || at.checked_sub(1);
    let (little, big) = match bytes.get(at..at + 2)? {
        [_, 0] => (Some(at), before()),
        [0, _] => (before(), Some(at)),
        _ => return None,
    };
    let look = |at: Option<usize>, unit: Unit| at.map(|at| (region(bytes, at, unit), unit));
    let orders = [look(little, u16::from_le_bytes), look(big, u16::from_be_bytes)];
    // Of equals the last: a line end before text in big-endian order makes it look little-endian.
    let (region, unit) =
        orders.into_iter().flatten().max_by_key(|(region, unit)| evidence(bytes, *region, *unit))?;
    let mut view = View::new(region);
    view.cut_start = at.saturating_sub(region.start) >= MAX_REGION / 2;
    view.cut_end = region.end.saturating_sub(at) >= MAX_REGION / 2;
    let mut i = region.start;
    while i + 2 <= region.end {
        let first = unit([bytes[i], bytes[i + 1]]);
        let second = bytes[i + 2..region.end].first_chunk().map(|b| unit(*b));
        let units: Vec<u16> = std::iter::once(first).chain(second).collect();
        let c = char::decode_utf16(units).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER);
        let length = 2 * c.len_utf16();
        view.push(c.encode_utf8(&mut [0; 4]).as_bytes(), i, (i + length).min(region.end));
        i += length;
    }
    Some(view)
}

/// What speaks for this order: a byte order mark at its begin, its units that are ASCII, and of as many those
/// that are printable. The line end of a text around, which is one byte, makes an ASCII unit with the NUL
/// beside it.
fn evidence(bytes: &[u8], region: Span, unit: Unit) -> (bool, usize, usize) {
    let units = || bytes[region.range()].chunks_exact(2).map(|u| unit([u[0], u[1]]));
    let is_marked = units().next() == Some(0xfeff);
    let printable = units().filter(|u| (0x20..0x7f).contains(u)).count();
    (is_marked, units().filter(|u| *u < 0x80).count(), printable)
}

/// Units that are text, to both sides, at most [`MAX_REGION`] bytes each way.
fn region(bytes: &[u8], at: usize, unit: Unit) -> Span {
    let text = |i: usize| {
        let u = unit([bytes[i], bytes[i + 1]]);
        u >= 0x20 && u != 0x7f && u < 0xfff0 || matches!(u, 0x9 | 0xa | 0xd | 0x1b)
    };
    let mut start = at;
    while start >= 2 && at - start < MAX_REGION / 2 && text(start - 2) {
        start -= 2;
    }
    let mut end = at;
    while end + 2 <= bytes.len() && end - at < MAX_REGION / 2 && text(end) {
        end += 2;
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_decoded_and_mapped() {
        let text = "key: 密钥 = 😀 value";
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let mut bytes = vec![1, 0, 0, 0];
            bytes.extend(text.encode_utf16().flat_map(unit));
            bytes.extend([0, 0, 0, 0]);
            let view = decode(&bytes, 4).expect("wide");
            assert_eq!(String::from_utf8_lossy(&view.bytes), text);
            assert_eq!(view.to_source(Span::new(5, 8)), Span::new(14, 16));
        }
    }
}
