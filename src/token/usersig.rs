//! To come.
use super::{Claims, Scheme};
use crate::finding::Status;

/// The scheme.
pub const SCHEME: Scheme =
    Scheme { name: "usersig-v2", decode: |_| None, status: |_: &Claims, _| Status::Active };
