//! The reports that one run writes: `-f FORMAT` and `-o FILE`, as many pairs as are wanted, in the order in
//! which they were typed.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgAction, ArgMatches, Args, Command, FromArgMatches};
use scrubjay::report;

use super::shared::{REPORT, formats};

/// A report, and where it goes: nowhere named is standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) format: String,
    pub(crate) output: Option<PathBuf>,
}

/// All of them, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reports(pub(crate) Vec<Wanted>);

/// One of the two options as it was typed.
enum Typed {
    Format(String),
    Output(PathBuf),
}

impl Reports {
    /// One report on standard output.
    pub(crate) fn one(format: &str) -> Self {
        Self(vec![Wanted { format: format.to_owned(), output: None }])
    }

    /// A file belongs to the format before it, or where that has one, to the format after it.
    fn paired(typed: Vec<Typed>) -> Result<Self, String> {
        let mut all: Vec<Wanted> = Vec::new();
        let mut waiting: Option<PathBuf> = None;
        for one in typed {
            match one {
                Typed::Format(format) => all.push(Wanted { format, output: waiting.take() }),
                Typed::Output(output) => match all.last_mut() {
                    Some(last) if last.output.is_none() => last.output = Some(output),
                    _ => {
                        if let Some(before) = waiting.replace(output) {
                            return Err(alone(&before));
                        }
                    }
                },
            }
        }
        if let Some(output) = waiting {
            if !all.is_empty() {
                return Err(alone(&output));
            }
            all.push(Wanted { format: report::FORMATS[0].name.to_owned(), output: Some(output) });
        }
        if all.is_empty() {
            return Ok(Self::one(report::FORMATS[0].name));
        }
        let mut unnamed = all.iter().filter(|wanted| wanted.output.is_none());
        if let (Some(one), Some(other)) = (unnamed.next(), unnamed.next()) {
            let (one, other) = (&one.format, &other.format);
            return Err(format!(
                "the reports {one} and {other} cannot both go to standard output; `-o FILE` after `-f FORMAT` names a file"
            ));
        }
        for (number, wanted) in all.iter().enumerate() {
            if wanted.output.is_some() && all[..number].iter().any(|other| other.output == wanted.output) {
                let shown = wanted.output.as_deref().unwrap_or(std::path::Path::new("")).to_string_lossy();
                return Err(format!("two reports cannot go to one file, `{shown}`"));
            }
        }
        Ok(Self(all))
    }
}

fn alone(output: &std::path::Path) -> String {
    format!("`-o {}` has no `-f FORMAT` of its own", output.to_string_lossy())
}

impl Args for Reports {
    fn augment_args(command: Command) -> Command {
        let format = clap::Arg::new("format")
            .short('f')
            .long("format")
            .value_name("FORMAT")
            .value_parser(formats())
            .action(ArgAction::Append)
            .help_heading(REPORT)
            .help("The form of the report [default: human]; can be repeated, each with its -o")
            .long_help(
                "The form of the report [default: human]; can be repeated, each with its -o: `-f json -o a.json -f sarif \
                 -o b.sarif` writes both from one run, and `-f human -f json -o a.json` one of them to \
                 standard output",
            );
        let output = clap::Arg::new("output")
            .short('o')
            .long("output")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .action(ArgAction::Append)
            .help_heading(REPORT)
            .help("Write the report to a file instead of standard output");
        command.arg(format).arg(output)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Reports {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut typed: Vec<(usize, Typed)> = Vec::new();
        let places = |name| matches.indices_of(name).into_iter().flatten();
        let named = matches.get_many::<String>("format").into_iter().flatten().cloned().map(Typed::Format);
        typed.extend(places("format").zip(named));
        let named = matches.get_many::<PathBuf>("output").into_iter().flatten().cloned().map(Typed::Output);
        typed.extend(places("output").zip(named));
        typed.sort_by_key(|(place, _)| *place);
        Self::paired(typed.into_iter().map(|(_, typed)| typed).collect())
            .map_err(|message| clap::Error::raw(ErrorKind::ArgumentConflict, message))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `f:` and `o:` words as options.
    fn paired(words: &str) -> Result<Vec<String>, String> {
        let typed = words.split_whitespace().map(|word| match word.split_once(':') {
            Some(("f", format)) => Typed::Format(format.to_owned()),
            _ => Typed::Output(PathBuf::from(&word[2..])),
        });
        let all = Reports::paired(typed.collect())?.0;
        let shown = |wanted: &Wanted| {
            let output = wanted.output.as_deref().map(|path| path.to_string_lossy().into_owned());
            format!("{}>{}", wanted.format, output.unwrap_or_default())
        };
        Ok(all.iter().map(shown).collect())
    }

    #[test]
    fn a_file_belongs_to_the_format_beside_it() {
        for (words, pairs) in [
            ("", "human>"),
            ("f:json", "json>"),
            ("o:a", "human>a"),
            ("f:json o:a", "json>a"),
            ("o:a f:json", "json>a"),
            ("f:json o:a f:sarif o:b", "json>a sarif>b"),
            ("o:a f:json o:b f:sarif", "json>a sarif>b"),
            ("f:human f:json o:a", "human> json>a"),
            ("f:json o:a f:human", "json>a human>"),
        ] {
            assert_eq!(paired(words).map(|all| all.join(" ")).as_deref(), Ok(pairs), "{words}");
        }
        for words in ["f:json f:sarif", "f:json o:a o:b", "o:a o:b", "f:json o:a f:sarif o:a"] {
            assert!(paired(words).is_err(), "{words}");
        }
    }
}
