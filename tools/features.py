"""Write docs/features.md: every feature of the user guide with its code and the tests that prove it.

A test belongs to the F- and H-numbers before the first colon of its docstring. Its result is that of its last run,
which pytest keeps (tests/conftest.py): `make test` first, then `make docs`. Usage: python tools/features.py
"""

import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "build" / "test-results.json"
PAGE = ROOT / "docs" / "features.md"

HEAD = """
# Features
Made by `make docs` from the tests' docstrings and from the results of their last run; do not edit.
The results are of commit {}.

- In virtual time: analog lines with the real chip drivers and a stand-in for SIP, with a clock that jumps.
- On a whole box: all processes, SIP and audio over sockets, in real time, recognised by what is heard.
""".lstrip()

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


@dataclass(frozen=True, slots=True)
class Feature:
    """A row of GUIDE."""

    number: str
    title: str
    code: str

    @property
    def anchor(self) -> str:
        """Of the section that is headed by number and title."""
        return re.sub(r"[^a-z0-9 -]", "", f"{self.number} {self.title}".lower()).replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Level:
    """Where tests of features lie and what they are called."""

    title: str
    folder: str
    one: str


@dataclass(frozen=True, slots=True)
class Test:
    file: str  # from the root of the repository
    name: str
    numbers: tuple[str, ...]

    @property
    def words(self) -> str:
        return re.sub(r"_s(?=_|$)", "'s", self.name.removeprefix("test_")).replace("_", " ")


@dataclass(frozen=True, slots=True)
class Run:
    """The last time that a test ran."""

    outcome: str  # PASSED, failed or skipped
    commit: str


LEVELS = (Level("In virtual time", "tests/scenarios", "scenario"), Level("On a whole box", "tests/system", "test"))
PASSED = "passed"
Runs = Mapping[tuple[str, str], Run]


def features_of_the_guide() -> list[Feature]:
    rows = (re.fullmatch(r"(\S+) ([^|]+)\|(.+)", line) for line in GUIDE.strip().splitlines())
    return [Feature(row[1], row[2], row[3]) for row in rows if row is not None]


def proofs_of(level: Level) -> Iterator[Test]:
    """Those that name a feature."""
    for file in sorted((ROOT / level.folder).glob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                named = numbers((ast.get_docstring(node) or "").partition(":")[0])
                if named:
                    yield Test(str(file.relative_to(ROOT)), node.name, named)


def numbers(text: str) -> tuple[str, ...]:
    """F- and H-numbers in a text, ranges such as F7-F10 spelt out."""
    found: list[str] = []
    for kind, first, last in re.findall(r"\b([FH])(\d+)(?:\s?[-–]\s?[FH]?(\d+))?", text):  # noqa: RUF001
        found += [f"{kind}{n}" for n in range(int(first), int(last or first) + 1)]
    return tuple(dict.fromkeys(found))


def last_runs() -> Runs:
    """Raises FileNotFoundError when no test has run yet."""
    kept = json.loads(RESULTS.read_text())
    return {tuple(test.split("::")): Run(**run) for test, run in kept.items()}


def outcome(test: Test, runs: Runs) -> str:
    run = runs.get((test.file, test.name))
    return run.outcome if run else "not run"


def listed(tests: Sequence[Test], runs: Runs) -> Iterator[str]:
    """Lines of a list: the files, below each what its tests are about."""
    for file, its in groupby(tests, lambda one: one.file):
        yield f"- [{Path(file).name}](../{file})"
        for one in its:
            mark = "" if (told := outcome(one, runs)) == PASSED else f": **{told}**"
            yield f"  - {one.words}{mark}"
    if not tests:
        yield "- **none**"


def summary(level: Level, tests: Sequence[Test], runs: Runs) -> str:
    """A cell of the table: how many there are and what became of them."""
    if not tests:
        return "**none**"
    outcomes = Counter(outcome(one, runs) for one in tests)
    told = ", ".join(f"**{count} {word}**" for word, count in outcomes.items() if word != PASSED) or PASSED
    return f"{len(tests)} {level.one}{'s' * (len(tests) > 1)}, {told}"


def page(tests: Mapping[Level, Sequence[Test]], runs: Runs) -> Iterator[str]:
    """The lines of docs/features.md."""
    belongs = {
        feature: {level: [one for one in tests[level] if feature.number in one.numbers] for level in LEVELS}
        for feature in features_of_the_guide()
    }
    commits = {run.commit for level in LEVELS for one in tests[level] if (run := runs.get((one.file, one.name)))}
    yield HEAD.format(", ".join(sorted(commits)) or "none")
    yield f"| | Feature | Code | {' | '.join(level.title for level in LEVELS)} |\n|---|---|---|---|---|"
    for feature, its in belongs.items():
        cells = " | ".join(summary(level, its[level], runs) for level in LEVELS)
        code = feature.code.replace("*", "\\*")
        yield f"| [{feature.number}](#{feature.anchor}) | {feature.title} | {code} | {cells} |"
    for feature, its in belongs.items():
        yield f"\n## {feature.number} {feature.title}"
        for level in LEVELS:
            yield f"{level.title}:\n"
            yield from listed(its[level], runs)
            yield ""


def main() -> int:
    try:
        runs = last_runs()
    except FileNotFoundError:
        print(f"There is no {RESULTS.relative_to(ROOT)} yet: run `make test` first.", file=sys.stderr)
        return 1
    PAGE.write_text("\n".join(page({level: list(proofs_of(level)) for level in LEVELS}, runs)).rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
