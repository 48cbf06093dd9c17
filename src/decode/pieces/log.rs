//! Lines that a container runtime cut: one that is longer than its buffer goes on in the next record. CRI
//! marks the parts of a line with `P` and its last one with `F`; in docker's JSON files all but the last
//! one have no `\n` at their end.

/// No record begins further back, in bytes.
const MAX_RECORD_BYTES: usize = 64 * 1024;

/// The beginning of a record of docker.
const DOCKER: &[u8] = b"{\"log\":\"";

/// What follows a part in a record of docker is shorter, in bytes.
const MAX_REST_BYTES: usize = 512;

/// Goes over the end of a record and the beginning of the next at `from`.
pub(super) fn joint(bytes: &[u8], from: usize) -> Option<usize> {
    match bytes.get(from)? {
        b'\n' | b'\r' => {
            let next = from + line_end(&bytes[from..])?;
            let (stream, is_partial, _) = cri(line_before(bytes, from))?;
            let (goes_on, _, head) = cri(&bytes[next..])?;
            (is_partial && stream == goes_on).then_some(next + head)
        }
        b'"' => {
            let rest = docker_rest(bytes, from)?;
            let next = &bytes[from + rest.len()..];
            let behind = &next[..memchr::memchr(b'\n', next).unwrap_or(next.len())];
            let text = behind.strip_prefix(DOCKER)?;
            let streams = (stream(rest), stream(text));
            (streams.0 == streams.1 || streams.1.is_none()).then_some(from + rest.len() + DOCKER.len())
        }
        _ => None,
    }
}

/// Whether a record ends behind a value at `at` that may go on in the next one, which is still to come.
pub(super) fn is_open_joint(text: &[u8], at: usize) -> bool {
    text.get(at) == Some(&b'"') && docker_rest(text, at).is_some_and(|rest| at + rest.len() == text.len())
}

/// The stream, whether the line is only a part, and how long the head is, of a record of CRI such as
/// `2026-01-01T00:00:00.1Z stdout P `.
fn cri(line: &[u8]) -> Option<(&[u8], bool, usize)> {
    let mut words = line[..line.len().min(128)].splitn(4, |b| *b == b' ');
    let (time, stream, tags) = (words.next()?, words.next()?, words.next()?);
    let is_time = time.len() >= 20 && time[0].is_ascii_digit() && time.get(10) == Some(&b'T');
    let is_stream = matches!(stream, b"stdout" | b"stderr");
    // Tags may follow, with colons between them.
    let is_tag = matches!(tags, [b'P' | b'F'] | [b'P' | b'F', b':', ..]);
    words.next().filter(|_| is_time && is_stream && is_tag)?;
    Some((stream, tags[0] == b'P', time.len() + stream.len() + tags.len() + 3))
}

/// What stands before `from` in its line.
fn line_before(bytes: &[u8], from: usize) -> &[u8] {
    let floor = from.saturating_sub(MAX_RECORD_BYTES);
    let start = memchr::memrchr(b'\n', &bytes[floor..from]).map_or(floor, |i| floor + i + 1);
    &bytes[start..from]
}

/// The rest of a record of docker whose text ends at `from` without a line end, its own line end included.
fn docker_rest(bytes: &[u8], from: usize) -> Option<&[u8]> {
    let rest = &bytes[from..];
    if !rest.starts_with(b"\",\"") || !line_before(bytes, from).starts_with(DOCKER) {
        return None;
    }
    let near = &rest[..rest.len().min(MAX_REST_BYTES)];
    let end = memchr::memchr(b'\n', near)?;
    near[..end].trim_ascii_end().ends_with(b"}").then_some(&rest[..=end])
}

/// The stream that a record of docker names.
fn stream(rest: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::rfind(rest, b"\"stream\":\"")? + b"\"stream\":\"".len();
    Some(&rest[at..at + memchr::memchr(b'"', &rest[at..])?])
}

fn line_end(text: &[u8]) -> Option<usize> {
    match text {
        [b'\r', b'\n', ..] => Some(2),
        [b'\n', ..] => Some(1),
        _ => None,
    }
}
