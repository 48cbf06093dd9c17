//! Prose in columns, for everything that people read.

/// Adds `words` to `text` after `lead`, broken between words at `columns`; further lines are indented
/// by `indent` columns, which is how wide `lead` shows (it may hold colours).
pub fn wrap(text: &mut String, lead: &str, indent: usize, words: &str, columns: usize) {
    text.push_str(lead);
    let mut column = indent;
    for (index, word) in words.split_whitespace().enumerate() {
        let width = word.chars().count();
        if index > 0 && column + 1 + width > columns {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_break_between_words_and_stay_indented() {
        let mut text = String::new();
        super::wrap(&mut text, "  1. ", 5, "one two\nthree  a-word-that-is-longer-than-the-line", 12);
        assert_eq!(text, "  1. one two\n     three\n     a-word-that-is-longer-than-the-line\n");
    }
}
