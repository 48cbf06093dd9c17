//! The clock of what is masked.

use crate::Result;
use crate::args::MaskingArgs;
use crate::moment::{instant, moment};

/// The clock.
pub(super) fn now(args: &MaskingArgs) -> Result<i64> {
    args.now.as_deref().map_or(Ok(instant().as_second()), |text| moment("--now", text))
}
