//! A tree that is as hostile as a file system allows, with seeded secrets, and the truth about each:
//! where it stands in every unit that a format counts in.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::support::prng::Prng;

/// What was planted in one file.
pub(crate) struct Planted {
    /// The path as a format shows it: what is no UTF-8 is U+FFFD.
    pub(crate) path: String,
    pub(crate) line: u64,
    /// First column and the one after the last: in characters, UTF-16 units and UTF-8 bytes.
    pub(crate) chars: (u64, u64),
    pub(crate) utf16: (u64, u64),
    pub(crate) utf8: (u64, u64),
    pub(crate) mask: String,
    pub(crate) secret: String,
}

/// Names that would end a field or start a formula.
const NAMES: &[&str] = &[
    "plain.env",
    "with space/and %41 percent.env",
    "a,b`c``d[e](f)&amp;'.env",
    "=cmd+@.env",
    "密钥 😀/配置.env",
];

/// Names that Windows does not take: they end a command, a tag or a cell, or reorder what is shown.
#[cfg(unix)]
const UNIX_NAMES: &[&str] = &[
    "::error file=x::y,z.env",
    "a|b`c[e](http:f)<script>alert(1)<!--.env",
    "x]]>\".env",
    "line\nfeed\r\t.env",
    "bidi\u{202e}vne.\u{2066}x.env",
    "esc\u{1b}[2J.env",
];

/// What stands before the value on its line: text that is wide in another way in each unit.
const LEADS: &[&str] = &["", "密钥 ", "a😀é ", "\u{1f468}\u{200d}\u{1f469} \t", "\u{301}e\u{301} "];

/// Fills `folder`, and tells what stands where, in the order of paths.
pub(crate) fn plant(folder: &Path) -> Vec<Planted> {
    let mut names: Vec<OsString> = NAMES.iter().map(OsString::from).collect();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        names.extend(UNIX_NAMES.iter().map(OsString::from));
        names.push(OsString::from_vec(b"no\xffutf\xc3.env".to_vec()));
    }
    let mut rng = Prng::from_text("formats");
    let mut all = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        let lead = LEADS[at % LEADS.len()];
        let secret = rng.alnum(32);
        let line = format!("{lead}TIRTC_SECRET_KEY={secret}");
        let text = format!("first\nsecond\n{line}\nlast\n");
        // Every third file is UTF-16: its columns are those of its text.
        let bytes = if at % 3 == 2 {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        } else {
            text.into_bytes()
        };
        fs::write(&path, bytes).expect("a file");
        let before = &line[..line.len() - secret.len()];
        let from = |before: usize| (before as u64 + 1, before as u64 + 1 + 32);
        all.push(Planted {
            path: name.to_string_lossy().into_owned(),
            line: 3,
            chars: from(before.chars().count()),
            utf16: from(before.encode_utf16().count()),
            utf8: from(before.len()),
            mask: format!("{}****{}", &secret[..4], &secret[28..]),
            secret,
        });
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}
