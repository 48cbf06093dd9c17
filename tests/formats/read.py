"""Reads the reports of one scan with Python's own readers: read.py SCHEMA REPORTS tree|clean|broken|history TRUTH"""

import csv
import json
import re
import sys
import unicodedata
import urllib.parse
import uuid
import xml.etree.ElementTree as ET

import jsonschema

schema, reports, what, truth = sys.argv[1:]
planted = json.load(open(truth, encoding="utf-8")) if what in ("tree", "history") else []
if what == "history":
    planted = [one for one in planted if one["path"] in ("plain.env", "=cmd+@.env")]
complete = what != "broken"


def text_of(name):
    # newline="": line ends as they are.
    return open(f"{reports}/{name}", encoding="utf-8", newline="").read()


def spelled(path):
    """As a person is shown it."""
    special = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    bad = lambda c: unicodedata.category(c) in ("Cc", "Cf")
    return "".join(special.get(c) or (f"\\u{{{ord(c):x}}}" if bad(c) else c) for c in path)


def same(got, wanted, name):
    assert got == wanted, f"{name}: {got!r} instead of {wanted!r}"


def sarif():
    document = json.loads(text_of("sarif"))
    jsonschema.Draft7Validator(json.load(open(schema, encoding="utf-8"))).validate(document)
    run = document["runs"][0]
    same(run["invocations"][0]["executionSuccessful"], complete, "sarif")
    found = []
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        found.append((
            urllib.parse.unquote(place["artifactLocation"]["uri"], errors="strict"),
            place["region"]["startColumn"],
            place["region"]["endColumn"],
        ))
    same(found, [(p["path"], p["utf16"], p["utf16"] + 32) for p in planted], "sarif")


def gitlab():
    document = json.loads(text_of("gitlab"))
    assert re.fullmatch(r"15\.2\.\d+", document["version"])
    scan = document["scan"]
    for part in ("analyzer", "scanner"):
        assert all(scan[part][key] for key in ("id", "name", "version")) and scan[part]["vendor"]["name"]
    same((scan["type"], scan["status"]), ("secret_detection", "success" if complete else "failure"), "gitlab")
    for key in ("start_time", "end_time"):
        assert re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}", scan[key]), scan[key]
    for item in document["vulnerabilities"]:
        uuid.UUID(item["id"])
        assert item["severity"] in ("Info", "Unknown", "Low", "Medium", "High", "Critical")
        assert len(item["name"]) <= 255 and len(item["solution"]) <= 7000
        assert all(item["identifiers"][0][key] for key in ("type", "name", "value"))
        commit = item["location"]["commit"]
        assert re.fullmatch("[0-9a-f]{40}", commit["sha"])
        same(set(commit["sha"]) != {"0"}, what == "history", "gitlab commit")
        assert len(item["raw_source_code_extract"]) == 12
    ids = {item["id"] for item in document["vulnerabilities"]}
    same(len(ids), len(planted), "gitlab ids")
    found = [item["location"]["file"] for item in document["vulnerabilities"]]
    same(found, [p["path"] for p in planted], "gitlab")


def rdjsonl():
    lines = [json.loads(line) for line in text_of("rdjsonl").splitlines()]
    found = []
    for line in lines:
        assert line["message"] and line["severity"] == "ERROR" and line["source"]["name"] == "scrubjay"
        span = line["location"]["range"]
        found.append((line["location"]["path"], span["start"]["column"], span["end"]["column"]))
    same(found, [(p["path"], p["utf8"], p["utf8"] + 32) for p in planted], "rdjsonl")


def junit():
    root = ET.fromstring(text_of("junit"))
    same([suite.get("name") for suite in root][: len(planted)], [spelled(p["path"]) for p in planted], "junit")
    cases = root.findall("./testsuite/testcase")
    same(int(root.get("tests")), len(cases), "junit tests")
    same(len(root.findall(".//failure")), int(root.get("failures")), "junit failures")
    same(len(root.findall(".//error")), int(root.get("errors")), "junit errors")
    same((int(root.get("failures")), int(root.get("errors"))), (len(planted), int(not complete)), "junit")
    assert cases


def sheet():
    rows = list(csv.DictReader(text_of("csv").splitlines(keepends=True), strict=True))
    # The mark against formulas stands before a name that begins like one.
    found = [(row["path"].removeprefix("./").removeprefix("'"), int(row["column"])) for row in rows]
    same(found, [(spelled(p["path"]), p["chars"]) for p in planted], "csv")
    assert not any(cell.startswith(tuple("=+-@\t\r")) for row in rows for cell in row.values()), rows


def lines():
    document = json.loads(text_of("json"))
    same(document["summary"]["findings"], len(planted), "json")
    same([json.loads(line) for line in text_of("jsonl").splitlines()], document["findings"], "jsonl")


def harmless():
    for name in ("json", "jsonl", "sarif", "gitlab", "github", "junit", "rdjsonl", "csv", "markdown"):
        text = text_of(name)
        for one in planted:
            assert not any(one["key"][at : at + 9] in text for at in range(24)), f"{name} shows a secret"
        bad = {c for c in text if unicodedata.category(c) in ("Cc", "Cf")} - set("\r\n" if name == "csv" else "\n")
        assert not bad, f"{name} holds {bad}"


for check in (sarif, gitlab, rdjsonl, junit, sheet, lines, harmless):
    check()
