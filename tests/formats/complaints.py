"""Fails where the validator of SARIF's makers complained: complaints.py REPORT"""

import json
import sys

# The tool has no public address that it could name.
ACCEPTED = {"SARIF2005"}

run = json.load(open(sys.argv[1], encoding="utf-8-sig"))["runs"][0]
assert run["invocations"][0]["executionSuccessful"], "the validator itself failed"
complaints = [result for result in run.get("results", []) if result["ruleId"] not in ACCEPTED]
for complaint in complaints:
    print(complaint["ruleId"], complaint.get("level", "warning"), complaint["message"].get("arguments"))
sys.exit(bool(complaints))
