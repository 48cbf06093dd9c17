"""Places that take nothing more: a full file system, one that is read-only, a limit for the size of
files. The old file stays, whole, and the reason is told. Runs in a mount namespace of its own where the
first argument says so."""

import os
import resource
import signal
import subprocess
import sys

from lab import SCRUBJAY, Mint, agree, expect, scrub

mint = Mint(12)
LINES = "".join(f"2026-01-02 INFO line {at} secret_key={mint.key()} x\n" for at in range(40_000))


def plant(folder):
    with open(f"{folder}/a.log", "w") as file:
        file.write(LINES)


def is_whole(folder):
    with open(f"{folder}/a.log") as file:
        expect(f"{folder}/a.log is as it was", file.read() == LINES, True)
    expect("its folder", sorted(os.listdir(folder)), ["a.log"])


def full():
    os.mkdir("small")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", "small"], check=True)
    plant("small")
    for more in [[], ["--record", "record"], ["--backup", "~", "--backup-keeps-secrets"]]:
        said = scrub("-i", *more, "small", status=2).stderr.decode()
        expect(f"the reason ({said})", "small/a.log: No space left on device" in said, True)
        is_whole("small")
    said = scrub("-o", "small/copy", "small/a.log", status=2).stderr.decode()
    expect(f"the reason ({said})", "No space left on device" in said, True)
    os.rmdir("small/copy")
    is_whole("small")
    subprocess.run(["mount", "-o", "remount,ro", "small"], check=True)
    said = scrub("-i", "small", status=2).stderr.decode()
    expect(f"the reason ({said})", "small/a.log: cannot write beside it: Read-only file system" in said, True)
    is_whole("small")
    subprocess.run(["mount", "-o", "remount,rw,size=16m", "small"], check=True)
    scrub("-i", "small")
    with open("small/a.log", "rb") as file:
        expect("secrets, where there is room again", mint.leaks(file.read()), 0)
    agree("a full and a read-only file system: the old file stays, and the reason is told")


def limited(then):
    def limit():
        signal.signal(signal.SIGXFSZ, then)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024, 1024 * 1024))

    return subprocess.run([SCRUBJAY, "scrub", "-i", "limited"], preexec_fn=limit, capture_output=True)


def limits():
    os.mkdir("limited")
    plant("limited")
    done = limited(signal.SIG_IGN)
    said = done.stderr.decode()
    expect(said, (done.returncode, "limited/a.log: File too large" in said), (2, True))
    is_whole("limited")
    expect("killed by the limit", limited(signal.SIG_DFL).returncode, -signal.SIGXFSZ)
    with open("limited/a.log") as file:
        expect("a.log is as it was", file.read() == LINES, True)
    scrub("-i", "limited")
    expect("what is left over", os.listdir("limited"), ["a.log"])
    agree("a limit for the size of files: the old file stays, and the next run finishes the work")


if sys.argv[1:] == ["mount"]:
    full()
else:
    limits()
