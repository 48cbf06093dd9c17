"""Times scan and scrub over repeated pieces of hostile text; called by benches/hostile."""

import math
import os
import random
import string
import subprocess
import sys
import threading

SCRUBJAY, DRAWS, SEED = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
SIZES = [int(size) for size in sys.argv[4].split(",")]
LIMIT_SECONDS = 120

draw = random.Random(SEED)
KEY = "".join(draw.choices(string.ascii_letters + string.digits, k=32))
HEX = "".join(draw.choices("0123456789abcdef", k=64))

NAMES = """secret_key device_secret_key sdk_secret_key SECRETKEY license user_sig userSig token password sk key
    authorization Bearer 密钥 TIRA1B2C3D4E, name value a""".split() + ["secret key", " -K "]
TOKENS = ["v1.ey", "v1.eyJ", "eJyr", "eJw", "eAEd", "%2Ee", "MHQCAQEE", "-----BEGIN EC PRIVATE KEY-----", "TGV1", '"TLS.', "AAAA"]
ENCODED = ["\\u00", "\\u0073", "\\u{0", "u5bc", "u79d8", "%73%65", "%25", "=3D", "%3D", "&quot;", "&#61;", "s\0", "\0s\0e", "\0",
    "\u200b", "\u202e", "\ufeff", "\x1b[0m", "c2VjcmV0X2tleT0", "7365637265745f6b6579", "0x73,0x65,", "115, 101, ", "'s','e',"]
SEPARATORS = ["=", ":", "::", "=>", "->", ":=", "==", ",", "&", "?", "|", " || ", " or ", "?? ", "\t", "  "]
OPENERS = ['"', "'", "`", '\\"', '\\\\"', "{", "[", "(", "<", "${", "${a:", "$(", "{{", "/*", "<!--", "<![CDATA[", "<string>", "<b>"]
CLOSERS = ["}", "]", ")", ">", "</b>", "*/"]
JOINTS = ['" "', '" + "', "' + '", '", "', "\\\n", "=\n", "\n", "\r\n", "\\n", "|-", "||| ", "- ", "====", "-----"]
CODE = ["# scrubjay:allow ", "gitleaks:allow", "//", "#", "export ", "#define ", '"name":', '"value":', "<key>", "%s", "getenv(",
    "process.env.", "f(", "null", "x=", HEX, KEY, "é"]
PIECES = NAMES + TOKENS + ENCODED + SEPARATORS + OPENERS + CLOSERS + JOINTS + CODE
PLAIN = "2026-01-01T00:00:00Z INFO svc request id=12345 path=/a/b/c status=200 dur=12ms user=bob agent=curl/8.1\n"
WHOLE = [f'secret_key="{KEY}" # scrubjay:allow ', f'secret_key="{KEY}" # scrubjay:allow tirtc-secret-key x\n', "secret_key=3Dab=\n"]


def repeated(piece, size):
    piece = piece.encode()
    return (piece * (size // len(piece) + 1))[:size]


def cost(arguments, data):
    """CPU seconds and the peak of memory in MiB."""
    process = subprocess.Popen([SCRUBJAY, *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(LIMIT_SECONDS, process.kill)
    timer.start()
    try:
        process.stdin.write(data)
        process.stdin.close()
    except BrokenPipeError:
        pass
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    killed = os.waitstatus_to_exitcode(status) not in (0, 1)
    return math.inf if killed else usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(piece, arguments, start):
    costs = [cost(arguments, repeated(piece, size)) for size in SIZES]
    seconds = [max(cpu - start, 1e-4) for cpu, _ in costs]
    steps = math.log(SIZES[-1] / SIZES[0])
    growth = math.log(seconds[-1] / seconds[0]) / steps if math.isfinite(seconds[-1]) else math.inf
    return seconds[-1] * 2**20 / SIZES[-1], growth, max(memory for _, memory in costs)


def main():
    pieces = PIECES + WHOLE
    pieces += ["".join(draw.choices(PIECES, k=draw.choice([2, 2, 3]))) for _ in range(DRAWS)]
    print(f"{len(pieces)} kinds of input, repeated to {', '.join(str(size // 1024) for size in SIZES)} KiB, seed {SEED}\n")
    print("| command | input, repeated | CPU s/MiB | growth | MiB |")
    print("|---|---|---|---|---|")
    for name, arguments in [("scan", ["scan", "-q", "-"]), ("scrub", ["scrub", "-q"])]:
        start = min(cost(arguments, b"")[0] for _ in range(5))
        rows = sorted(((*measure(piece, arguments, start), piece) for piece in pieces), reverse=True)
        rows = rows[:12] + [(*measure(PLAIN, arguments, start), "a plain log")]
        for seconds, growth, memory, piece in rows:
            shown = piece if piece == "a plain log" else "`" + repr(piece)[1:-1].replace(KEY, "KEY").replace(HEX, "HEX").replace("|", "\\|") + "`"
            print(f"| {name} | {shown} | {seconds:.3f} | {growth:.2f} | {memory:.0f} |", flush=True)


main()
