//! What a function can return without having done anything.

use syn::{GenericArgument, PathArguments, ReturnType, Type};

/// The values, in Rust; none where the type has no simple one. Empty for a function without a value.
pub fn values(output: &ReturnType) -> &'static [&'static str] {
    match output {
        ReturnType::Default => &[""],
        ReturnType::Type(_, kind) => of(kind),
    }
}

fn of(kind: &Type) -> &'static [&'static str] {
    match kind {
        Type::Reference(reference) if reference.mutability.is_none() => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => &["\"\""],
            Type::Slice(_) => &["&[]"],
            _ => &[],
        },
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return &[];
            };
            match last.ident.to_string().as_str() {
                "bool" => &["true", "false"],
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => &["0", "1"],
                "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => &["0", "1"],
                "Option" => &["None"],
                "String" => &["String::new()"],
                "Vec" => &["Vec::new()"],
                "Result" if holds_nothing(&last.arguments) => &["Ok(())"],
                _ => &[],
            }
        }
        _ => &[],
    }
}

/// `Result<()>` and `Result<(), …>`.
fn holds_nothing(arguments: &PathArguments) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return false;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(Type::Tuple(tuple))) => tuple.elems.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_type_of_the_function() {
        let of = |text: &str| values(&syn::parse_str(text).expect("a type"));
        assert_eq!(of("-> bool"), ["true", "false"]);
        assert_eq!(of("-> io::Result<()>"), ["Ok(())"]);
        assert_eq!(of("-> Result<u8>"), [""; 0]);
        assert_eq!(of("-> Option<&'a str>"), ["None"]);
        assert_eq!(of(""), [""]);
    }
}
