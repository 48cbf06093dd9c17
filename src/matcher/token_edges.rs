//! Where a token may begin, and how far its characters go.

use crate::token;

/// Whether a letter or digit stands before a token that is not the end of an escape: `%3D`, `\n`, or
/// a colour code.
pub(super) fn is_glued(before: &[u8]) -> bool {
    if !before.last().is_some_and(u8::is_ascii_alphanumeric) {
        return false;
    }
    let percent = before
        .last_chunk::<3>()
        .is_some_and(|e| e[0] == b'%' && e[1].is_ascii_hexdigit() && e[2].is_ascii_hexdigit());
    let escape =
        before.last_chunk::<2>().is_some_and(|e| e[0] == b'\\' && matches!(e[1], b'n' | b't' | b'r'));
    let tail = &before[before.len().saturating_sub(24)..];
    let colour = tail.iter().rposition(|&b| b == b'[').is_some_and(|i| {
        tail[i + 1..tail.len() - 1].iter().all(|b| b.is_ascii_digit() || matches!(b, b';' | b':'))
            && tail[tail.len() - 1] == b'm'
            && i > 0
    });
    // Mail writes `=` so.
    !(percent || escape || colour || before.ends_with(b"=3D"))
}

/// How many bytes here belong to base64 as URLs have it; most of it vector code, since tokens are long.
pub(super) fn url_run(text: &[u8]) -> usize {
    const STEP: usize = 16;
    let is_part = |b: u8| {
        ((b | 0x20).wrapping_sub(b'a') < 26) | (b.wrapping_sub(b'0') < 10) | (b == b'_') | (b == b'-')
    };
    let steps = text.chunks_exact(STEP).take_while(|step| step.iter().fold(true, |all, b| all & is_part(*b)));
    let whole = steps.count() * STEP;
    whole + text[whole..].iter().take_while(|b| is_part(**b)).count()
}

/// The claims of a connect token need more characters than this.
pub(super) const MIN_PAYLOAD: usize = 60;

/// The end of what has the form of a connect token at a core, whole and with a whole signature: to hide it,
/// nobody has to decode it.
pub(crate) fn connect_token(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    if !matches!(rest.get(..5)?, b"v1.ey" | b"v1.ew") || is_glued(&bytes[..at]) {
        return None;
    }
    let run = |from: usize| url_run(&rest[from..]);
    let payload = run(3);
    if payload < MIN_PAYLOAD || rest.get(3 + payload) != Some(&b'.') {
        return None;
    }
    let signature = run(4 + payload);
    (signature == token::tirtc::SIGNATURE_CHARS).then_some(at + 4 + payload + signature)
}
