//! Compressed streams that follow each other: what `cat a.gz b.gz` gives is as good as one.
//!
//! A decoder reads one member. Here they are chained, padding between and after them is let pass, and
//! what goes wrong stays wrong: no decoder is asked again after it failed.

use std::io::{self, ErrorKind, Read};

use super::source::{Source, corrupt};

/// The decoder of one member.
pub(super) trait Member<'a>: Read + Send + Sized {
    /// The name of the format in messages.
    const NAME: &'static str;

    /// How much of a member's head tells what it is.
    const HEAD: usize = 10;

    /// True where a member begins like this.
    fn begins(head: &[u8]) -> bool;

    /// How many bytes hold no data and are to be skipped, where they begin like this.
    fn skippable(_head: &[u8]) -> Option<u64> {
        None
    }

    /// Begins a member.
    fn open(source: Source<'a>) -> io::Result<Self>;

    /// Ends a member whose last byte was read; gives back what follows.
    fn close(self) -> io::Result<Source<'a>>;
}

/// All members of a stream, one after the other.
pub(super) struct Members<'a, M> {
    state: State<'a, M>,
    /// How many there were.
    seen: u64,
}

enum State<'a, M> {
    Between(Source<'a>),
    Within(M),
    Over,
    Failed(ErrorKind, String),
}

impl<'a, M: Member<'a> + 'a> Members<'a, M> {
    /// A reader of what all members of a stream hold together.
    pub(super) fn open(reader: Box<dyn Read + Send + 'a>) -> Box<dyn Read + Send + 'a> {
        Box::new(Self { state: State::Between(Source::new(reader)), seen: 0 })
    }

    fn next(&mut self, mut source: Source<'a>) -> io::Result<State<'a, M>> {
        loop {
            let head = source.peek(M::HEAD)?;
            if head.is_empty() && self.seen > 0 {
                return Ok(State::Over);
            }
            if M::begins(head) {
                self.seen += 1;
                return Ok(State::Within(M::open(source)?));
            }
            let skippable = M::skippable(head);
            match skippable {
                Some(length) => source.skip(length)?,
                // Tapes and block devices are padded with zeros.
                None if self.seen > 0 && head[0] == 0 => source.skip(1)?,
                None => return Err(corrupt("data after the end")),
            }
            self.seen += u64::from(skippable.is_some());
        }
    }
}

impl<'a, M: Member<'a> + 'a> Read for Members<'a, M> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            let error = match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Ok(0),
                State::Between(source) => match self.next(source) {
                    Ok(state) => {
                        self.state = state;
                        continue;
                    }
                    Err(error) => error,
                },
                State::Within(mut member) => match member.read(out) {
                    Ok(0) => match member.close() {
                        Ok(source) => {
                            self.state = State::Between(source);
                            continue;
                        }
                        Err(error) => error,
                    },
                    Ok(read) => {
                        self.state = State::Within(member);
                        return Ok(read);
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {
                        self.state = State::Within(member);
                        continue;
                    }
                    Err(error) => error,
                },
                State::Failed(kind, message) => {
                    let error = io::Error::new(kind, message.clone());
                    self.state = State::Failed(kind, message);
                    return Err(error);
                }
            };
            // Decoders say in many ways that data is not what it must be.
            let kind = match error.kind() {
                ErrorKind::InvalidInput | ErrorKind::Other => ErrorKind::InvalidData,
                kind => kind,
            };
            self.state = State::Failed(kind, said(M::NAME, &error));
        }
    }
}

/// What went wrong, in words that hold nothing of the data whatever the decoder says.
fn said(name: &str, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => format!("{name}: cut off"),
        ErrorKind::OutOfMemory => format!("{name}: needs more memory than is given to it"),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => format!("{name}: corrupt"),
        _ => error.to_string(),
    }
}
