"""What streams cost: memory for a large log and for one long line, and how soon a line comes out."""

import subprocess
import threading
import time

from lab import SCRUBJAY, Mint, agree, expect

MIB = 1024 * 1024
MOST = 16 * MIB


def peak(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def stream(pieces, last):
    """Peak memory and seconds for what the generator gives, read up to the last piece."""
    run = subprocess.Popen([SCRUBJAY, "scrub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    seen = {"bytes": 0, "tail": b""}

    def drain():
        while chunk := run.stdout.read1(MIB):
            seen["bytes"] += len(chunk)
            seen["tail"] = (seen["tail"] + chunk)[-200:]

    reader = threading.Thread(target=drain)
    reader.start()
    began, fed = time.monotonic(), 0
    for piece in pieces:
        run.stdin.write(piece)
        fed += len(piece)
    run.stdin.flush()
    # Not closed yet: a process that has ended tells nothing of its memory.
    while fed - seen["bytes"] > fed // 2:
        time.sleep(0.01)
    time.sleep(0.2)
    memory, took = peak(run.pid), time.monotonic() - began
    run.stdin.close()
    reader.join()
    expect("status", run.wait(), 0)
    expect("the end", seen["tail"].endswith(last), True)
    return fed, memory, took


def log(size):
    mint = Mint(13)
    line = "2026-01-02T03:04:05.678Z INFO gateway request=%d device_id=%s state=connected bytes=1234 " + "x" * 100
    lines = []
    while len(lines) < 4000:
        lines.append(line % (len(lines), mint.device()))
        if len(lines) % 10 == 0:
            lines[-1] += f" secret_key={mint.key()}"
    block = ("\n".join(lines) + "\n").encode()
    for _ in range(size // len(block) + 1):
        yield block
    yield b"the end\n"


def long_line(size):
    mint = Mint(14)
    for _ in range(size // (64 * 1024)):
        yield (f"&secret_key={mint.key()}&" + "value " * 11000)[: 64 * 1024].encode()
    yield b" the end\n"


for what, pieces in [("a log", log(2048 * MIB)), ("one line", long_line(200 * MIB))]:
    fed, memory, took = stream(pieces, b"the end\n")
    expect(f"{what}: peak memory {memory / MIB:.1f} MiB, at most 16", memory <= MOST, True)
    agree(f"{what} of {fed / MIB:.0f} MiB: {memory / MIB:.1f} MiB of memory, {fed / MIB / took:.0f} MiB/s")

run = subprocess.Popen([SCRUBJAY, "scrub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
gaps, began = [], time.monotonic()
for at in range(3):
    time.sleep(0.3)
    run.stdin.write(f"line {at} password=hunter2\n".encode())
    run.stdin.flush()
    written = time.monotonic()
    expect("the line", run.stdout.readline(), f"line {at} password=****\n".encode())
    gaps.append(time.monotonic() - written)
run.stdin.close()
run.wait()
agree("three lines, 0.3 s apart, out after " + ", ".join(f"{gap * 1000:.1f} ms" for gap in gaps))
