"""Runs both commands in turns and prints the medians; `benches/run` builds what it needs.

Processor time is that of the command and its threads, from the kernel's accounting of the child. Peak
memory is told by GNU time, whose own is small: a child begins with the peak of whoever forked it.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = (
    r"secret_?key|device_?secret|license|v1\.|usersig|sdkappid|secretkey|sdksecretkey|pair_key|device_key"
)


def warm(path):
    """Reads everything once, so that no run pays for the disk. Returns the number of bytes."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(len(p.read_bytes()) if p.stat().st_size < 1 << 26 else drain(p) for p in files)


def drain(path):
    total = 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(1 << 20):
            total += len(chunk)
    return total


def run(command, expected):
    """Wall seconds, processor seconds and peak KiB of one run."""
    with tempfile.NamedTemporaryFile() as peak, open(os.devnull, "wb") as null:
        timed = ["/usr/bin/time", "-q", "-f", "%M", "-o", peak.name, *command]
        start = time.perf_counter()
        child = subprocess.Popen(timed, stdin=subprocess.DEVNULL, stdout=null, stderr=null)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in expected:
            sys.exit(f"status {child.returncode}: {' '.join(map(str, command))}")
        kib = int(re.findall(r"\d+", Path(peak.name).read_text())[-1])
    return wall, usage.ru_utime + usage.ru_stime, kib


def wall_only(command, expected):
    start = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in expected:
        sys.exit(f"status {done.returncode}: {' '.join(map(str, command))}")
    return time.perf_counter() - start


def commands(scrubjay, path):
    ours = [scrubjay, "scan", "-j", "2", "-q", "-f", "jsonl", "--fail-on", "never", path]
    # Hidden files are read by ours, so they are by ripgrep; both keep to .gitignore.
    theirs = ["rg", "-i", "-c", "--hidden", "--no-require-git", "-j2", WORDS, path]
    return ours, theirs


def compare(name, scrubjay, path, rounds):
    size = warm(path)
    ours, theirs = commands(scrubjay, path)
    rows = []
    for _ in range(rounds):
        rows.append((run(ours, {0}), run(theirs, {0, 1})))
    median = lambda pick: statistics.median(map(pick, rows))
    wall, cpu = median(lambda r: r[0][0]), median(lambda r: r[0][1])
    rg_wall, rg_cpu = median(lambda r: r[1][0]), median(lambda r: r[1][1])
    # The ratio is taken round by round: both halves of a round met the same machine.
    wall_ratio = median(lambda r: r[0][0] / r[1][0])
    cpu_ratio = median(lambda r: r[0][1] / r[1][1])
    peak, rg_peak = median(lambda r: r[0][2]) / 1024, median(lambda r: r[1][2]) / 1024
    print(
        f"| {name}, {size / 1e6:,.0f} MB | {wall:.2f} s | {cpu:.2f} s | {peak:.0f} MiB "
        f"| {rg_wall:.2f} s | {rg_cpu:.2f} s | {rg_peak:.0f} MiB | {wall_ratio:.2f} | {cpu_ratio:.2f} |",
        flush=True,
    )


def start_up(scrubjay, path, rounds):
    warm(path)
    ours, theirs = commands(scrubjay, path)
    pairs = [(wall_only(ours, {0}), wall_only(theirs, {0, 1})) for _ in range(rounds * 10)]
    mine, other = (statistics.median(column) * 1000 for column in zip(*pairs))
    print(f"| five small files | {mine:.1f} ms | | | {other:.1f} ms | | | {mine / other:.2f} | |")


def main():
    scrubjay, folder, rounds = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), int(sys.argv[3])
    version = subprocess.run(["rg", "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    print(f"Medians of {rounds} rounds in turns, two threads, page cache warm; {version}.\n")
    print("| corpus | wall | CPU | peak | rg wall | rg CPU | rg peak | wall ÷ rg | CPU ÷ rg |")
    print("|---|---|---|---|---|---|---|---|---|")
    compare("service log", scrubjay, folder / "log", rounds)
    compare("log with few words", scrubjay, folder / "log-sparse", rounds)
    compare("log full of names", scrubjay, folder / "log-dense", rounds)
    compare("source tree", scrubjay, folder / "tree", rounds)
    start_up(scrubjay, folder / "five", rounds)


if __name__ == "__main__":
    main()
