//! What tags name: an object, or another tag.

use gix::objs::Kind;
use gix::{ObjectId, hash};

use super::objects::Objects;

/// How many tags of tags are followed: one is enough, and an endless row of them is an attack.
pub const MOST_TAGS: usize = 256;

/// What a tag, or a tag of a tag, leads to in the end.
pub fn peeled(objects: &Objects, id: ObjectId, hash: hash::Kind) -> ObjectId {
    let (mut at, mut buffer) = (id, Vec::new());
    for _ in 0..MOST_TAGS {
        match objects.read(&at, &mut buffer) {
            Ok(Kind::Tag) => match target(&buffer, hash) {
                Some(target) => at = target,
                None => break,
            },
            _ => break,
        }
    }
    at
}

/// What a tag object names.
pub fn target(bytes: &[u8], hash: hash::Kind) -> Option<ObjectId> {
    gix::objs::TagRefIter::from_bytes(bytes, hash).target_id().ok()
}
