//! Arrays of numbers: those that spell text, since `journalctl -o json` writes a message with a colour in
//! it so, and those that are the value of a name, as debuggers print bytes and sources hold constants.
//!
//! | file | what |
//! |---|---|
//! | `element` | one number in the notations of languages |
//! | `gap` | what stands between numbers |
//! | `head` | what stands before the first number |
//! | `list` | numbers in a row |
//! | `literal` | a list with its brackets and the words of its type |
//! | `named` | the literal that is the value of a name |
//! | `spelled` | the decoder for text within an array |
//! | `stars` | masks that are lists as well |

mod element;
mod gap;
mod head;
mod list;
mod literal;
mod named;
mod spelled;
mod stars;

pub(crate) use literal::{Literal, literal};
pub(crate) use named::{after_name, ask};
pub(crate) use spelled::{CORES, MIN_NUMBERS, OPENERS, ask as ask_spelled, read};
pub(crate) use stars::{NUMBER_MASK, head_bytes, numbers_within, put_mask, spelled};

/// The table's lines.
pub(crate) use named::DECODER as OF_NAMES;
pub(crate) use spelled::DECODER as OF_TEXT;
