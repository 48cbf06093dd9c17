"""A mint and small helpers for the checks of `scrubjay scrub`. Every secret is made up here, from a seed,
so that a failure can be repeated."""

import os
import random
import string
import subprocess

SCRUBJAY = os.environ["SCRUBJAY"]
WINDOW = 9


class Mint:
    """Makes secrets and remembers them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.secrets = []

    def key(self, length=32):
        while True:
            text = "".join(self.random.choice(string.ascii_letters + string.digits) for _ in range(length))
            if any(c.isdigit() for c in text) and any(c.isupper() for c in text) and any(c.islower() for c in text):
                break
        self.secrets.append(text)
        return text

    def device(self):
        return "TIR" + "".join(self.random.choice(string.ascii_uppercase + string.digits) for _ in range(9))

    def leaks(self, data):
        """The secrets of which a window stands in the data."""
        seen = {data[i : i + WINDOW] for i in range(len(data) - WINDOW + 1)}
        of = lambda s: (s[i : i + WINDOW].encode() for i in range(len(s) - WINDOW + 1))
        return sum(any(window in seen for window in of(secret)) for secret in self.secrets)


def scrub(*arguments, status=0, data=None, **more):
    done = subprocess.run([SCRUBJAY, "scrub", *arguments], input=data, capture_output=True, **more)
    if done.returncode != status:
        raise SystemExit(f"{arguments}: status {done.returncode}, not {status}: {done.stderr.decode()}")
    return done


def expect(what, got, wanted):
    if got != wanted:
        raise SystemExit(f"{what}: {got!r} instead of {wanted!r}")


def agree(what):
    print(f"ok: {what}", flush=True)
