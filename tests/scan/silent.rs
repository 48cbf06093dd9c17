//! Real files that hold no credential stay silent: a finding here is a false alarm for somebody.

use crate::support;

use std::fs;
use std::path::Path;

use scrubjay::detect::Detector;
use support::NOW;
use support::cases;
use support::template::line_of;

#[test]
fn the_corpus_is_silent() {
    let detector = Detector::new(scrubjay::rule::builtin(), NOW);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (mut alarms, mut files) = (Vec::new(), 0);
    for entry in fs::read_dir(&folder).expect("tests/corpus is there").flatten() {
        let bytes = fs::read(entry.path()).expect("a file of the corpus can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        files += 1;
        for d in cases::reported(&detector, &name, &bytes) {
            alarms.push(format!("{name}:{}: {}", line_of(&bytes, d.span.start), d.rule.id));
        }
    }
    assert!(files >= 9, "{files} files are fewer than there were");
    assert!(alarms.is_empty(), "\n{}", alarms.join("\n"));
}
