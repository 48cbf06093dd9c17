//! The file in which a manager of hooks is told what to run, and our entry in it.

use std::fs;
use std::path::{Path, PathBuf};

use scrubjay::text::printable;
use serde_json::Value;

use super::{json, shell, yaml};
use crate::Result;
use crate::args::HookName;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A script of husky, one for each hook.
    Script,
    /// lefthook.yml
    LefthookYaml,
    /// lefthook.toml
    LefthookToml,
    /// lefthook.json
    LefthookJson,
    /// .pre-commit-config.yaml
    Framework,
    /// package.json with a member `simple-git-hooks`.
    PackageJson,
    /// .simple-git-hooks.json
    SimpleGitHooks,
    /// A program in JavaScript, which is not edited.
    Program,
}

/// A file of settings; of husky, the folder of its scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) form: Form,
    path: PathBuf,
}

/// What became of an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// Nothing had to change.
    Nothing,
    /// The file was written.
    Written,
    /// The file cannot be changed safely; why.
    Refused(String),
}

impl Settings {
    pub(super) fn new(form: Form, path: PathBuf) -> Self {
        Self { form, path }
    }

    /// The file that holds what is run for a hook.
    pub(super) fn file(&self, hook: HookName) -> PathBuf {
        if self.form == Form::Script { self.path.join(hook.file()) } else { self.path.clone() }
    }

    /// True where our entry is there, whoever wrote it.
    pub(super) fn has(&self, hook: HookName) -> bool {
        let text = fs::read_to_string(self.file(hook)).unwrap_or_default();
        match self.form {
            Form::Framework => yaml::has_id(&text, hook) || shell::calls(&text, hook),
            Form::PackageJson | Form::SimpleGitHooks => {
                self.command(&text, hook).is_some_and(|command| shell::calls(&command, hook))
            }
            Form::Program => {
                text.lines().any(|line| !line.trim_start().starts_with("//") && shell::is_call(line, hook))
            }
            _ => shell::calls(&text, hook),
        }
    }

    /// Puts our entry in.
    pub(super) fn add(&self, hook: HookName) -> Result<Done> {
        if self.has(hook) {
            return Ok(Done::Nothing);
        }
        self.change(hook, |text| match self.form {
            Form::Script => shell::add(text, hook).map(Some),
            Form::LefthookYaml => yaml::add_command(text.unwrap_or_default(), hook).map(Some),
            Form::LefthookToml => with_table(text.unwrap_or_default(), hook).map(Some),
            Form::LefthookJson => {
                json::set(text.unwrap_or_default(), &lefthook_path(hook), &lefthook_entry(hook)).map(Some)
            }
            Form::Framework => yaml::add_repository(text.unwrap_or_default(), hook).map(Some),
            Form::PackageJson | Form::SimpleGitHooks => {
                self.with_command(text.unwrap_or_default(), hook).map(Some)
            }
            Form::Program => Err("it is a program".to_owned()),
        })
    }

    /// Takes our entry out.
    pub(super) fn remove(&self, hook: HookName) -> Result<Done> {
        if !self.has(hook) {
            return Ok(Done::Nothing);
        }
        let done = self.change(hook, |text| {
            let text = text.unwrap_or_default();
            match self.form {
                Form::Script => Ok(shell::remove(text)),
                Form::LefthookYaml | Form::LefthookToml | Form::Framework => {
                    Ok(Some(yaml::remove(text, hook)?.unwrap_or_else(|| text.to_owned())))
                }
                Form::LefthookJson => json::remove(text, &lefthook_path(hook), 0).map(Some),
                Form::PackageJson | Form::SimpleGitHooks => self.without_command(text, hook).map(Some),
                Form::Program => Err("it is a program".to_owned()),
            }
        })?;
        if done == Done::Nothing {
            return Ok(Done::Refused("it was written by hand".to_owned()));
        }
        Ok(done)
    }

    /// What to write by hand.
    pub(super) fn by_hand(&self, hook: HookName) -> String {
        match self.form {
            Form::Script => shell::by_hand(hook),
            Form::LefthookYaml => yaml::command_by_hand(hook),
            Form::LefthookToml => yaml::toml(hook).join("\n"),
            Form::LefthookJson => {
                let [name, commands, ours] = lefthook_path(hook);
                format!("\"{name}\": {{ \"{commands}\": {{ \"{ours}\": {} }} }}", lefthook_entry(hook))
            }
            Form::Framework => yaml::repository_by_hand(hook),
            Form::PackageJson | Form::SimpleGitHooks | Form::Program => {
                format!("\"{}\": {}", hook.file(), Value::from(command(hook, None)))
            }
        }
    }

    /// The command of simple-git-hooks for a hook.
    pub(super) fn command(&self, text: &str, hook: HookName) -> Option<String> {
        let value = json::read(text).ok()?;
        let mut at = &value;
        for name in self.path_of(hook) {
            at = at.get(name)?;
        }
        at.as_str().map(str::to_owned)
    }

    fn path_of(&self, hook: HookName) -> Vec<&'static str> {
        match self.form {
            Form::PackageJson => vec!["simple-git-hooks", hook.file()],
            _ => vec![hook.file()],
        }
    }

    fn with_command(&self, text: &str, hook: HookName) -> std::result::Result<String, String> {
        let older = self.command(text, hook);
        json::set(text, &self.path_of(hook), &Value::from(command(hook, older.as_deref())))
    }

    fn without_command(&self, text: &str, hook: HookName) -> std::result::Result<String, String> {
        let path = self.path_of(hook);
        let now = self.command(text, hook).unwrap_or_default();
        if now == command(hook, None) {
            return json::remove(text, &path, path.len() - 1);
        }
        let ours = command(hook, Some(""));
        let older = now.strip_prefix(&ours).ok_or("its command was changed since")?;
        json::set(text, &path, &Value::from(older))
    }

    /// Writes what a function makes of the file, or removes the file where it makes nothing.
    fn change(
        &self,
        hook: HookName,
        make: impl FnOnce(Option<&str>) -> std::result::Result<Option<String>, String>,
    ) -> Result<Done> {
        let path = self.file(hook);
        let failed = |error: std::io::Error| scrubjay::Error::from(error).at_path(&path);
        let bytes = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error).into()),
        };
        let Ok(old) = bytes.map(String::from_utf8).transpose() else {
            return Ok(Done::Refused("it is not text in UTF-8".to_owned()));
        };
        match make(old.as_deref()) {
            Err(why) => return Ok(Done::Refused(why)),
            Ok(new) if new == old => return Ok(Done::Nothing),
            Ok(None) => fs::remove_file(&path).map_err(failed)?,
            Ok(Some(new)) => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).map_err(failed)?;
                }
                fs::write(&path, new).map_err(failed)?;
            }
        }
        Ok(Done::Written)
    }
}

/// A path as messages show it: from the current directory, where it is below that.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let below = below.strip_prefix(".").unwrap_or(below);
    printable(&below.to_string_lossy()).into_owned()
}

fn lefthook_path(hook: HookName) -> [&'static str; 3] {
    [hook.file(), "commands", "scrubjay"]
}

fn lefthook_entry(hook: HookName) -> Value {
    let mut entry = serde_json::json!({ "run": yaml::run(hook) });
    if hook.reads_input() {
        entry["use_stdin"] = Value::from(true);
    }
    entry
}

/// The command of simple-git-hooks: ours, and then the one that was there, which also gets what git
/// writes to the hook.
fn command(hook: HookName, older: Option<&str>) -> String {
    let Some(older) = older else { return format!("scrubjay hook {} \"$@\"", hook.file()) };
    let ours = shell::add(Some("x"), hook).unwrap_or_default();
    let line = ours.lines().next().and_then(|line| line.split(" # ").next()).unwrap_or_default();
    format!("{line}; {older}")
}

fn with_table(text: &str, hook: HookName) -> std::result::Result<String, String> {
    let new = yaml::insert(text, text.len(), &yaml::marked(hook, "", yaml::toml(hook)));
    match toml::de::DeTable::parse(&new) {
        Ok(_) => Ok(new),
        Err(_) => Err(format!("`{}` is not a table of the usual form there", hook.file())),
    }
}
