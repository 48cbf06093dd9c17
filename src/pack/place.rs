//! A place in a container.

use super::codec::Codec;
use crate::blob::Origin;

/// A place in a container.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub(super) origin: Origin,
    /// What the unpacked stream is called, where it turns out to be a leaf.
    stem: Option<String>,
    /// How many containers are around it.
    pub(super) depth: usize,
    /// How many of them are compressions.
    pub(super) squeezed: usize,
}

impl At {
    pub(super) fn new(origin: &Origin) -> Self {
        Self { origin: origin.clone(), stem: None, depth: 0, squeezed: 0 }
    }

    /// An entry of an archive that is here.
    pub(super) fn entry(&self, name: &[u8], squeezed: bool) -> Self {
        let mut origin = self.origin.clone();
        origin.entry.push(String::from_utf8_lossy(name).into_owned());
        Self { origin, stem: None, depth: self.depth, squeezed: self.squeezed + usize::from(squeezed) }
    }

    pub(super) fn deeper(&self) -> Self {
        Self { depth: self.depth + 1, stem: None, ..self.clone() }
    }

    pub(super) fn unpacked(&self, codec: &Codec) -> Self {
        let named = self.stem.as_ref().or(self.origin.entry.last()).unwrap_or(&self.origin.path);
        let file = named.rsplit(['/', '\\']).next().unwrap_or_default();
        let stem = file.rsplit_once('.').filter(|(stem, extension)| {
            !stem.is_empty() && codec.extensions.iter().any(|e| e.eq_ignore_ascii_case(extension))
        });
        let stem = stem.map_or_else(|| format!("({})", codec.name), |(stem, _)| stem.to_owned());
        Self { stem: Some(stem), depth: self.depth + 1, squeezed: self.squeezed + 1, ..self.clone() }
    }

    pub(super) fn leaf(&self) -> Origin {
        let mut origin = self.origin.clone();
        origin.entry.extend(self.stem.clone());
        origin
    }
}
