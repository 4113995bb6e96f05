"""What a caller in a voice menu has chosen so far. Pure; not here: waiting for keys, going there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Verdict(Enum):
    CHOSEN = "chosen"
    MORE = "more keys may follow"  # `destination` holds if none does, "" = nothing yet
    INVALID = "leads nowhere"


@dataclass(frozen=True, slots=True)
class Choice:
    verdict: Verdict
    destination: str = ""


def chosen(pressed: str, keys: Mapping[Any, str], extensions: Collection[str]) -> Choice:
    """What the keys pressed so far mean. `extensions`: numbers that may be dialled directly, empty if none may."""
    destination = keys.get(pressed) or (f"extension/{pressed}" if pressed in extensions else "")
    if any(one.startswith(pressed) and one != pressed for one in extensions):
        return Choice(Verdict.MORE, destination)
    return Choice(Verdict.CHOSEN, destination) if destination else Choice(Verdict.INVALID)


def ended(pressed: str, keys: Mapping[Any, str], extensions: Collection[str]) -> Choice:
    """What they mean now that no more will come."""
    destination = chosen(pressed, keys, extensions).destination
    return Choice(Verdict.CHOSEN, destination) if destination else Choice(Verdict.INVALID)
