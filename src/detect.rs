//! The centre: a blob goes in, what was detected comes out. Scan, scrub and the runtime layer all
//! stand on this one function, so what is reported is what is removed.
//!
//! Top to bottom: the prefilter names places, the matcher finds values there, decoders open views in
//! which the same is done again, judges give verdicts, overlaps are resolved.

mod cells;
mod detection;
mod detector;
mod glance;
mod hidden_views;
mod join;
mod overlap;
mod place;
mod places;
mod units;
mod verdicts;
mod views;
mod walk;
mod walked;

pub use crate::text::Span;
pub use detection::Detection;
pub use detector::{Detector, Scratch};
pub(crate) use join::join;
pub(crate) use place::{Below, Place, Rows};
