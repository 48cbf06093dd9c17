//! The private keys that the vendor published with its signers and their tests: documentation, whoever
//! copied them.
//!
//! They are known by the public half that each carries along, whichever format it was brought into and
//! without any hash.

/// The first half of the public points' x.
const POINTS: [u128; 7] = [
    // The C++ signer's test.
    0xb6a1_7d6b_85d9_1874_3f9e_9352_7937_0621,
    // The demo of the C# signer that calls it.
    0x2f93_3e93_d8ea_fc10_4ce0_1749_5604_5d11,
    // Python, C# and the later test of Java.
    0xbd8a_c3ff_c4b8_9bec_4675_bd2e_4e53_2fa0,
    // The first test of Java.
    0xd4e3_d421_b001_157c_8549_5260_7a4a_9502,
    // PHP and Node.js.
    0x68f5_451e_15aa_4439_ca9d_5972_5392_48cd,
    // Go: the signer's test, and the readers' of two formats.
    0x9d54_a3ad_1390_1a9d_cd57_7edb_a12a_abc4,
    0xd182_1ffd_006c_21e5_8ddc_c228_2b6b_8b18,
];

/// Whether the DER of a private key, SEC1 or PKCS#8, is one that the vendor published.
pub(crate) fn is_published(der: &[u8]) -> bool {
    const COORDINATE: usize = 32;
    // An uncompressed point, the last of the bit string at the end of either format.
    const MARK: [u8; 2] = [0, 4];
    let Some(from) = der.len().checked_sub(MARK.len() + 2 * COORDINATE) else { return false };
    let x = der[from + MARK.len()..].first_chunk().map(|head| u128::from_be_bytes(*head));
    der[from..].starts_with(&MARK) && x.is_some_and(|x| POINTS.contains(&x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_key_is_known_in_both_formats() {
        for point in POINTS {
            let tail = [&[0, 4][..], &point.to_be_bytes(), &[7; 48]].concat();
            for head in [&[0x30, 0x77, 2, 1, 1, 4, 0x20][..], &[0x30, 0x81, 0x87, 2, 1, 0]] {
                let der = [head, &[9; 32], &tail].concat();
                assert!(is_published(&der));
                assert!(!is_published(&der[..der.len() - 1]));
            }
        }
        assert!(!is_published(&[0; 66]) && !is_published(b""));
    }
}
