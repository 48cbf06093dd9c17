"""`--git-filter-repo` writes what `git filter-repo` takes: after it no commit holds a secret."""

import gzip
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
# What no replacement of text comes to: UTF-16, NUL bytes, and what is packed.
with open("repo/setup.ps1", "wb") as file:
    file.write(("\ufeff$env:TIRTC_SECRET_KEY=\"" + mint.key() + "\"\r\n").encode("utf-16-le"))
with open("repo/fw.bin", "wb") as file:
    file.write(b"\0\1TIRTC_SECRET_KEY=" + mint.key().encode() + b"\n")
with gzip.open("repo/old.log.gz", "wb") as file:
    file.write(b"TIRTC_SECRET_KEY=" + mint.key().encode() + b"\n")
with open("repo/logo.bin", "wb") as file:
    file.write(b"\0\1nothing to hide\n")
git("add", ".")
git("commit", "-qm", "binaries")
git("rm", "-q", "setup.ps1")
git("commit", "-qm", "without the script")
said = scrub("--git-filter-repo", "replace.txt", "repo").stderr.decode()
for path in ["setup.ps1", "fw.bin", "old.log.gz"]:
    expect(path, f" {path}\n" in said, True)
expect("a file without a secret", "logo.bin" in said, False)
expect("the last step", said.strip().endswith("scrubjay scan --history"), True)
with open("replace.txt.blobs") as file:
    expect("blobs", len(file.readlines()), 3)
expect("who can read it", os.stat("replace.txt").st_mode & 0o777, 0o600)
with open("replace.txt") as file:
    expect("its lines", len(file.readlines()) >= 24, True)
strip = ["--strip-blobs-with-ids", os.path.abspath("replace.txt.blobs")]
git("filter-repo", "--force", "--replace-text", os.path.abspath("replace.txt"), *strip)
expect("commits", int(git("rev-list", "--count", "--all")), 13)
expect("a file without a secret", git("cat-file", "-p", "HEAD:logo.bin"), b"\0\1nothing to hide\n")
history = git("log", "-p", "--all")
expect("secrets in the history", mint.leaks(history), 0)
expect("lines that stay", history.count(b"\n+N="), 12)
done = subprocess.run([SCRUBJAY, "scan", "--history", "repo"], capture_output=True, env=ENV)
expect(f"what a scan says ({done.stderr})", done.returncode, 0)
agree("git filter-repo takes the replacements, and no commit holds a secret")
