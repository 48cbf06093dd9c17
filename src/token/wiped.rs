//! The buffer in which a token is put together or taken apart.
//!
//! It is wiped as fast as it is filled. The general wipe stores byte after byte, which would cost a
//! signature as much time again as the signature itself.

/// A buffer for the moment, wiped on drop: all of it that was ever in use, as long as it is made large
/// enough at once and never made shorter.
pub(super) struct Wiped(Vec<u8>);

impl Wiped {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    // Inlined, so that constant parts are stored and not copied by a call.
    #[inline(always)]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        debug_assert!(self.0.capacity() - self.0.len() >= bytes.len(), "growing leaves a copy behind");
        self.0.extend_from_slice(bytes);
    }

    /// A JSON string of two parts, which hold no control characters.
    pub(super) fn put_quoted(&mut self, head: &str, tail: &str) {
        self.put(b"\"");
        for part in [head, tail] {
            for piece in part.split_inclusive(['"', '\\']) {
                match piece.as_bytes().split_last() {
                    Some((&last @ (b'"' | b'\\'), rest)) => {
                        self.put(rest);
                        self.put(&[b'\\', last]);
                    }
                    _ => self.put(piece.as_bytes()),
                }
            }
        }
        self.put(b"\"");
    }

    /// Room for the bytes of a string in JSON, quotes included.
    pub(super) fn quoted_size(text: &str) -> usize {
        text.len() * 2 + 2
    }

    pub(super) fn as_mut_vec(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

/// An integer in decimal digits, ready to be written more than once.
pub(super) struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    pub(super) fn new(number: i64) -> Self {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        let mut rest = number.unsigned_abs();
        // Two digits a division.
        while rest > 9 {
            let pair = (rest % 100) as u8;
            rest /= 100;
            start -= 2;
            digits[start] = b'0' + pair / 10;
            digits[start + 1] = b'0' + pair % 10;
        }
        if rest > 0 || start == digits.len() {
            start -= 1;
            digits[start] = b'0' + rest as u8;
        }
        if number < 0 {
            start -= 1;
            digits[start] = b'-';
        }
        Self { digits, start }
    }
}

impl std::ops::Deref for Decimal {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.digits[self.start..]
    }
}

impl std::ops::Deref for Wiped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.fill(0);
        // Without it the compiler may leave out the writes, since nobody reads them.
        zeroize::optimization_barrier(self.0.as_slice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_are_written_as_json_writes_them() {
        for number in [0, 7, -7, 10, 99, 100, 909, 1000, -1234, 1_740_000_000, i64::MAX, i64::MIN] {
            assert_eq!(*Decimal::new(number), *number.to_string().as_bytes());
        }
        for text in ["", "plain", "\"", "\\", "a\"b\\c\"", "\\\\\"\"", "用户\""] {
            let mut buffer = Wiped::with_capacity(Wiped::quoted_size(text) + 1);
            buffer.put_quoted("x", text);
            let expected = serde_json::Value::from(format!("x{text}")).to_string();
            assert_eq!(*buffer, *expected.as_bytes());
        }
    }
}
