//! The rules that come with the program, one line per file of `rules/`.

use super::definition::Rule;
use super::read::load;

/// Every rule file.
const FILES: &[(&str, &str)] = &[
    ("rules/tirtc.toml", include_str!("../../rules/tirtc.toml")),
    ("rules/trtc.toml", include_str!("../../rules/trtc.toml")),
];

/// The rules that come with the program.
///
/// # Panics
/// Never in a build whose tests passed: they read every file.
pub fn builtin() -> Vec<Rule> {
    FILES
        .iter()
        .flat_map(|(path, text)| match load(text, path.as_ref()) {
            Ok(rules) => rules,
            Err(e) => panic!("{e}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_is_read_and_every_id_is_its_own() {
        let rules = super::builtin();
        let mut ids: Vec<&str> = rules.iter().map(|r| r.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), rules.len());
        for rule in &rules {
            assert!(!rule.why.is_empty() && !rule.remedy.is_empty() && !rule.title.is_empty(), "{}", rule.id);
            assert!(!rule.examples.is_empty() && !rule.counterexamples.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn no_file_of_the_folder_is_forgotten() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
        let on_disk = std::fs::read_dir(folder).expect("rules/ is there").flatten();
        let toml = on_disk.filter(|f| f.path().extension().is_some_and(|e| e == "toml"));
        assert_eq!(toml.count(), super::FILES.len());
    }
}
