"""The bench's result as a table: medians of all rounds, the goals, and how far the figures are from them."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    unit: str
    goal: float | None = None  # at most


ROWS = {
    "held 20": Row("CPU of a bridged G.711 call, 20 held", "% of a core", 0.17),
    "held 100": Row("CPU of a bridged G.711 call, 100 held", "% of a core", 0.17),
    "call 20": Row("CPU of a call set up and torn down, 20/s", "ms", 3.0),
    "call 100": Row("CPU of a call set up and torn down, 100/s", "ms", 3.0),
    "registration": Row("CPU of an authenticated registration, 200/s", "ms", 0.4),
    "idle": Row("CPU idle", "% of a core"),
    "memory fresh": Row("memory, fresh process", "MB"),
    "memory 20 calls": Row("memory, 20 calls", "MB"),
    "memory 100 calls": Row("memory, 100 calls", "MB"),
    "memory after short calls": Row("memory, after 400 short calls", "MB"),
    "memory whole box": Row("memory, whole box idle", "MB", 150.0),
    "ringing 20": Row("INVITE to 180, 20/s", "ms"),
    "answer 20": Row("INVITE to 200, 20/s", "ms"),
    "ringing 100": Row("INVITE to 180, 100/s", "ms"),
    "answer 100": Row("INVITE to 200, 100/s", "ms"),
    "gap 20": Row("longest gap in the audio, 20 held", "ms"),
    "gap 100": Row("longest gap in the audio, 100 held", "ms"),
    "dial tone": Row("off-hook to dial tone", "ms"),
    "fxs to fxs": Row("mouth to ear, fxs1 to fxs2", "ms"),
}

Results = Mapping[str, Sequence[Mapping[str, float]]]  # name of the PBX -> figures of each round


def table(results: Results) -> str:
    """Markdown. The first PBX is ours: the goals are its; a second one is set beside it as a ratio."""
    ours, *others = results
    head = ["", "unit", f"{ours}: median (least-most)", "goal", "of goal"]
    for other in others:
        head += [other, f"{ours} / {other}"]
    lines = [head, ["---"] * len(head)]
    lines += [_line(key, row, results) for key, row in ROWS.items() if key in results[ours][0]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _line(key: str, row: Row, results: Results) -> list[str]:
    ours, *others = results
    values = [figures[key] for figures in results[ours]]
    middle = statistics.median(values)
    spread = f" ({_shown(min(values))}-{_shown(max(values))})" if len(values) > 1 else ""
    goal = ["", ""] if row.goal is None else [f"≤ {row.goal:g}", f"{middle / row.goal:.0%}"]
    cells = [row.label, row.unit, _shown(middle) + spread, *goal]
    for other in others:
        found = [figures[key] for figures in results[other] if key in figures]
        theirs = statistics.median(found) if found else None
        cells += ["", ""] if not theirs else [_shown(theirs), f"{middle / theirs:.2f}"]
    return cells


def _shown(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"
