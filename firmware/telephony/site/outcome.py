"""What became of a site file, in words: the same whether a box runs or not.

Not responsible for checking (`check.py`) nor for printing (`firmware.commands.site`).
"""

from collections.abc import Iterable

from firmware.contract.replies import SiteChecked
from firmware.telephony.site.check import Checked

MOST_BYTES = 25_000
"""Of each kind of line: all four must fit into one message, quoted signs included."""


def in_words(outcome: Checked, next_start: Iterable[str] = ()) -> SiteChecked:
    """Problems and warnings a line each, as many as a person would read."""
    return SiteChecked(
        _bounded(str(one) for one in outcome.problems if one.fatal),
        _bounded(str(one) for one in outcome.problems if not one.fatal),
        _bounded(outcome.not_active),
        _bounded(next_start),
    )


def _bounded(lines: Iterable[str]) -> tuple[str, ...]:
    kept, room = list[str](), MOST_BYTES
    every = list(lines)
    for line in every:
        room -= len(line.encode())
        if room < 0:
            return (*kept, f"... and {len(every) - len(kept)} more")
        kept.append(line)
    return tuple(kept)
