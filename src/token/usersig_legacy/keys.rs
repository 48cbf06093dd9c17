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
        let key = key.ok_or_else(|| Error::invalid("private key: expected secp256k1 or P-256"))?;
        Ok(Self { key, sample: is_sample_der(&der) })
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

/// By the first eight bytes of SHA-256.
fn is_sample_der(der: &[u8]) -> bool {
    const SAMPLES: [u64; 6] = [
        0x4845_02ef_96bb_66fb,
        0xf4e1_3399_45bf_563e,
        0x2d4c_e9dc_bff8_b0ed,
        0x3b0c_635c_da3e_471a,
        0x2ba8_edbd_bdaa_6a26,
        0xe4d7_cc07_cf56_fbdf,
    ];
    let digest = mac::hash(&[der]);
    digest.first_chunk().is_some_and(|head| SAMPLES.contains(&u64::from_be_bytes(*head)))
}
