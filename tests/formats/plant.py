"""Plants random keys under hostile names, and writes down where each stands: plant.py FOLDER TRUTH"""

import json
import os
import secrets
import string
import sys

NAMES = [
    "plain.env",
    "with space/and %41 percent.env",
    "::error file=x::y,z.env",
    "a|b`c``d[e](http:f)<script>alert(1)<!--.env",
    "x]]>&amp;\"'.env",
    "=cmd+@.env",
    "密钥 😀/配置.env",
    "line\nfeed\r\t.env",
    "bidi\u202evne.\u2066x.env",
    "esc\x1b[2J.env",
    os.fsdecode(b"no\xffutf\xc3.env"),
]
LEADS = ["", "密钥 ", "a😀é ", "\U0001f468\u200d\U0001f469 \t"]

folder, truth = sys.argv[1:]
planted = []
for at, name in enumerate(NAMES):
    letters = string.ascii_letters + string.digits
    key = "aB3" + "".join(secrets.choice(letters) for _ in range(29))
    before = LEADS[at % len(LEADS)] + "TIRTC_SECRET_KEY="
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(f"first\n{before}{key}\nlast\n".encode("utf-16" if at % 3 == 2 else "utf-8"))
    planted.append({
        "path": os.fsencode(name).decode("utf-8", "replace"),
        "key": key,
        "chars": len(before) + 1,
        "utf16": len(before.encode("utf-16-le")) // 2 + 1,
        "utf8": len(before.encode()) + 1,
    })
planted.sort(key=lambda one: one["path"])
json.dump(planted, open(truth, "w", encoding="utf-8"))
