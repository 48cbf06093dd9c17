//! What each system says, one function a system.

use std::io;

use serde_json::Value;

use super::run::{Aim, Claim, Run, System, Variables, branch, is_id, known};
use crate::git::is_zeros;

/// Reads files that variables name.
pub(super) type Files<'f> = &'f dyn Fn(&str) -> io::Result<Vec<u8>>;

/// Reads one system's variables.
pub(super) type Reader = fn(&Told<'_>) -> Run;

/// The systems by a variable that they set, or a variable and its value; the specific first, since many set
/// `CI`, and some set the variables of others as well.
pub(super) const SYSTEMS: &[(&str, Reader)] = &[
    ("PRE_COMMIT_TO_REF", pre_commit),
    ("GITEA_ACTIONS", |told| github(told, GITEA)),
    ("FORGEJO_ACTIONS", |told| github(told, FORGEJO)),
    ("GITHUB_ACTIONS", |told| github(told, GITHUB)),
    ("GITLAB_CI", gitlab),
    ("BITBUCKET_BUILD_NUMBER", bitbucket),
    ("TF_BUILD", azure),
    ("CIRCLECI", circle),
    ("BUILDKITE", buildkite),
    ("TRAVIS", travis),
    ("CI=woodpecker", woodpecker),
    ("DRONE", drone),
    ("TEAMCITY_VERSION", teamcity),
    ("JENKINS_URL", jenkins),
    ("PRE_COMMIT", pre_commit_files),
];

const GITHUB: System = System { name: "GitHub Actions", checkout: "`fetch-depth: 0` for actions/checkout" };
const GITEA: System = System { name: "Gitea Actions", checkout: "`fetch-depth: 0` for actions/checkout" };
const FORGEJO: System = System { name: "Forgejo Actions", checkout: "`fetch-depth: 0` for actions/checkout" };
const GITLAB: System = System { name: "GitLab CI", checkout: "`GIT_DEPTH: \"0\"` among the variables" };
const BITBUCKET: System = System { name: "Bitbucket Pipelines", checkout: "`clone: depth: full`" };
const AZURE: System =
    System { name: "Azure Pipelines", checkout: "`fetchDepth: 0` below `- checkout: self`" };
const CIRCLE: System = System { name: "CircleCI", checkout: "`checkout: method: full`" };
const BUILDKITE: System =
    System { name: "Buildkite", checkout: "a clone without `--depth` in its clone flags" };
const TRAVIS: System = System { name: "Travis CI", checkout: "`git: depth: false`" };
const WOODPECKER: System = System {
    name: "Woodpecker",
    checkout: "`partial: false` and `depth: 0` in the settings of the clone step",
};
const DRONE: System = System { name: "Drone", checkout: "`clone:` without `depth:`" };
const TEAMCITY: System =
    System { name: "TeamCity", checkout: "checkout on the agent, with the full clone policy" };
const JENKINS: System = System {
    name: "Jenkins",
    checkout: "a clone option without \"shallow clone\" and without \"honor refspec\"",
};
const PRE_COMMIT: System = System { name: "pre-commit", checkout: "a clone with the whole history" };

/// What is at hand: variables, and the event where there is one.
pub(super) struct Told<'t> {
    variables: Variables<'t>,
    files: Files<'t>,
}

pub(super) fn read(variables: Variables<'_>, files: Files<'_>) -> Option<Run> {
    let told = Told { variables, files };
    let sets = |mark: &str| match mark.split_once('=') {
        Some((name, value)) => variables(name).is_some_and(|v| v == value),
        None => variables(mark).is_some_and(|value| !value.is_empty() && value != "false"),
    };
    let (_, reader) = SYSTEMS.iter().find(|(mark, _)| sets(mark))?;
    Some(reader(&told))
}

impl Told<'_> {
    fn var(&self, name: &str) -> Option<String> {
        known((self.variables)(name))
    }

    fn branch(&self, name: &str) -> Option<String> {
        branch((self.variables)(name))
    }

    fn is(&self, name: &str, value: &str) -> bool {
        (self.variables)(name).is_some_and(|v| v == value)
    }

    /// The commit ids in these variables; what is in one and is no id is noted.
    fn claims(&self, names: &[&'static str], run: &mut Run) -> Vec<Claim> {
        names.iter().filter_map(|name| claim(self.var(name), name, &mut run.notes)).collect()
    }
}

/// An id as it was given; one that is none is noted and not used.
fn claim(value: Option<String>, from: &'static str, notes: &mut Vec<String>) -> Option<Claim> {
    let id = known(value)?.to_ascii_lowercase();
    if is_id(&id) {
        return Some(Claim { id, from });
    }
    notes.push(format!("what {from} holds is no commit id, and not used"));
    None
}

/// A text in an event.
fn text(event: &Value, way: &[&str]) -> Option<String> {
    let found = way.iter().try_fold(event, |at, name| at.get(name))?;
    found.as_str().map(str::to_owned)
}

/// Where a full reference name leads: a branch or a tag.
fn refer(run: &mut Run, name: Option<String>) {
    match name {
        Some(name) if name.starts_with("refs/tags/") => run.aim = Aim::Tag,
        name => run.own = branch(name),
    }
}

fn github(told: &Told<'_>, system: System) -> Run {
    let name = told.var("GITHUB_EVENT_NAME").unwrap_or_else(|| "unknown event".to_owned());
    let mut run = Run::new(system, name.clone(), Aim::Whole);
    let event = match told.var("GITHUB_EVENT_PATH").map(|path| (told.files)(&path)) {
        Some(Ok(bytes)) => serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            run.notes.push("the file that GITHUB_EVENT_PATH names is no JSON, and not used".to_owned());
            Value::Null
        }),
        Some(Err(error)) => {
            run.notes.push(format!("the file that GITHUB_EVENT_PATH names cannot be read: {error}"));
            Value::Null
        }
        None => Value::Null,
    };
    let sha = told.claims(&["GITHUB_SHA"], &mut run);
    match name.as_str() {
        "push" => {
            run.aim = Aim::New;
            refer(&mut run, text(&event, &["ref"]).or_else(|| told.var("GITHUB_REF")));
            let deleted = event.get("deleted").and_then(Value::as_bool).unwrap_or(false);
            if deleted {
                run.aim = Aim::Nothing("a branch or a tag was deleted");
            }
            run.heads.extend(claim(text(&event, &["after"]), "after", &mut run.notes));
            run.before.extend(claim(text(&event, &["before"]), "before", &mut run.notes));
        }
        "merge_group" => {
            run.aim = Aim::New;
            run.target = branch(text(&event, &["merge_group", "base_ref"]));
            run.heads.extend(claim(text(&event, &["merge_group", "head_sha"]), "head_sha", &mut run.notes));
            run.before.extend(claim(text(&event, &["merge_group", "base_sha"]), "base_sha", &mut run.notes));
        }
        _ if name.starts_with("pull_request") => {
            run.aim = Aim::New;
            let base = text(&event, &["pull_request", "base", "ref"]);
            run.target = branch(base.or_else(|| told.var("GITHUB_BASE_REF")));
            let head = text(&event, &["pull_request", "head", "sha"]);
            run.heads.extend(claim(head, "pull_request.head.sha", &mut run.notes));
            let base = text(&event, &["pull_request", "base", "sha"]);
            run.target_commits.extend(claim(base, "pull_request.base.sha", &mut run.notes));
            // What is checked out is not the change: without the event's word nothing else will do.
            if name == "pull_request_target" {
                return run;
            }
        }
        _ => {}
    }
    run.heads.extend(sha);
    run
}

fn gitlab(told: &Told<'_>) -> Run {
    let source = told.var("CI_PIPELINE_SOURCE").unwrap_or_else(|| "unknown event".to_owned());
    let kind = told.var("CI_MERGE_REQUEST_EVENT_TYPE");
    let event = kind.as_ref().map_or_else(|| source.clone(), |kind| format!("{source} ({kind})"));
    let mut run = Run::new(GITLAB, event, Aim::New);
    run.default = told.branch("CI_DEFAULT_BRANCH");
    if source == "merge_request_event" || told.var("CI_MERGE_REQUEST_IID").is_some() {
        run.target = told.branch("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
        run.target_commits = told.claims(&["CI_MERGE_REQUEST_DIFF_BASE_SHA"], &mut run);
        // A train holds the changes that go before it: all of them are looked at.
        let of_source: &[&'static str] = match kind.as_deref() {
            Some("merge_train") => &["CI_COMMIT_SHA"],
            _ => &["CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"],
        };
        run.heads = told.claims(of_source, &mut run);
        return run;
    }
    if source == "external_pull_request_event" {
        run.target = told.branch("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME");
        run.target_commits = told.claims(&["CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA"], &mut run);
        run.heads = told.claims(&["CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"], &mut run);
        return run;
    }
    run.heads = told.claims(&["CI_COMMIT_SHA"], &mut run);
    if source == "schedule" {
        run.aim = Aim::Whole;
        return run;
    }
    run.before = told.claims(&["CI_COMMIT_BEFORE_SHA"], &mut run);
    run.own = told.branch("CI_COMMIT_BRANCH");
    if told.var("CI_COMMIT_TAG").is_some() {
        run.aim = Aim::Tag;
    }
    run
}

fn bitbucket(told: &Told<'_>) -> Run {
    let proposed = told.var("BITBUCKET_PR_ID").is_some();
    let tagged = told.var("BITBUCKET_TAG").is_some();
    let event = if proposed {
        "pull-requests"
    } else if tagged {
        "tags"
    } else {
        "branches"
    };
    let mut run = Run::new(BITBUCKET, event, if tagged { Aim::Tag } else { Aim::New });
    run.heads = told.claims(&["BITBUCKET_COMMIT"], &mut run);
    if proposed {
        run.target = told.branch("BITBUCKET_PR_DESTINATION_BRANCH");
        run.target_commits = told.claims(&["BITBUCKET_PR_DESTINATION_COMMIT"], &mut run);
    } else {
        run.own = told.branch("BITBUCKET_BRANCH");
    }
    run
}

fn azure(told: &Told<'_>) -> Run {
    let reason = told.var("BUILD_REASON").unwrap_or_else(|| "unknown reason".to_owned());
    let mut run = Run::new(AZURE, reason.clone(), Aim::New);
    match reason.as_str() {
        "PullRequest" => {
            run.target = told
                .branch("SYSTEM_PULLREQUEST_TARGETBRANCH")
                .or_else(|| told.branch("SYSTEM_PULLREQUEST_TARGETBRANCHNAME"));
            run.heads = told.claims(&["SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"], &mut run);
        }
        "Schedule" => {
            run.aim = Aim::Whole;
            run.heads = told.claims(&["BUILD_SOURCEVERSION"], &mut run);
        }
        _ => {
            refer(&mut run, told.var("BUILD_SOURCEBRANCH"));
            run.heads = told.claims(&["BUILD_SOURCEVERSION"], &mut run);
        }
    }
    run
}

fn circle(told: &Told<'_>) -> Run {
    let tagged = told.var("CIRCLE_TAG").is_some();
    let mut run =
        Run::new(CIRCLE, if tagged { "tag" } else { "push" }, if tagged { Aim::Tag } else { Aim::New });
    run.heads = told.claims(&["CIRCLE_SHA1"], &mut run);
    // Both must be passed in by the configuration, from `pipeline.git.base_revision`.
    run.before = told.claims(&["CIRCLE_BASE_REVISION", "BASE"], &mut run);
    run.own = told.branch("CIRCLE_BRANCH");
    run
}

fn buildkite(told: &Told<'_>) -> Run {
    let source = told.var("BUILDKITE_SOURCE").unwrap_or_else(|| "build".to_owned());
    let mut run = Run::new(BUILDKITE, source.clone(), Aim::New);
    run.heads = told.claims(&["BUILDKITE_COMMIT"], &mut run);
    run.default = told.branch("BUILDKITE_PIPELINE_DEFAULT_BRANCH");
    let queued = told.var("BUILDKITE_MERGE_QUEUE_BASE_COMMIT").is_some();
    if queued {
        run.event = "merge queue".to_owned();
        run.before = told.claims(&["BUILDKITE_MERGE_QUEUE_BASE_COMMIT"], &mut run);
        run.target = told.branch("BUILDKITE_MERGE_QUEUE_BASE_BRANCH");
    } else if told.var("BUILDKITE_PULL_REQUEST").is_some() {
        run.event = "pull request".to_owned();
        run.target = told.branch("BUILDKITE_PULL_REQUEST_BASE_BRANCH");
    } else if told.var("BUILDKITE_TAG").is_some() {
        run.aim = Aim::Tag;
    } else if source == "schedule" {
        run.aim = Aim::Whole;
    } else {
        run.own = told.branch("BUILDKITE_BRANCH");
    }
    run
}

fn travis(told: &Told<'_>) -> Run {
    let event = told.var("TRAVIS_EVENT_TYPE").unwrap_or_else(|| "push".to_owned());
    let mut run = Run::new(TRAVIS, event.clone(), Aim::New);
    if event == "pull_request" || told.var("TRAVIS_PULL_REQUEST").is_some() {
        run.target = told.branch("TRAVIS_BRANCH");
        run.heads = told.claims(&["TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"], &mut run);
        return run;
    }
    run.heads = told.claims(&["TRAVIS_COMMIT"], &mut run);
    if told.var("TRAVIS_TAG").is_some() {
        run.aim = Aim::Tag;
    } else if event == "cron" {
        run.aim = Aim::Whole;
    } else {
        run.own = told.branch("TRAVIS_BRANCH");
        // Written with three dots, and meant with two.
        let range = told.var("TRAVIS_COMMIT_RANGE");
        let left = range.and_then(|range| range.split_once("..").map(|(left, _)| left.to_owned()));
        run.before.extend(claim(left, "TRAVIS_COMMIT_RANGE", &mut run.notes));
    }
    run
}

fn woodpecker(told: &Told<'_>) -> Run {
    let event = told.var("CI_PIPELINE_EVENT").unwrap_or_else(|| "push".to_owned());
    let mut run = Run::new(WOODPECKER, event.clone(), Aim::New);
    run.heads = told.claims(&["CI_COMMIT_SHA"], &mut run);
    run.default = told.branch("CI_REPO_DEFAULT_BRANCH");
    match event.as_str() {
        "pull_request" | "pull_request_closed" => {
            // On a pull request even the branch of the commit is the target.
            run.target = told.branch("CI_COMMIT_TARGET_BRANCH").or_else(|| told.branch("CI_COMMIT_BRANCH"));
        }
        "tag" | "release" => run.aim = Aim::Tag,
        "cron" | "manual" | "deployment" => run.aim = Aim::Whole,
        _ => {
            run.own = told.branch("CI_COMMIT_BRANCH");
            run.before = told.claims(&["CI_PREV_COMMIT_SHA"], &mut run);
        }
    }
    run
}

fn drone(told: &Told<'_>) -> Run {
    let event = told.var("DRONE_BUILD_EVENT").unwrap_or_else(|| "push".to_owned());
    let mut run = Run::new(DRONE, event.clone(), Aim::New);
    run.heads = told.claims(&["DRONE_COMMIT_AFTER", "DRONE_COMMIT_SHA"], &mut run);
    run.default = told.branch("DRONE_REPO_BRANCH");
    match event.as_str() {
        "pull_request" => {
            run.target = told.branch("DRONE_TARGET_BRANCH").or_else(|| told.branch("DRONE_COMMIT_BRANCH"));
            run.heads = told.claims(&["DRONE_COMMIT_SHA"], &mut run);
        }
        "tag" => run.aim = Aim::Tag,
        "cron" | "custom" | "promote" | "rollback" => run.aim = Aim::Whole,
        _ => {
            run.own = told.branch("DRONE_COMMIT_BRANCH");
            run.before = told.claims(&["DRONE_COMMIT_BEFORE"], &mut run);
        }
    }
    run
}

fn teamcity(told: &Told<'_>) -> Run {
    let target = ["teamcity.pullRequest.target.branch", "TEAMCITY_PULLREQUEST_TARGET_BRANCH"];
    let target = target.iter().find_map(|name| told.branch(name));
    let event = if target.is_some() { "pull request" } else { "build" };
    let mut run = Run::new(TEAMCITY, event, Aim::New);
    run.heads = told.claims(&["BUILD_VCS_NUMBER"], &mut run);
    if target.is_none() {
        run.own = told.branch("teamcity.build.branch").or_else(|| told.branch("TEAMCITY_BUILD_BRANCH"));
    }
    run.target = target;
    run
}

fn jenkins(told: &Told<'_>) -> Run {
    let mut run = Run::new(JENKINS, "branch", Aim::New);
    if told.var("CHANGE_ID").is_some() {
        run.event = "change".to_owned();
        run.target = told.branch("CHANGE_TARGET");
        run.heads = told.claims(&["GIT_COMMIT"], &mut run);
        return run;
    }
    if told.var("gitlabMergeRequestLastCommit").is_some() {
        run.event = "merge request of the GitLab plugin".to_owned();
        run.target = told.branch("gitlabTargetBranch");
        run.heads = told.claims(&["gitlabMergeRequestLastCommit", "GIT_COMMIT"], &mut run);
        return run;
    }
    run.heads = told.claims(&["gitlabAfter", "GIT_COMMIT"], &mut run);
    let before = ["gitlabBefore", "GIT_PREVIOUS_SUCCESSFUL_COMMIT", "GIT_PREVIOUS_COMMIT"];
    run.before = told.claims(&before, &mut run);
    if told.var("TAG_NAME").is_some() {
        run.aim = Aim::Tag;
    }
    run.own = ["BRANCH_NAME", "GIT_LOCAL_BRANCH", "GIT_BRANCH"].iter().find_map(|name| told.branch(name));
    run
}

fn pre_commit(told: &Told<'_>) -> Run {
    // What a person types there may be any revision, and it stands here as it was typed.
    let revision = |name: &'static str| {
        let value = (told.variables)(name)?;
        let is_known = !value.is_empty() && !is_zeros(&value);
        (is_known && !value.starts_with('-')).then_some(Claim { id: value, from: name })
    };
    let mut run = Run::new(PRE_COMMIT, "--from-ref and --to-ref", Aim::New);
    run.heads.extend(revision("PRE_COMMIT_TO_REF"));
    run.before.extend(revision("PRE_COMMIT_FROM_REF"));
    run
}

fn pre_commit_files(told: &Told<'_>) -> Run {
    let event = if told.is("CI", "true") { "all files" } else { "run" };
    Run::new(PRE_COMMIT, event, Aim::Files)
}
