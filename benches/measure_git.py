"""Runs scrubjay and git in turns in the same repositories and prints the medians; `benches/git` makes them."""

import os
import statistics
import subprocess
import sys
import time

from measure import run

NULL = subprocess.DEVNULL


def history(scrubjay, repository, rounds):
    """The whole history: wall and processor time, and their ratios round by round."""
    ours = [scrubjay, "scan", "--history", "-q", "-j", "2", "-f", "jsonl", "--fail-on", "never", repository]
    theirs = ["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch", "--unordered"]
    rows = [(run(ours, {0}), run(theirs, {0})) for _ in range(rounds)]
    middle = lambda pick: statistics.median(map(pick, rows))
    print(
        f"| whole history | {middle(lambda r: r[0][0]):.2f} s | {middle(lambda r: r[0][1]):.2f} s "
        f"| {middle(lambda r: r[0][2]) / 1024:.0f} MiB | {middle(lambda r: r[1][0]):.2f} s "
        f"| {middle(lambda r: r[1][1]):.2f} s | {middle(lambda r: r[0][0] / r[1][0]):.2f} "
        f"| {middle(lambda r: r[0][1] / r[1][1]):.2f} |",
        flush=True,
    )


def wall(command, where, expected):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=where, stdin=NULL, stdout=NULL, stderr=NULL, check=False)
    if done.returncode not in expected:
        sys.exit(f"status {done.returncode}: {' '.join(command)}")
    return time.perf_counter() - start


def staged(name, scrubjay, repository, rounds):
    """What is staged: wall time alone, in milliseconds; short enough for many rounds."""
    ours = [scrubjay, "scan", "--staged", "-q", "--fail-on", "never"]
    theirs = ["git", "diff", "--cached", "--name-only"]
    rows = [(wall(ours, repository, {0}), wall(theirs, repository, {0})) for _ in range(rounds * 30)]
    mine, git = (statistics.median(row[i] for row in rows) * 1e3 for i in (0, 1))
    ratio = statistics.median(row[0] / row[1] for row in rows)
    print(f"| {name} | {mine:.2f} ms | – | – | {git:.2f} ms | – | {ratio:.2f} (+{mine - git:.1f} ms) | – |", flush=True)


def main():
    scrubjay, folder, repository, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    print("| input | wall | CPU | peak | git: wall | git: CPU | wall ratio | CPU ratio |")
    print("|---|---|---|---|---|---|---|---|")
    history(scrubjay, repository, rounds)
    staged("five small files staged", scrubjay, os.path.join(folder, "staged-five"), rounds)
    staged("1 MB staged", scrubjay, os.path.join(folder, "staged-large"), rounds)


main()
