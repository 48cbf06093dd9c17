"""`--git-filter-repo` writes what `git filter-repo` takes: after it no commit holds a secret."""

import os
import subprocess

from lab import SCRUBJAY, Mint, agree, expect, scrub

mint = Mint(22)
GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
ENV = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(*arguments):
    return subprocess.run([*GIT, *arguments], cwd="repo", check=True, capture_output=True, env=ENV).stdout


os.mkdir("repo")
git("init", "-q")
for at in range(12):
    with open(f"repo/{at % 4}.env", "w") as file:
        file.write(f"N={at}\nTIRTC_SECRET_KEY={mint.key()}\nlicense={mint.device()},{mint.key()}\n")
    git("add", ".")
    git("commit", "-qm", f"commit {at}")
scrub("--git-filter-repo", "replace.txt", "repo")
expect("who can read it", os.stat("replace.txt").st_mode & 0o777, 0o600)
with open("replace.txt") as file:
    expect("its lines", len(file.readlines()) >= 24, True)
git("filter-repo", "--force", "--replace-text", os.path.abspath("replace.txt"))
expect("commits", int(git("rev-list", "--count", "--all")), 12)
history = git("log", "-p", "--all")
expect("secrets in the history", mint.leaks(history), 0)
expect("lines that stay", history.count(b"\n+N="), 12)
done = subprocess.run([SCRUBJAY, "scan", "--history", "repo"], capture_output=True, env=ENV)
expect(f"what a scan says ({done.stderr})", done.returncode, 0)
agree("git filter-repo takes the replacements, and no commit holds a secret")
