"""Runs in place that are killed at any moment: each file is the old one or the new one, whole, and a run
that is not killed finishes the work."""

import glob
import hashlib
import os
import random
import shutil
import subprocess
import time

from lab import SCRUBJAY, Mint, agree, expect, scrub

KILLS = int(os.environ.get("KILLS", "200"))
FILES = 50


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def plant(mint):
    os.makedirs("old/deep")
    for at in range(FILES):
        name = f"old/{'deep/' if at % 5 == 0 else ''}{at:02}.log"
        with open(name, "w") as file:
            for line in range(40 + at * 37 % 2000):
                file.write(f"2026-01-02T03:04:05 INFO request {line} of {mint.device()} took 3 ms\n")
                if line % 50 == 0:
                    file.write(f"2026-01-02T03:04:05 DEBUG secret_key={mint.key()} x\n")
        os.utime(name, ns=(10**18 + 7, 10**18 + 5))


def names(root):
    every = (os.path.relpath(os.path.join(d, f), root) for d, _, files in os.walk(root) for f in files)
    return sorted(every)


mint = Mint(9)
plant(mint)
shutil.copytree("old", "new")
began = time.monotonic()
scrub("-i", "-q", "new")
took = time.monotonic() - began
paths = names("old")
expect("files", (len(paths), names("new")), (FILES, paths))
wanted = {path: (digest(f"old/{path}"), digest(f"new/{path}")) for path in paths}
expect("files that are the same", [p for p, (old, new) in wanted.items() if old == new], [])
moments = random.Random(10)
killed, left, halves, states = 0, 0, 0, 0
for round in range(KILLS):
    shutil.rmtree("work", ignore_errors=True)
    shutil.copytree("old", "work")
    arguments = ["-i", "-q", "--record", f"record.{round % 3}"]
    if round % 3 == 0:
        arguments += ["--backup", ".orig", "--backup-keeps-secrets"]
    run = subprocess.Popen([SCRUBJAY, "scrub", *arguments, "work"], stderr=subprocess.PIPE)
    time.sleep(moments.random() * took)
    run.kill()
    killed += run.wait() == -9
    run.stderr.close()
    new = 0
    for path in paths:
        is_new = wanted[path].index(digest(f"work/{path}"))  # Fails where it is neither.
        expect("its time", os.stat(f"work/{path}").st_mtime_ns, 10**18 + 5)
        new += is_new
    halves += 0 < new < FILES
    others = [name for name in names("work") if name not in paths and not name.endswith(".orig")]
    for name in others:
        expect("what else there is", name.endswith(".scrubjay-part"), True)
        with open(f"work/{name}", "rb") as file:
            expect(f"secrets in {name}", mint.leaks(file.read()), 0)
    left += len(others)
    for name in glob.glob("work/**/*.orig", recursive=True):
        expect(name, digest(name), wanted[os.path.relpath(name, "work").removesuffix(".orig")][0])
    scrub(*arguments, "work")
    for path in paths:
        expect(path, digest(f"work/{path}"), wanted[path][1])
    kept = [name for name in names("work") if name not in paths]
    expect("what is left over", kept, [f"{path}.orig" for path in paths] if round % 3 == 0 else [])
expect("runs that were killed in the middle, at least a tenth", halves * 10 >= KILLS, True)
agree(f"{killed} of {KILLS} runs killed, {halves} with a part of the files done, {left} remains: all whole")
