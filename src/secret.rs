//! Values that must not get out by accident: masked wherever they are printed or serialized, wiped
//! when they go out of use, compared in constant time, and handed out by `expose` alone.
//!
//! The types are usable without any feature, so that a service can hold its keys in them whether or
//! not it signs with them. Source of the formats: "Secret Handling Requirements" of the TiRTC
//! documentation; a TiRTC key has no published alphabet, so only what can be no key is refused.

use std::fmt;

use zeroize::Zeroize;

use crate::error::{Error, Result};
use crate::text::{mask, mask_license};

/// Any secret: a string, or bytes.
///
/// ```
/// use scrubjay::secret::Secret;
/// let password = Secret::new("correct horse battery staple".to_owned());
/// assert_eq!(password.to_string(), "corr****aple");
/// assert_eq!(password.expose(), "correct horse battery staple");
/// ```
#[derive(Clone)]
pub struct Secret<T: AsRef<[u8]> + Zeroize>(T);

impl<T: AsRef<[u8]> + Zeroize> Secret<T> {
    /// Takes the value in.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The one way out: search for this name to see who looks.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: AsRef<[u8]> + Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: AsRef<[u8]> + Zeroize> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(self.0.as_ref()))
    }
}

impl<T: AsRef<[u8]> + Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

impl<T: AsRef<[u8]> + Zeroize> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        equal(self.0.as_ref(), other.0.as_ref())
    }
}

impl<T: AsRef<[u8]> + Zeroize> Eq for Secret<T> {}

#[cfg(feature = "serde")]
impl<T: AsRef<[u8]> + Zeroize> serde_core::Serialize for Secret<T> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Compares in a time that depends on the lengths alone.
///
/// ```
/// assert!(scrubjay::secret::equal(b"same", b"same"));
/// assert!(!scrubjay::secret::equal(b"same", b"sama"));
/// ```
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let (left, left_rest) = left.as_chunks::<8>();
    let (right, right_rest) = right.as_chunks::<8>();
    let mut differing = 0;
    for (a, b) in left.iter().zip(right) {
        differing |= u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b);
        // Keeps the compiler from leaving the loop at the first difference.
        zeroize::optimization_barrier(&differing);
    }
    for (a, b) in left_rest.iter().zip(right_rest) {
        differing |= u64::from(a ^ b);
        zeroize::optimization_barrier(&differing);
    }
    differing == 0
}

/// A type around [`Secret`] with a check of its own and the mask `$mask`.
macro_rules! secret_type {
    ($(#[$docs:meta])* $name:ident, $check:path, $mask:path) => {
        $(#[$docs])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name($crate::secret::Secret<String>);

        impl $name {
            /// Takes a value in after checking that it can be one.
            ///
            /// # Errors
            /// Says what was expected, and never holds the value.
            pub fn parse(value: impl Into<String>) -> $crate::error::Result<Self> {
                let secret = $crate::secret::Secret::new(value.into());
                $check(secret.expose())?;
                Ok(Self(secret))
            }

            /// The value itself.
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;

            fn from_str(value: &str) -> $crate::error::Result<Self> {
                Self::parse(value)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$mask(self.expose().as_bytes()))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        #[cfg(feature = "serde")]
        impl serde_core::Serialize for $name {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}
pub(crate) use secret_type;

secret_type! {
    /// The application secret of TiRTC, `secret_key` (also named `secret_key_id`).
    ///
    /// ```
    /// use scrubjay::secret::SecretKey;
    /// let key = SecretKey::parse("k9".repeat(16)).unwrap();
    /// assert_eq!(format!("{key:?}"), "SecretKey(k9k9****k9k9)");
    /// assert!(SecretKey::parse("").is_err());
    /// ```
    SecretKey, check_key, mask
}

secret_type! {
    /// The secret of one TiRTC device, `device_secret_key`. A value with a comma is refused: that is a
    /// whole [`License`].
    DeviceSecretKey, check_device_key, mask
}

secret_type! {
    /// A TiRTC license, `<device_id>,<device_secret_key>`. Its mask keeps the device id, which is
    /// public and tells which device has to get a new key.
    ///
    /// ```
    /// use scrubjay::secret::License;
    /// let license = License::parse(format!("TIRA1B2C3D4E,{}", "k9".repeat(16))).unwrap();
    /// assert_eq!(license.device_id(), "TIRA1B2C3D4E");
    /// assert_eq!(license.to_string(), "TIRA1B2C3D4E,k9k9****k9k9");
    /// assert_eq!(license.device_secret_key().expose(), "k9".repeat(16));
    /// ```
    License, check_license, mask_license
}

secret_type! {
    /// The SDKSecretKey of a TRTC or Chat application: 64 lower-case hex digits, used as they are
    /// written. Other forms are taken, see [`SdkSecretKey::is_usual`].
    SdkSecretKey, check_key, mask
}

impl License {
    /// The public part.
    pub fn device_id(&self) -> &str {
        self.expose().split_once(',').map_or("", |(id, _)| id)
    }

    /// The secret part, which signs.
    pub fn device_secret_key(&self) -> DeviceSecretKey {
        let key = self.expose().split_once(',').map_or("", |(_, key)| key);
        DeviceSecretKey(Secret::new(key.to_owned()))
    }
}

impl SdkSecretKey {
    /// True for 64 lower-case hex digits, the only form that the console gives out. Any other value
    /// signs as well, but is more likely a key of another product.
    pub fn is_usual(&self) -> bool {
        self.expose().len() == 64 && self.expose().bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// The longest key, in bytes; the vendors' buffers end between 128 and 256.
const MAX_KEY: usize = 1024;

fn check_key(key: &str) -> Result<()> {
    let expected = match key {
        "" => "a value, found none",
        key if key.len() > MAX_KEY => "at most 1024 bytes",
        key if key.chars().any(char::is_control) => "no line ends or other control characters",
        key if key.trim().len() != key.len() => "no white space around it",
        _ => return Ok(()),
    };
    Err(Error::invalid(format!("key: expected {expected}")))
}

fn check_device_key(key: &str) -> Result<()> {
    if key.contains(',') {
        return Err(Error::invalid("device secret key: found a comma; give a whole license as a license"));
    }
    check_key(key)
}

fn check_license(license: &str) -> Result<()> {
    let Some((id, key)) = license.split_once(',') else {
        return Err(Error::invalid("license: expected `<device_id>,<device_secret_key>`, found no comma"));
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !(1..=64).contains(&id.len()) || !id.bytes().all(plain) {
        return Err(Error::invalid("license: expected a device id of 1 to 64 letters, digits, `-` or `_`"));
    }
    check_device_key(key)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_key_is_refused_without_being_shown() {
        for wrong in ["", "a\nb", "key\n", " key", "key\u{1b}[0m", &"x".repeat(1025)] {
            let error = SecretKey::parse(wrong).unwrap_err().to_string();
            assert!(wrong.is_empty() || !error.contains(wrong), "{error}");
        }
        assert!(DeviceSecretKey::parse("TIRA1B2C3D4E,abc").is_err());
        for wrong in ["TIRA1B2C3D4E", ",key", "TIRA1B2C3D4E,", "TIR A,key", "a,b,c"] {
            assert!(License::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn equality_is_that_of_the_values() {
        let key = |s: &str| SdkSecretKey::parse(s).unwrap();
        assert_eq!(key("abc"), key("abc"));
        assert_ne!(key("abc"), key("abd"));
        assert_ne!(key("abc"), key("abcd"));
        assert!(key(&"0f".repeat(32)).is_usual());
        assert!(!key(&"0F".repeat(32)).is_usual());
        assert!(equal(b"", b""));
    }
}
