"""Write docs/features.md: every feature of the user guide with its code and the scenarios that prove it.

Runs the scenarios and takes their results; a scenario belongs to the F- and H-numbers that its docstring begins with.
Usage: python tools/features.py > docs/features.md
"""

import ast
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "tests" / "scenarios"

# Number, title, what is dialled or pressed. The codes are the guide's; a box may have changed them.
GUIDE = """
F1 Voicemail of any mailbox|*60
F2 Own voicemail|*61
F3 Menu of the mailbox|in voicemail
F4 One password for phone and portal|in voicemail
F5 General pickup|*8
F6 Directed pickup|** extension
F7 Park a call|*4
F8 Fetch a parked call|the slot's number
F9 Recall of a parked call|-
F10 Lamps of parking slots|-
F11 Blind transfer|#
F12 Unanswered blind transfer|-
F13 Attended transfer|*2
F14 No answer within 15 s|-
F15 Abort an attended transfer|*
F16 Blacklist the last caller|*76
F17 Blacklist a number|*75
F18 Whitelist a number|*075
F19 Extensions are refused|-
F20 Listen to a call|*90 extension
F21 Whisper|*91 extension
F22 Barge in|*92 extension
F23 Two switches for spying|-
F24 Agent log-in and log-out|*62, *062
F25 Agent pause|*95, *095
F26 Conference room|the room's number
F27 Invite into a conference|0, **, *#
F28 Conference out of a call|*0
F29 Others join the room|the room's number
F30 Wake-up menu|*55
F31 Wake-up call, direct|*55* time
F32 Cancel all wake-up calls|*055
F33 Forward on|*71, *72, *73
F34 Forward off|*071, *072, *073
F35 Forward types|-
F36 Follow me|-
F37 Own ring duration|-
F38 Follow-me list|-
F39 Do not disturb|*74, *074
F40 WAN address|**11
F41 LAN address|**12
F42 Own number|**13
F43 One touch recording|*1
F44 Intercom|*50 extension
F45 Paging|*51 extension
H1 Hook flash: window|flash
H2 Hold and consult|flash
H3 Three-way and drop last|flash
H4 Cancel a ringing consultation|flash
H5 Hang up with a held call|-
H6 Call waiting|flash
H7 Three-way with outside lines|-
H8 Handset left off|-
"""


def scenarios() -> Iterator[tuple[str, str, list[str]]]:
    """File, test and numbers of every scenario that names a number."""
    for file in sorted(SCENARIOS.glob("test_*.py")):
        tree = ast.parse(file.read_text())
        whole = numbers(ast.get_docstring(tree) or "")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found = numbers((ast.get_docstring(node) or "").split(":")[0]) or whole
                yield file.name, node.name, found


def numbers(text: str) -> list[str]:
    """F- and H-numbers in a text, ranges such as F7-F10 spelt out."""
    found = []
    for kind, first, last in re.findall(r"\b([FH])(\d+)(?:\s?[-–]\s?[FH]?(\d+))?", text):  # noqa: RUF001
        found += [f"{kind}{n}" for n in range(int(first), int(last or first) + 1)]
    return found


def results() -> dict[tuple[str, str], bool]:
    """Whether each test passed; a parametrised one passes as a whole."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        argv = [sys.executable, "-m", "pytest", "-q", str(SCENARIOS), f"--junitxml={report.name}"]
        subprocess.run(argv, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        passed: dict[tuple[str, str], bool] = {}
        for case in ElementTree.parse(report.name).iter("testcase"):
            key = (case.get("classname", "").rpartition(".")[2] + ".py", case.get("name", "").partition("[")[0])
            good = all(case.find(word) is None for word in ("failure", "error", "skipped"))
            passed[key] = passed.get(key, True) and good
        return passed


def main() -> int:
    passed, by_number = results(), dict[str, list[str]]()
    for file, test, found in scenarios():
        mark = "" if passed.get((file, test)) else " **fails**"
        for number in found:
            by_number.setdefault(number, []).append(f"`{test.removeprefix('test_')}` ({file}){mark}")
    print("# Features\nMade by `make docs` from the scenarios' docstrings and results; do not edit.\n")
    print("| | Feature | Code | Scenarios |\n|---|---|---|---|")
    for line in GUIDE.strip().splitlines():
        number, _, rest = line.partition(" ")
        title, _, code = rest.partition("|")
        proofs = "<br>".join(dict.fromkeys(by_number.get(number, []))) or "**none**"
        print(f"| {number} | {title} | {code.replace('|', chr(92) + '|')} | {proofs} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
