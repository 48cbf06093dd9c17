//! Deltas of packs: an object told as copies out of another and bytes between them.
//!
//! Besides the result, [`apply`] tells which parts of it are new. What a delta copies was looked at
//! in the base already, so a scan of a long history looks at what changed and little more. The form
//! is told by git's `gitformat-pack(5)`.

use std::ops::Range;

use super::object::{Failed, MAX_OBJECT};

/// Why a delta gave no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The instructions are not what they must be, or are meant for another base.
    Corrupt,
    /// The object would be larger than [`MAX_OBJECT`]; so large.
    TooLarge(u64),
}

/// Builds the object that `delta` tells out of `base`; gives the ranges of the result that are new or
/// where copies meet that did not meet in the base (such a range may be empty).
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    out: &mut Vec<u8>,
    changed: &mut Vec<Range<usize>>,
) -> Result<(), Broken> {
    let mut rest = delta;
    let mut size_of = || Code::size(&mut || byte(&mut rest));
    let (base_size, size) = (size_of()?, size_of()?);
    if base_size != base.len() as u64 {
        return Err(Broken::Corrupt);
    }
    if size > MAX_OBJECT {
        return Err(Broken::TooLarge(size));
    }
    out.clear();
    out.reserve(size as usize);
    changed.clear();
    // Where in the base the last copy ended.
    let mut last = 0;
    while !rest.is_empty() {
        let op = byte(&mut rest)?;
        let at = out.len();
        let bytes = if op & 0x80 != 0 {
            let from = Code::copy(op, &mut || byte(&mut rest))?;
            let bytes = base.get(from.clone()).ok_or(Broken::Corrupt)?;
            if from.start != last {
                note(changed, at..at);
            }
            last = from.end;
            bytes
        } else {
            let bytes = take(&mut rest, usize::from(op))?;
            note(changed, at..at + bytes.len());
            // Nothing in the base continues what was inserted.
            last = usize::MAX;
            bytes
        };
        if at + bytes.len() > size as usize {
            return Err(Broken::Corrupt);
        }
        out.extend_from_slice(bytes);
    }
    if last != base.len() {
        note(changed, out.len()..out.len());
    }
    if out.len() as u64 == size { Ok(()) } else { Err(Broken::Corrupt) }
}

fn note(changed: &mut Vec<Range<usize>>, range: Range<usize>) {
    match changed.last_mut() {
        Some(before) if before.end >= range.start => before.end = before.end.max(range.end),
        _ => changed.push(range),
    }
}

/// The instructions, byte by byte.
pub(super) struct Code;

impl Code {
    /// A size, seven bits a byte, the lowest first.
    pub(super) fn size<E: From<Broken>>(next: &mut impl FnMut() -> Result<u8, E>) -> Result<u64, E> {
        let mut size = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = next()?;
            size |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err(Broken::Corrupt.into())
    }

    /// The range of the base that a copy takes: its bits tell which bytes of the numbers follow.
    pub(super) fn copy<E>(op: u8, next: &mut impl FnMut() -> Result<u8, E>) -> Result<Range<usize>, E> {
        let mut number = |bits: Range<u8>| {
            let mut value = 0_usize;
            for (index, bit) in bits.enumerate() {
                if op & (1 << bit) != 0 {
                    value |= usize::from(next()?) << (8 * index);
                }
            }
            Ok(value)
        };
        let start = number(0..4)?;
        let length = match number(4..7)? {
            0 => 0x10000,
            length => length,
        };
        Ok(start..start + length)
    }
}

/// Takes the first byte off.
fn byte(rest: &mut &[u8]) -> Result<u8, Broken> {
    let (first, after) = rest.split_first().ok_or(Broken::Corrupt)?;
    *rest = after;
    Ok(*first)
}

/// Takes so many bytes off; an instruction of no length is reserved.
fn take<'d>(rest: &mut &'d [u8], length: usize) -> Result<&'d [u8], Broken> {
    if length == 0 || length > rest.len() {
        return Err(Broken::Corrupt);
    }
    let (bytes, after) = rest.split_at(length);
    *rest = after;
    Ok(bytes)
}

impl From<Broken> for std::io::Error {
    fn from(_: Broken) -> Self {
        Failed::Corrupt.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Range<usize>>), Broken> {
        let (mut out, mut changed) = (Vec::new(), Vec::new());
        apply(base, delta, &mut out, &mut changed).map(|()| (out, changed))
    }

    #[test]
    fn copies_and_insertions_are_told_apart() {
        // From 10 bytes to 9: bytes 0..4, "new", bytes 4..6.
        let delta = [10, 9, 0x90, 4, 3, b'n', b'e', b'w', 0x91, 4, 2];
        let (out, changed) = applied(b"0123456789", &delta).expect("a delta");
        assert_eq!(out, b"0123new45");
        assert_eq!(changed, [4..7, 9..9], "what was inserted, and that the end is gone");
    }

    #[test]
    fn a_seam_between_copies_is_a_change_and_a_copy_in_two_is_none() {
        let whole = [10, 10, 0x90, 6, 0x91, 6, 4];
        assert_eq!(applied(b"0123456789", &whole).expect("a delta"), (b"0123456789".to_vec(), vec![]));
        let cut = [10, 8, 0x90, 4, 0x91, 6, 4];
        let (out, changed) = applied(b"0123456789", &cut).expect("a delta");
        assert_eq!(out, b"01236789");
        let seam = 4..4;
        assert_eq!(changed, [seam]);
    }

    #[test]
    fn what_is_no_delta_is_refused() {
        let refused = [
            &[][..],
            &[10, 9],
            &[9, 4, 0x90, 4],
            &[10, 4, 0x90, 5],
            &[10, 4, 0x91, 9, 4],
            &[10, 2, 0, 0],
            &[10, 3, 3, b'a'],
            &[0x80; 12],
        ];
        for delta in refused {
            assert_eq!(applied(b"0123456789", delta), Err(Broken::Corrupt), "{delta:?}");
        }
        let bomb = [10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x90, 4];
        assert_eq!(applied(b"0123456789", &bomb), Err(Broken::TooLarge(0xffff_ffff)));
    }
}
