//! The buffer that makes a UserSig a PrivateMapKey: one user's rights in one room.
//!
//! All integers are big-endian and unsigned: a version byte (0 for a numeric room, 1 for a named
//! one), the length of the account (2 bytes) and the account, the application id (4), the room number
//! (4, zero for a named room), the expiry in Unix seconds (4), the privilege bits (4), the account
//! type (4, always zero), and for a named room the length of its name (2) and the name.
//! Source: "Advanced Permission Control" of the TRTC documentation and its signers in six languages.

use std::fmt;

use crate::error::{Error, Result};

/// The room that a [`PrivateMap`] is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// A numeric room, 1 to 4294967294.
    Number(u32),
    /// A named room, 1 to 64 bytes.
    Name(String),
}

impl fmt::Display for Room {
    /// `room:10000` or `room:lobby`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room::Number(number) => write!(f, "room:{number}"),
            Room::Name(name) => write!(f, "room:{name}"),
        }
    }
}

/// The rights of a PrivateMapKey, one bit each.
///
/// ```
/// use scrubjay::token::usersig::Privileges;
/// let audience = Privileges::parse("enter, receive-audio, receive-video").unwrap();
/// assert_eq!(audience.bits(), 42);
/// assert_eq!(audience.to_string(), "enter,receive-audio,receive-video");
/// assert_eq!(Privileges::parse("all").unwrap(), Privileges::ALL);
/// assert!(Privileges::parse("fly").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Privileges(u32);

impl Privileges {
    /// All eight rights, 255.
    pub const ALL: Privileges = Privileges(255);

    /// The names of the rights, from the lowest bit up.
    pub const NAMES: [&'static str; 8] = [
        "create",
        "enter",
        "send-audio",
        "receive-audio",
        "send-video",
        "receive-video",
        "send-screen",
        "receive-screen",
    ];

    /// The rights of these bits; bits above the eighth are kept and have no name.
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Reads names separated by commas, or `all`.
    ///
    /// # Errors
    /// For a name that is none of [`Privileges::NAMES`], and where there is no name.
    pub fn parse(list: &str) -> Result<Self> {
        let mut bits = 0;
        for name in list.split(',').map(str::trim) {
            bits |= match Self::NAMES.iter().position(|n| *n == name) {
                Some(bit) => 1 << bit,
                None if name == "all" => Self::ALL.0,
                None => {
                    let known = Self::NAMES.join(", ");
                    return Err(Error::invalid(format!("privileges: expected `all` or some of {known}")));
                }
            };
        }
        Ok(Self(bits))
    }
}

impl fmt::Display for Privileges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = (0..).zip(Self::NAMES).filter(|(bit, _)| self.0 & (1 << bit) != 0);
        for (n, (_, name)) in held.enumerate() {
            write!(f, "{}{name}", if n == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// The content of the buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateMap {
    /// The user, as in `TLS.identifier`.
    pub account: String,
    /// The application.
    pub sdk_app_id: u32,
    /// The room.
    pub room: Room,
    /// Unix seconds, the low 32 bits; the second expiry beside the one of the token itself.
    pub expires_at: u32,
    /// What the user may do there.
    pub privileges: Privileges,
}

impl PrivateMap {
    /// Reads the buffer. None where it is not exactly of this layout: a buffer may hold anything.
    ///
    /// ```
    /// use scrubjay::token::usersig::{PrivateMap, Privileges, Room};
    /// let map = PrivateMap {
    ///     account: "alice".into(),
    ///     sdk_app_id: 1_400_000_001,
    ///     room: Room::Name("lobby".into()),
    ///     expires_at: 1_700_000_300,
    ///     privileges: Privileges::ALL,
    /// };
    /// assert_eq!(PrivateMap::decode(&map.encode().unwrap()), Some(map));
    /// ```
    pub fn decode(buffer: &[u8]) -> Option<Self> {
        let mut rest = buffer;
        let named = match take(&mut rest)? {
            [0] => false,
            [1] => true,
            _ => return None,
        };
        let account = text(&mut rest)?;
        let mut number = || take(&mut rest).map(u32::from_be_bytes);
        let (sdk_app_id, room_number, expires_at) = (number()?, number()?, number()?);
        let privileges = Privileges(number()?);
        let _account_type = number()?;
        let room = if named { Room::Name(text(&mut rest)?) } else { Room::Number(room_number) };
        rest.is_empty().then_some(Self { account, sdk_app_id, room, expires_at, privileges })
    }

    /// Writes the buffer.
    ///
    /// # Errors
    /// Where signers in other languages would write something else: an account that is not ASCII
    /// (they disagree about its bytes and its length), an empty or overlong room name, room number 0
    /// or 4294967295.
    pub fn encode(&self) -> Result<Vec<u8>> {
        if !self.account.is_ascii() {
            return Err(Error::invalid("user id: a room permission needs an ASCII user id"));
        }
        let (version, number, name) = match &self.room {
            Room::Number(0 | u32::MAX) => {
                return Err(Error::invalid("room: expected a number from 1 to 4294967294"));
            }
            Room::Number(number) => (0, *number, None),
            Room::Name(name) if name.is_empty() || name.len() > 64 => {
                return Err(Error::invalid("room name: expected 1 to 64 bytes"));
            }
            Room::Name(name) => (1, 0, Some(name)),
        };
        let length = |text: &str, what: &str| {
            u16::try_from(text.len()).map_err(|_| Error::invalid(format!("{what}: too long")))
        };
        let mut out = vec![version];
        out.extend(length(&self.account, "user id")?.to_be_bytes());
        out.extend(self.account.as_bytes());
        for field in [self.sdk_app_id, number, self.expires_at, self.privileges.0, 0] {
            out.extend(field.to_be_bytes());
        }
        if let Some(name) = name {
            out.extend(length(name, "room name")?.to_be_bytes());
            out.extend(name.as_bytes());
        }
        Ok(out)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = take(rest).map(u16::from_be_bytes)?;
    let (text, tail) = rest.split_at_checked(length.into())?;
    *rest = tail;
    Some(String::from_utf8_lossy(text).into_owned())
}
