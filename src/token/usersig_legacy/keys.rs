//! The keys of the legacy signer, out of PEM: two curves, two private formats, one public one.
//!
//! The vendor's samples mix them all. OpenSSL writes the curve of an `EC PRIVATE KEY` into a block of
//! its own before it, which most readers stumble over.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k256::ecdsa::signature::{Signer, Verifier};
use k256::pkcs8::{DecodePrivateKey, DecodePublicKey};
use zeroize::Zeroizing;

use super::published::is_published;
use crate::error::{Error, Result};
use crate::token::mac;

/// The curves that the official samples use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// secp256k1, the older.
    Secp256k1,
    /// NIST P-256, also named prime256v1.
    P256,
}

impl Curve {
    /// `secp256k1` or `prime256v1`, as OpenSSL names them.
    pub fn name(self) -> &'static str {
        match self {
            Curve::Secp256k1 => "secp256k1",
            Curve::P256 => "prime256v1",
        }
    }
}

/// The private key of an application; wiped on drop, and never printed.
pub struct PrivateKey {
    key: Signing,
    sample: bool,
}

enum Signing {
    Secp256k1(k256::ecdsa::SigningKey),
    P256(p256::ecdsa::SigningKey),
}

impl PrivateKey {
    /// Reads a PEM text with a `PRIVATE KEY` (PKCS#8) or an `EC PRIVATE KEY` (SEC1), of either curve.
    /// Other blocks and text around it are skipped.
    ///
    /// # Errors
    /// Where there is no such block, where it is encrypted or of another curve or algorithm.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let (der, in_pkcs8) = match (block(pem, "PRIVATE KEY")?, block(pem, "EC PRIVATE KEY")?) {
            (Some(der), _) => (der, true),
            (None, Some(der)) => (der, false),
            (None, None) => return Err(Error::invalid("private key: expected PEM with a private key")),
        };
        let parameters = block(pem, "EC PARAMETERS")?.unwrap_or_default();
        let key = if in_pkcs8 { from_pkcs8(&der) } else { from_sec1(&der, &parameters) };
        Self::checked(key, &der)
    }

    /// Reads the base64 of PKCS#8 or SEC1 as it stands between the armour of PEM, on one line.
    ///
    /// # Errors
    /// Where it is no base64, or of another curve or algorithm.
    pub fn from_base64(text: &str) -> Result<Self> {
        let der = STANDARD.decode(text).map(Zeroizing::new);
        let der = der.map_err(|_| Error::invalid("private key: expected padded base64"))?;
        Self::checked(from_pkcs8(&der).or_else(|| from_sec1(&der, &[])), &der)
    }

    fn checked(key: Option<Signing>, der: &[u8]) -> Result<Self> {
        let key = key.ok_or_else(|| Error::invalid("private key: expected secp256k1 or P-256"))?;
        Ok(Self { key, sample: is_sample_der(der) })
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        match self.key {
            Signing::Secp256k1(_) => Curve::Secp256k1,
            Signing::P256(_) => Curve::P256,
        }
    }

    /// True for the sample keys that the vendor published with its signers and tests, known by the
    /// SHA-256 of their DER alone.
    pub fn is_sample(&self) -> bool {
        self.sample
    }

    /// The key that verifies.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(match &self.key {
            Signing::Secp256k1(key) => Verifying::Secp256k1(*key.verifying_key()),
            Signing::P256(key) => Verifying::P256(*key.verifying_key()),
        })
    }

    /// The DER signature over the SHA-256 of `message`, with the nonce of RFC 6979.
    pub(super) fn sign_bytes(&self, message: &[u8]) -> Vec<u8> {
        match &self.key {
            Signing::Secp256k1(key) => {
                let signature: k256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Signing::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, ****)", self.curve().name())
    }
}

/// The key that verifies.
#[derive(Clone)]
pub struct PublicKey(Verifying);

#[derive(Clone)]
enum Verifying {
    Secp256k1(k256::ecdsa::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Reads a PEM text with a `PUBLIC KEY`, or with the private key that it belongs to.
    ///
    /// # Errors
    /// Where there is neither, or it is of another curve or algorithm.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let Some(der) = block(pem, "PUBLIC KEY")? else {
            return PrivateKey::from_pem(pem).map(|key| key.public_key());
        };
        let old = k256::ecdsa::VerifyingKey::from_public_key_der(&der).map(Verifying::Secp256k1);
        let new = || p256::ecdsa::VerifyingKey::from_public_key_der(&der).map(Verifying::P256);
        let key = old.or_else(|_| new()).map(Self);
        key.map_err(|_| Error::invalid("public key: expected secp256k1 or P-256"))
    }

    /// Whether the DER signature is that of `message`.
    pub(super) fn verify_bytes(&self, message: &[u8], der: &[u8]) -> bool {
        match &self.0 {
            Verifying::Secp256k1(key) => k256::ecdsa::Signature::from_der(der)
                // OpenSSL signs with either of the two values of s, the library wants the lower.
                .is_ok_and(|signature| key.verify(message, &signature.normalize_s()).is_ok()),
            Verifying::P256(key) => p256::ecdsa::Signature::from_der(der)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

fn from_pkcs8(der: &[u8]) -> Option<Signing> {
    let old = k256::SecretKey::from_pkcs8_der(der).map(|key| Signing::Secp256k1(key.into()));
    old.or_else(|_| p256::SecretKey::from_pkcs8_der(der).map(|key| Signing::P256(key.into()))).ok()
}

/// `parameters` is the DER of the block that may stand before the key and names its curve.
fn from_sec1(der: &[u8], parameters: &[u8]) -> Option<Signing> {
    // ASN.1 object identifiers 1.3.132.0.10 and 1.2.840.10045.3.1.7.
    const SECP256K1: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a];
    const PRIME256V1: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    // A key that does not name its curve is valid on both, so only its names may decide.
    let names = |oid: &[u8]| parameters == oid || der.windows(oid.len()).any(|window| window == oid);
    if names(SECP256K1) {
        k256::SecretKey::from_sec1_der(der).ok().map(|key| Signing::Secp256k1(key.into()))
    } else if names(PRIME256V1) {
        p256::SecretKey::from_sec1_der(der).ok().map(|key| Signing::P256(key.into()))
    } else {
        None
    }
}

/// The DER of the first block with that label.
fn block(pem: &str, label: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let Some((_, after)) = pem.split_once(&begin) else { return Ok(None) };
    let Some((body, _)) = after.split_once(&end) else {
        return Err(Error::invalid("PEM: a block does not end"));
    };
    let text: Zeroizing<Vec<u8>> =
        Zeroizing::new(body.bytes().filter(|b| !b.is_ascii_whitespace()).collect());
    let der = STANDARD.decode(text.as_slice()).map(Zeroizing::new);
    der.map(Some).map_err(|_| Error::invalid("PEM: a block is not padded base64"))
}

/// By the public half, and by SHA-256 where the format leaves that away. Of two keys only the first bytes of
/// the digest are known.
fn is_sample_der(der: &[u8]) -> bool {
    const DIGESTS: [[u64; 4]; 8] = [
        [0x6bf9_d783_026b_3dd3, 0x6c67_7b97_ec73_df0e, 0x0f3a_f594_6d4f_dade, 0x9829_246d_7d2a_2905],
        [0x279f_5fb7_b880_e685, 0x4387_0420_a7fd_ccdb, 0xa059_9116_3d64_61bd, 0xa2b5_5ea5_0ec0_51d3],
        [0xf4e1_3399_45bf_563e, 0x7c1c_800d_d944_73d6, 0xda98_c537_7d46_e117, 0x6128_51e0_adb4_aa3e],
        [0x5435_c339_7384_6cb0, 0x98a8_c84c_cf2c_293b, 0xec82_1b9f_b8e3_8470, 0xd1ae_1cbb_944e_b2fa],
        [0x4845_02ef_96bb_66fb, 0x3ad5_7ecf_3424_21da, 0x666c_39fd_d5f5_eb2d, 0xef7f_3314_6d1b_cf32],
        [0x3b0c_635c_da3e_471a, 0x2538_01b4_720f_1461, 0x38c7_aee4_b505_6746, 0xb57a_b645_3ea3_40ad],
        [0x2ba8_edbd_bdaa_6a26, 0x8146_d58f_7c4c_4c5b, 0x952c_5272_f5ba_5997, 0x4c0c_da6c_1836_4a2e],
        [0xe4d7_cc07_cf56_fbdf, 0x1b5e_e9c2_119e_b8fe, 0x57b0_2649_5176_2fe2, 0x1eb0_0e4b_1079_a0c4],
    ];
    const HEADS: [u64; 2] = [0x8fff_f34f_ea2f_e4b8, 0x2d4c_e9dc_bff8_b0ed];
    let digest = mac::hash(&[der]);
    let word = |at: usize| digest[8 * at..].first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    let words: [u64; 4] = std::array::from_fn(word);
    DIGESTS.contains(&words) || HEADS.contains(&words[0]) || is_published(der)
}
