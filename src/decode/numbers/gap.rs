//! What stands between the numbers of a list: blanks, line ends as they are or escaped, remarks.

use crate::cursor::Cursor;

/// No remark is longer, in bytes.
const LONGEST_REMARK: usize = 160;

/// Goes over blanks, line ends and remarks, of at most about `most` bytes; says whether anything was there.
pub(super) fn go_over_gap(c: &mut Cursor<'_>, most: usize) -> bool {
    let start = c.at;
    while c.at - start < most {
        let from = c.at;
        // Most gaps are one blank.
        c.at += c.rest().iter().take(most).take_while(|b| matches!(b, b' ' | b'\n')).count();
        if matches!(c.peek(0), b'\t' | b'\r' | b'\\' | 0x1b | 0xc2 | 0xe3) {
            c.space(1);
            c.escaped_tab();
        }
        if matches!(c.peek(0), b'/' | b'#') {
            remark(c);
        }
        if c.at == from {
            break;
        }
    }
    c.at > start
}

/// Goes over `/* … */`, and over `// …` and `# …` up to the end of their line.
fn remark(c: &mut Cursor<'_>) {
    let rest = &c.rest()[..c.rest().len().min(LONGEST_REMARK)];
    let length = match rest {
        [b'/', b'*', inside @ ..] => memchr::memmem::find(inside, b"*/").map(|end| end + 4),
        [b'/', b'/', ..] | [b'#', b' ', ..] => memchr::memchr(b'\n', rest),
        _ => None,
    };
    c.at += length.unwrap_or(0);
}
