"""Logs as programs write them, scrubbed, and read again by what reads them: as many records as before,
everything but the secrets as it was, and no secret left."""

import csv
import io
import json
import re
import shutil
import subprocess
import urllib.parse
import zipfile

import yaml

from lab import Mint, agree, expect, scrub

mint = Mint(21)
TIME = "2026-01-02T03:04:05"
MASK = re.compile(r"\*{4}")


def scrubbed(name, data):
    """The file, scrubbed in place, as a stream and as a copy, which are the same."""
    with open(name, "wb") as file:
        file.write(data)
    stream = scrub(name).stdout
    with open(name, "rb") as file:
        expect(f"{name} after a stream", file.read() == data, True)
    scrub("-o", "copies", name)
    scrub("-i", name)
    with open(name, "rb") as file:
        out = file.read()
    with open(f"copies/{name}", "rb") as file:
        expect(f"{name}: in place and the copy are the same", file.read() == out, True)
    if not zipfile.is_zipfile(name):
        expect(f"{name}: in place and the stream are the same", stream == out, True)
        expect(f"secrets in {name}", mint.leaks(out), 0)
    scrub("-i", "--fail-on-hit", name)
    return out


def same(what, old, new, changed):
    """The records are the same but for the fields that hold secrets, which are masked."""
    expect(f"{what}: records", len(new), len(old))
    for at, (a, b) in enumerate(zip(old, new)):
        expect(f"{what} {at}: fields", list(b), list(a))
        for field in a:
            if field in changed:
                expect(f"{what} {at}: {field} is masked in {b[field]!r}", bool(MASK.search(str(b[field]))), True)
            else:
                expect(f"{what} {at}: {field}", b[field], a[field])
    agree(f"{what}: {len(old)} records")


def nginx():
    pattern = re.compile(r'(?P<ip>\S+) - (?P<user>\S+) \[(?P<time>[^]]+)\] "(?P<method>\S+) (?P<url>\S+) \S+" (?P<status>\d+) (?P<bytes>\d+) "(?P<referer>[^"]*)" "(?P<agent>[^"]*)"')

    def read(data):
        records = []
        for line in data.decode().splitlines():
            record = pattern.fullmatch(line).groupdict()
            url = urllib.parse.urlsplit(record.pop("url"))
            record["path"] = url.path
            for name, value in urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=True):
                if name == "next":
                    inner = urllib.parse.urlsplit(value)
                    record["next"] = inner.path
                    record |= {f"next.{n}": v for n, v in urllib.parse.parse_qsl(inner.query, strict_parsing=True)}
                else:
                    record[name] = value
            records.append(record)
        return records

    lines, words = [], urllib.parse.quote("caf\u00e9 & more")
    for at in range(200):
        inner = urllib.parse.quote(f"/v?token={mint.key()}&p={at}", safe="")
        query = f"page={at}&q={words}&access_token={mint.key()}&next={inner}&z="
        lines.append(f'10.0.0.{at} - bob [02/Jan/2026:03:04:05 +0000] "GET /live/{mint.device()}?{query} HTTP/1.1" 200 {at} "-" "curl/8"\n')
    data = "".join(lines).encode()
    same("nginx, with percent-encoded queries", read(data), read(scrubbed("access.log", data)), {"access_token", "next.token"})


def export_of(entries):
    out = b""
    for at, fields in enumerate(entries):
        head = {
            "__CURSOR": f"s=0123456789abcdef0123456789abcdef;i={at:x};b=0123456789abcdef0123456789abcdef;m={at:x};t={at:x};x={at:x}",
            "__REALTIME_TIMESTAMP": str(1767322000000000 + at),
            "__MONOTONIC_TIMESTAMP": str(1000 + at),
            "_BOOT_ID": "0123456789abcdef0123456789abcdef",
        }
        for name, value in (head | fields).items():
            value = value.encode()
            if b"\n" in value or b"\0" in value:
                out += name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
            else:
                out += name.encode() + b"=" + value + b"\n"
        out += b"\n"
    return out


def journal():
    entries = []
    for at in range(100):
        fields = {"PRIORITY": "6", "SYSLOG_IDENTIFIER": "tirtc", "DEVICE": mint.device(), "N": str(at)}
        fields["MESSAGE"] = f"connect secret_key={mint.key()} state={at}"
        if at % 3 == 0:
            fields["MESSAGE"] = f"first line\nsecret_key={mint.key()}\n\tlast of {at}"
        entries.append(fields)

    remote = shutil.which("systemd-journal-remote") or "/lib/systemd/systemd-journal-remote"

    def read(data, name):
        subprocess.run([remote, f"--output={name}.journal", "-"], input=data, check=True, capture_output=True)
        out = subprocess.run(["journalctl", "--file", f"{name}.journal", "-o", "json", "--no-pager"], check=True, capture_output=True).stdout
        records = [json.loads(line) for line in out.splitlines()]
        keep = {"PRIORITY", "SYSLOG_IDENTIFIER", "DEVICE", "N", "MESSAGE", "__REALTIME_TIMESTAMP"}
        return [{k: r[k] for k in sorted(r) if k in keep} for r in records]

    data = export_of(entries)
    out = scrubbed("journal.export", data)
    old, new = read(data, "old"), read(out, "new")
    expect("what the reader takes of the export", len(old), 100)
    same("systemd journal export, with binary fields", old, new, {"MESSAGE"})
    for a, b in zip(old, new):
        lines = a["MESSAGE"].count("\n")
        expect("its lines", (b["MESSAGE"].count("\n"), b["MESSAGE"].split("\n")[-1][-4:]), (lines, a["MESSAGE"].split("\n")[-1][-4:]))


def logcat():
    pattern = re.compile(r"(?P<date>\d\d-\d\d) (?P<time>[\d:.]+) +(?P<pid>\d+) +(?P<tid>\d+) (?P<level>[VDIWEF]) (?P<tag>[^:]+?) *: (?P<text>.*)")
    data = "--------- beginning of main\n"
    for at in range(150):
        text = [f"license={mint.device()},{mint.key()}", f"onToken(token={mint.key()})", f"connect {{secretKey='{mint.key()}'}}"][at % 3]
        data += f"01-02 03:04:05.{at:03}  1234 {at:5} D TiRTC   : {text} ok{at}\n"

    def read(data):
        head, *lines = data.decode().splitlines()
        expect("its first line", head, "--------- beginning of main")
        records = [pattern.fullmatch(line).groupdict() for line in lines]
        return [r | {"end": r["text"].split()[-1]} for r in records]

    same("logcat", read(data.encode()), read(scrubbed("logcat.txt", data.encode())), {"text"})


def kubernetes():
    lines = []
    for at in range(200):
        inner = [
            json.dumps({"level": "info", "secret_key": mint.key(), "n": at, "pin": {"password": 123456}}),
            f"plain token={mint.key()} n={at}",
            f'say "x" Authorization: Bearer {mint.key()}',
        ][at % 3]
        lines.append(json.dumps({"log": inner + "\n", "stream": "stdout", "time": f"{TIME}.{at:09}Z", "attrs": {"password": at or 7}}))
    data = ("\n".join(lines) + "\n").encode()
    out = scrubbed("pod.json", data)
    read = lambda data: [json.loads(line) for line in data.splitlines()]
    same("Kubernetes JSON", read(data), read(out), {"log", "attrs"})
    for a, b in zip(read(data), read(out)):
        expect("the line end in it", b["log"][-1], "\n")
        if a["log"].startswith("{"):
            was, now = json.loads(a["log"]), json.loads(b["log"])
            expect("JSON in it", (list(now), now["n"], now["pin"]), (list(was), was["n"], {"password": "****"}))
    jq = lambda data: subprocess.run(["jq", "-c", "-r", ".time, .stream, (.log | length > 0)"], input=data, check=True, capture_output=True).stdout
    expect("what jq reads", jq(out), jq(data))


def slack():
    files = {"channels.json": [{"id": "C1", "name": "general"}], "users.json": [{"id": "U1", "name": "bob"}]}
    for day in range(1, 6):
        messages = []
        for at in range(40):
            text = [f"the key is `secret_key={mint.key()}`", "hello <@U1> \u2014 a/b", f"```\ntoken:\n  {mint.key()}\n```"][at % 3]
            messages.append({"type": "message", "user": "U1", "text": text, "ts": f"17673{day}{at:02}.000100", "blocks": [{"elements": [{"text": text}]}]})
        files[f"general/2026-01-{day:02}.json"] = messages
    with zipfile.ZipFile("made.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("general/", "")
        for name, content in files.items():
            made.writestr(name, json.dumps(content, indent=4))
        made.writestr("general/picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    with open("made.zip", "rb") as file:
        out = scrubbed("slack.zip", file.read())

    def read(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            expect("a bad entry", archive.testzip(), None)
            return {name: archive.read(name) for name in archive.namelist()}

    with open("made.zip", "rb") as file:
        old = read(file.read())
    new = read(out)
    expect("entries", list(new), list(old))
    for name in old:
        expect(f"secrets in {name}", mint.leaks(new[name]), 0)
        if name.endswith("png"):
            expect(name, new[name] == old[name], True)
        if name.endswith("json"):
            expect(f"lines of {name}", new[name].count(b"\n"), old[name].count(b"\n"))
            a, b = json.loads(old[name]), json.loads(new[name])
            plain = lambda list: [{k: v for k, v in r.items() if k not in ("text", "blocks")} for r in list]
            expect(name, plain(b), plain(a))
            expect(f"masks in {name}", sum("****" in r.get("text", "") for r in b), sum("key" in r.get("text", "") or "token" in r.get("text", "") for r in a))
    agree(f"Slack export: {len(old)} entries")


def logfmt():
    pattern = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')
    data = "".join(
        f'time={TIME}Z level=info msg="with \\"quotes\\" and = {at}" token="{mint.key()}" secret_key={mint.key()} n={at} empty=\n'
        for at in range(100)
    ).encode()
    read = lambda data: [dict(pattern.findall(line)) for line in data.decode().splitlines()]
    same("logfmt", read(data), read(scrubbed("logfmt.log", data)), {"token", "secret_key"})


def table():
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["id", "user", "password", "note", "token", "n"])
    for at in range(120):
        note = ['says "hi", twice', "two\nlines", "", "plain"][at % 4]
        writer.writerow([at, f"user {at}", f"pass word,{mint.key(12)}", note, mint.key(), at * 2])
    data = made.getvalue().encode()
    read = lambda data: list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    same("CSV", read(data), read(scrubbed("users.csv", data)), {"password", "token"})


def yaml_files():
    data = "".join(
        f"- name: n{at}\n  secret_key:\n    {mint.key()}\n  password: '{mint.key(10)}'\n  token: >-\n    {mint.key()}\n  last: {at}\n"
        for at in range(60)
    ).encode()
    out = scrubbed("conf.yaml", data)
    expect("lines", out.count(b"\n"), data.count(b"\n"))
    same("YAML of two lines", yaml.safe_load(data), yaml.safe_load(out), {"secret_key", "password", "token"})


def colours():
    csi = re.compile(r"\x1b\[[0-9;]*m")
    data = "".join(
        f"\x1b[2m{TIME}Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[3mtoken\x1b[0m\x1b[2m=\x1b[0m{mint.key()} \x1b[3mn\x1b[0m\x1b[2m=\x1b[0m{at}\n"
        for at in range(80)
    ).encode()
    out = scrubbed("colour.log", data)
    read = lambda data: [{"codes": csi.findall(l), **dict(p.split("=") for p in csi.sub("", l).split() if "=" in p)} for l in data.decode().splitlines()]
    same("ANSI colours", read(data), read(out), {"token"})


for check in [nginx, journal, logcat, kubernetes, slack, logfmt, table, yaml_files, colours]:
    check()
