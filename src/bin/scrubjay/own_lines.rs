//! What the command says in lines of its own.

use std::sync::LazyLock;

use scrubjay::detect::Detector;
use scrubjay::rule;
use scrubjay::scan::mask_names;

/// A line of our own with what is secret in it masked: a message quotes names of files, references and more.
pub(crate) fn fit(line: &str) -> String {
    static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(rule::builtin(), 0));
    mask_names(&DETECTOR, line)
}
