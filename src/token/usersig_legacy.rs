//! To come.
use super::{Claims, Scheme};
use crate::finding::Status;

/// The scheme.
pub const SCHEME: Scheme =
    Scheme { name: "usersig-legacy", decode: |_| None, status: |_: &Claims, _| Status::Active };
/// To come.
pub fn decode_json(_input: &[u8]) -> Option<super::Token> {
    None
}
