//! HMAC-SHA256 (RFC 2104) with keys that are prepared once.
//!
//! A proof tries every key that was found against every token that was found, so the work per try
//! decides. A prepared key is two states of the compression function, 64 bytes in all, that start
//! every message without hashing the key again; the usual hasher objects carry a buffer each, which
//! would have to be copied and wiped per try.

use sha2::block_api::compress256;
use zeroize::Zeroize;

use crate::secret::equal;

/// A key that is ready to sign; wiped on drop.
///
/// ```
/// use scrubjay::token::mac::PreparedKey;
/// let key = PreparedKey::new(b"Jefe");
/// let tag = key.tag(&[b"what do ya want ", b"for nothing?"]);
/// assert_eq!(tag[..4], [0x5b, 0xdc, 0xc1, 0x46]);
/// assert!(key.verify(&[b"what do ya want for nothing?"], &tag));
/// ```
#[derive(Clone)]
pub struct PreparedKey {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl PreparedKey {
    /// Prepares a key of any length. The bytes are used as they are: no scheme here decodes its keys
    /// from hex or base64.
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        if key.len() > BLOCK {
            let mut digest = hash(&[key]);
            block[..32].copy_from_slice(&digest);
            digest.zeroize();
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let prepared = Self { inner: start(&block, 0x36), outer: start(&block, 0x5c) };
        block.zeroize();
        prepared
    }

    /// The tag of the parts, one after the other.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut digest = Hasher { state: self.inner, buffer: [0; BLOCK], length: BLOCK };
        parts.iter().for_each(|part| digest.update(part));
        self.finish(digest.finish())
    }

    /// Whether `tag` is the tag of the parts; in constant time.
    pub fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        equal(&self.tag(parts), tag)
    }

    /// The tag over message blocks that are padded already, which saves the copy.
    pub(super) fn tag_of_blocks(&self, blocks: &[[u8; BLOCK]]) -> [u8; 32] {
        let [tag] = tags_of_blocks([self], blocks);
        tag
    }

    /// The outer hash, over the digest of the inner one.
    pub(super) fn finish(&self, inner: [u8; 32]) -> [u8; 32] {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&inner);
        block[32] = 0x80;
        block[BLOCK - 8..].copy_from_slice(&bit_length(BLOCK + 32));
        let mut state = self.outer;
        compress256(&mut state, &[block]);
        bytes(&state)
    }
}

impl Drop for PreparedKey {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl std::fmt::Debug for PreparedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PreparedKey(****)")
    }
}

/// The tags of several keys over the same padded message.
///
/// A block waits for the block before it, and the processor for both; several messages side by side
/// keep it busy, at about half the time for each.
pub(super) fn tags_of_blocks<const N: usize>(
    keys: [&PreparedKey; N],
    blocks: &[[u8; BLOCK]],
) -> [[u8; 32]; N] {
    let mut states = keys.map(|key| key.inner);
    for block in blocks {
        states.iter_mut().for_each(|state| compress256(state, std::slice::from_ref(block)));
    }
    std::array::from_fn(|at| keys[at].finish(bytes(&states[at])))
}

/// A message to which one key adds a signature of another: what all of them begin with is hashed once.
pub(super) struct Prefix<'k> {
    key: &'k PreparedKey,
    state: [u32; 8],
    /// The end of the message, padded, with room for the rest of it.
    blocks: [[u8; BLOCK]; 2],
    /// Where that room begins.
    held: usize,
    /// How many of the blocks there are.
    count: usize,
}

impl<'k> Prefix<'k> {
    /// Messages that begin with `start` and go on for `rest` bytes, 55 at most.
    pub(super) fn new(key: &'k PreparedKey, start: &[u8], rest: usize) -> Self {
        let (whole, tail) = start.as_chunks::<BLOCK>();
        let mut state = key.inner;
        compress256(&mut state, whole);
        let mut blocks = [[0; BLOCK]; 2];
        blocks[0][..tail.len()].copy_from_slice(tail);
        let end = tail.len() + rest;
        let count = (end + 9).div_ceil(BLOCK);
        let flat = blocks.as_flattened_mut();
        flat[end] = 0x80;
        flat[count * BLOCK - 8..count * BLOCK].copy_from_slice(&bit_length(BLOCK + start.len() + rest));
        Self { key, state, blocks, held: tail.len(), count }
    }

    /// The tags of the messages that end so.
    pub(super) fn tags<const N: usize>(&self, ends: [&[u8]; N]) -> [[u8; 32]; N] {
        let mut states = [self.state; N];
        let blocks = ends.map(|end| {
            let mut blocks = self.blocks;
            blocks.as_flattened_mut()[self.held..self.held + end.len()].copy_from_slice(end);
            blocks
        });
        for at in 0..self.count {
            for (state, blocks) in states.iter_mut().zip(&blocks) {
                compress256(state, &blocks[at..=at]);
            }
        }
        states.map(|state| self.key.finish(bytes(&state)))
    }
}

/// Bytes of a block of SHA-256.
pub(super) const BLOCK: usize = 64;

/// SHA-256 of the parts, one after the other.
pub(super) fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Hasher { state: INITIAL, buffer: [0; BLOCK], length: 0 };
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finish()
}

/// The blocks of a message that follows one block of key, padding included.
pub(super) fn padded_blocks(message: &[u8]) -> Vec<[u8; BLOCK]> {
    let mut blocks = vec![[0; BLOCK]; (message.len() + 9).div_ceil(BLOCK)];
    let flat = blocks.as_flattened_mut();
    flat[..message.len()].copy_from_slice(message);
    flat[message.len()] = 0x80;
    let end = flat.len();
    flat[end - 8..].copy_from_slice(&bit_length(BLOCK + message.len()));
    blocks
}

/// A hash that is under way.
#[derive(Clone)]
pub(super) struct Hasher {
    state: [u32; 8],
    buffer: [u8; BLOCK],
    /// Bytes so far, those in the buffer included.
    length: usize,
}

impl Hasher {
    pub(super) fn update(&mut self, mut part: &[u8]) {
        let held = self.length % BLOCK;
        self.length += part.len();
        if held > 0 {
            let (now, later) = part.split_at(part.len().min(BLOCK - held));
            self.buffer[held..held + now.len()].copy_from_slice(now);
            if held + now.len() < BLOCK {
                return;
            }
            compress256(&mut self.state, &[self.buffer]);
            part = later;
        }
        let (blocks, rest) = part.as_chunks::<BLOCK>();
        compress256(&mut self.state, blocks);
        self.buffer[..rest.len()].copy_from_slice(rest);
    }

    pub(super) fn finish(mut self) -> [u8; 32] {
        let held = self.length % BLOCK;
        self.buffer[held] = 0x80;
        self.buffer[held + 1..].fill(0);
        if held + 9 > BLOCK {
            compress256(&mut self.state, &[self.buffer]);
            self.buffer.fill(0);
        }
        self.buffer[BLOCK - 8..].copy_from_slice(&bit_length(self.length));
        compress256(&mut self.state, &[self.buffer]);
        bytes(&self.state)
    }
}

/// FIPS 180-4, 5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The state after one block of the key, masked with `pad`.
fn start(key: &[u8; BLOCK], pad: u8) -> [u32; 8] {
    let mut block = key.map(|byte| byte ^ pad);
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    block.zeroize();
    state
}

fn bit_length(bytes: usize) -> [u8; 8] {
    (bytes as u64 * 8).to_be_bytes()
}

fn bytes(state: &[u32; 8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (chunk, word) in out.chunks_exact_mut(4).zip(state) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};

    use super::*;

    #[test]
    fn agrees_with_the_hmac_crate_at_every_length() {
        let text: Vec<u8> = (0..300u32).map(|n| (n * 7 + n / 13) as u8).collect();
        for key_length in [0, 1, 32, 63, 64, 65, 200] {
            let key = PreparedKey::new(&text[..key_length]);
            for length in 0..text.len() {
                let message = &text[..length];
                #[allow(clippy::unwrap_used, reason = "HMAC takes a key of any length")]
                let mut other = Hmac::<sha2::Sha256>::new_from_slice(&text[..key_length]).unwrap();
                other.update(message);
                let expected: [u8; 32] = other.finalize().into_bytes().into();
                assert_eq!(key.tag(&[message]), expected);
                let (a, b) = message.split_at(length / 3);
                assert_eq!(key.tag(&[a, b"", b]), expected);
                assert_eq!(key.tag_of_blocks(&padded_blocks(message)), expected);
                let prefix = Prefix::new(&key, a, 43);
                if let Some(rest) = text.get(a.len()..a.len() + 43) {
                    assert_eq!(prefix.tags([rest, rest]), [key.tag(&[a, rest]); 2]);
                }
            }
        }
    }
}
