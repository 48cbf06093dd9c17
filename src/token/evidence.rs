//! What a token says for itself: the bytes that were signed, and the signature.
//!
//! A token keeps both in one buffer that is wiped on drop, so that a match can be carried from the
//! detector to the proof without a copy that nobody wipes.

use zeroize::Zeroizing;

/// The signed bytes and the signature of a token, as read out of [`Token::evidence`](super::Token).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Evidence<'t> {
    /// What was signed: the base64url payload (TiRTC), or the lines of the document (UserSig).
    pub signed: &'t [u8],
    /// The signature: 32 bytes of HMAC-SHA256, or an ASN.1 DER ECDSA signature (legacy UserSig).
    pub signature: &'t [u8],
}

impl<'t> Evidence<'t> {
    /// Reads a token's evidence; none where there is none, as in a truncated token.
    pub fn of(packed: &'t [u8]) -> Option<Self> {
        let (&length, rest) = packed.split_last()?;
        let (signed, signature) = rest.split_at_checked(rest.len().checked_sub(length.into())?)?;
        Some(Self { signed, signature })
    }

    /// The two in one buffer, the length of the signature last.
    pub(super) fn pack(signed: &[u8], signature: &[u8]) -> Zeroizing<Vec<u8>> {
        let Ok(length) = u8::try_from(signature.len()) else { return Zeroizing::default() };
        let mut packed = Zeroizing::new(Vec::with_capacity(signed.len() + signature.len() + 1));
        packed.extend_from_slice(signed);
        packed.extend_from_slice(signature);
        packed.push(length);
        packed
    }
}

impl std::fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_out_as_it_went_in() {
        let packed = Evidence::pack(b"signed", b"mac");
        assert_eq!(Evidence::of(&packed), Some(Evidence { signed: b"signed", signature: b"mac" }));
        assert_eq!(Evidence::of(b""), None);
        assert_eq!(Evidence::of(&[1, 2, 9]), None);
    }
}
