"""Times commands in turns and prints a table of ratios; called by benches/scrub."""

import os
import statistics
import subprocess
import sys
import time

SCRUBJAY, FOLDER, ROUNDS = sys.argv[1], sys.argv[2], int(sys.argv[3])
SCRUBJAY = os.path.abspath(SCRUBJAY)

# Six expressions that give the masks that scrubjay gives for what the log holds.
KEY, URL, SIG = "[A-Za-z0-9]", "[A-Za-z0-9._-]", "[A-Za-z0-9*_-]"


def expression(name, sign):
    return f"s/({name})({sign}{{4}}){sign}{{16,}}({sign}{{4}})/\\1\\2****\\3/g"


SED = [
    expression("device_secret_key=|secret_key_id=|sdkSecretKey=", KEY),
    expression("license=[A-Z0-9]{12},", KEY),
    expression("[?&]token=", URL),
    expression("Authorization: Bearer ", URL),
    expression("userSig=", SIG),
    expression('pair_key\\\\":\\\\"', KEY),
]
NAMES = r'(?:device_secret_key|secret_key_id|sdkSecretKey|[?&]token|userSig)=|license=[A-Z0-9]{12},|Authorization: Bearer |pair_key\\":\\"'
RG = f"({NAMES})([A-Za-z0-9*._-]{{4}})[A-Za-z0-9*._-]{{16,}}([A-Za-z0-9*._-]{{4}})"


def took(command, pipe=None):
    """Wall time of a command, or of `cat FILE | COMMAND | cat`, all on one processor."""
    env = dict(os.environ, LC_ALL="C")
    pin = ["taskset", "-c", "0"] if hasattr(os, "sched_setaffinity") else []
    started = time.monotonic()
    if pipe is None:
        subprocess.run(pin + command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, check=True)
    else:
        quoted = " ".join(f"'{word}'" for word in command)
        line = f"cat '{pipe}' | {quoted} | cat > /dev/null"
        subprocess.run(pin + ["sh", "-c", line], stderr=subprocess.DEVNULL, env=env, check=True)
    return time.monotonic() - started


def rows():
    dirty, clean = os.path.join(FOLDER, "dirty"), os.path.join(FOLDER, "clean")
    sed = ["sed", "-E"] + [word for e in SED for word in ("-e", e)]
    rg = ["rg", "--no-config", "--passthru", "-N", "-j1", "-r", "$1$2****$3", RG]
    scrub = [SCRUBJAY, "scrub"]
    yield "one line in ten dirty, file to `/dev/null`, `sed -E` with six expressions", (scrub + [dirty], None), (sed + [dirty], None)
    yield "the same, `rg --passthru -r`", (scrub + [dirty], None), (rg + [dirty], None)
    yield "the same from pipe to pipe, `sed -E`", (scrub, dirty), (sed, dirty)
    yield "a clean log from pipe to pipe, `cat`", (scrub, clean), (["cat"], clean)


print("| a log of lines of 245 bytes, one processor | scrubjay, MB/s | the other, MB/s | times as fast |")
print("|---|---|---|---|")
size = os.path.getsize(os.path.join(FOLDER, "dirty")) / 1e6
for name, ours, theirs in rows():
    took(*ours), took(*theirs)
    pairs = [(took(*ours), took(*theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(b / a for a, b in pairs)
    mine, other = (statistics.median(column) for column in zip(*pairs))
    print(f"| {name} | {size / mine:.0f} | {size / other:.0f} | **{ratio:.2f}** |", flush=True)
