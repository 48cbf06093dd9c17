//! Which operators may stand for which.

/// What replaces an operator, one after the other.
pub fn others(operator: &str) -> &'static [&'static str] {
    match operator {
        "==" => &["!="],
        "!=" => &["=="],
        "<" => &["<=", ">"],
        "<=" => &["<", ">"],
        ">" => &[">=", "<"],
        ">=" => &[">", "<"],
        "&&" => &["||"],
        "||" => &["&&"],
        "+" => &["-"],
        "-" => &["+"],
        "*" => &["+"],
        "/" => &["*"],
        "%" => &["/"],
        "&" => &["|"],
        "|" => &["&"],
        "^" => &["|"],
        "<<" => &[">>"],
        ">>" => &["<<"],
        "+=" => &["-="],
        "-=" => &["+="],
        "*=" => &["+="],
        "/=" => &["*="],
        "%=" => &["/="],
        "&=" => &["|="],
        "|=" => &["&="],
        "^=" => &["|="],
        "<<=" => &[">>="],
        ">>=" => &["<<="],
        _ => &[],
    }
}

/// Whether an operator that ends with `=` assigns.
pub fn assigns(operator: &str) -> bool {
    operator.ends_with('=') && !matches!(operator, "==" | "!=" | "<=" | ">=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_assigns_is_replaced_by_what_assigns() {
        for operator in ["==", "<", "<=", "&&", "+", "<<", "+=", "<<=", "|="] {
            assert!(!others(operator).is_empty());
            for other in others(operator) {
                assert_ne!(operator, *other);
                assert_eq!(assigns(operator), assigns(other), "{operator} {other}");
            }
        }
    }
}
