//! Where secrets come from: a file, a file descriptor, the environment, in this order.

use std::path::Path;

use scrubjay::secret::{DeviceSecretKey, License, SdkSecretKey, SecretKey};
use scrubjay::{Error, Result};
use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::args::{SdkKey, Stray, TirtcKeyFiles};
use super::reading::read_text;

/// The names in a JSON object of secrets; in capitals they are those of the variables.
const NAMES: [&str; 4] =
    ["tirtc_secret_key", "tirtc_device_secret_key", "tirtc_license", "trtc_sdk_secret_key"];

/// The secrets that were given besides files.
pub(super) struct Given([Option<Zeroizing<String>>; 4]);

impl Given {
    /// Reads the file descriptor, where one was named, and else the environment.
    pub(super) fn read(descriptor: Option<u32>) -> Result<Self> {
        let Some(descriptor) = descriptor else { return Self::from_environment() };
        let path = format!("/dev/fd/{descriptor}");
        Self::from_json(&read_text(Some(Path::new(&path)))?).map_err(|error| error.at_path(path))
    }

    fn from_environment() -> Result<Self> {
        let mut given = [const { None }; 4];
        for (slot, name) in given.iter_mut().zip(NAMES) {
            let name = name.to_ascii_uppercase();
            *slot = match std::env::var(&name) {
                Ok(value) if !value.is_empty() => Some(Zeroizing::new(value)),
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(Error::invalid(format!("{name}: expected UTF-8")));
                }
                _ => None,
            };
        }
        Ok(Self(given))
    }

    fn from_json(text: &str) -> Result<Self> {
        let expected = || {
            let names = NAMES.map(|name| name.to_ascii_uppercase()).join(", ");
            Error::invalid(format!("expected a JSON object of strings with some of {names}"))
        };
        let Members(object) = serde_json::from_str(text).map_err(|_| expected())?;
        let mut given = [const { None }; 4];
        for (name, value) in object {
            let name = name.to_ascii_lowercase();
            // The variables' names, with or without the system's.
            let known = |n: &&str| *n == name || n.split_once('_').is_some_and(|(_, rest)| rest == name);
            let slot = NAMES.iter().position(known).ok_or_else(expected)?;
            // Most readers keep the last and drop what stood under the name before.
            if given[slot].replace(value).is_some() {
                let name = NAMES[slot].to_ascii_uppercase();
                return Err(Error::invalid(format!(
                    "expected each secret once in the object; {name} is there twice"
                )));
            }
        }
        Ok(Self(given))
    }

    fn value(&self, slot: usize, file: Option<&Path>) -> Result<Option<Zeroizing<String>>> {
        match file {
            Some(path) => read_text(Some(path)).map(Some),
            None => Ok(self.0[slot].clone()),
        }
    }

    /// The application secret.
    pub(super) fn secret_key(&self, files: &TirtcKeyFiles) -> Result<SecretKey> {
        let value = self.value(0, files.secret_key_file.as_deref())?;
        let value = value.ok_or_else(|| missing(0, "--secret-key-file"))?;
        SecretKey::parse(value.as_str()).map_err(|error| named(0, &error))
    }

    /// The device secret, and the device it belongs to where it came in a license.
    pub(super) fn device(&self, files: &TirtcKeyFiles) -> Result<Option<(DeviceSecretKey, Option<String>)>> {
        if files.license_file.is_none()
            && let Some(value) = self.value(1, files.device_secret_key_file.as_deref())?
        {
            let key = DeviceSecretKey::parse(value.as_str()).map_err(|error| named(1, &error))?;
            return Ok(Some((key, None)));
        }
        let Some(value) = self.value(2, files.license_file.as_deref())? else { return Ok(None) };
        let license = License::parse(value.as_str()).map_err(|error| named(2, &error))?;
        Ok(Some((license.device_secret_key(), Some(license.device_id().to_owned()))))
    }

    /// The SDKSecretKey, and a note where it does not look like one.
    pub(super) fn sdk_secret_key(
        &self,
        file: Option<&Path>,
        notes: &mut Vec<String>,
    ) -> Result<SdkSecretKey> {
        let value = self.value(3, file)?.ok_or_else(|| missing(3, "--sdk-secret-key-file"))?;
        let key = SdkSecretKey::parse(value.as_str()).map_err(|error| named(3, &error))?;
        if !key.is_usual() {
            notes.push(
                "note: an SDKSecretKey has 64 lower-case hex digits; this value has another form".to_owned(),
            );
        }
        Ok(key)
    }
}

/// The members of a JSON object of strings, those that are there twice among them.
struct Members(Vec<(String, Zeroizing<String>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> std::result::Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    members.push((name, Zeroizing::new(value)));
                }
                Ok(Members(members))
            }
        }
        reader.deserialize_map(Each)
    }
}

impl SdkKey {
    /// The SDKSecretKey.
    pub(super) fn read(&self, notes: &mut Vec<String>) -> Result<SdkSecretKey> {
        Given::read(self.secrets_fd)?.sdk_secret_key(self.sdk_secret_key_file.as_deref(), notes)
    }
}

/// What stands for the device secret where none was given.
pub(super) fn missing_device() -> Error {
    let (key, license) = (NAMES[1].to_ascii_uppercase(), NAMES[2].to_ascii_uppercase());
    Error::invalid(format!(
        "no device secret: set {key} or {license}, or name a file with --device-secret-key-file or \
         --license-file; --scheme app-only needs none"
    ))
}

impl Stray {
    /// Refuses what belongs to no argument, without quoting it.
    pub(super) fn refuse(&self) -> Result<()> {
        if self.stray.is_empty() {
            return Ok(());
        }
        Err(Error::invalid(
            "unexpected argument: a token comes from standard input or --token-file, a secret from a file, \
             a file descriptor or the environment; other users can read arguments",
        ))
    }
}

fn missing(slot: usize, flag: &str) -> Error {
    let name = NAMES[slot].to_ascii_uppercase();
    Error::invalid(format!("no {name}: set it in the environment, or name a file with {flag}"))
}

fn named(slot: usize, error: &Error) -> Error {
    Error::invalid(format!("{}: {}", NAMES[slot].to_ascii_uppercase(), error.message()))
}
