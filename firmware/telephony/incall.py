"""Codes pressed in a call: the matcher of N9, pure. Which codes count is the caller's business (N8, N10)."""

from collections.abc import Collection
from dataclasses import dataclass

GAP_S = 1.0  # Asterisk's featuredigittimeout


@dataclass(frozen=True, slots=True)
class Matched:
    """The keys are a code; the peer never hears them."""

    code: str


@dataclass(frozen=True, slots=True)
class Pass:
    """These keys are no code: send them to the peer."""

    keys: str


@dataclass(frozen=True, slots=True)
class ArmGap:
    """Start the gap timer anew; when it runs out, call `gap`."""


Action = Matched | Pass | ArmGap


def press(held: str, key: str, codes: Collection[str]) -> tuple[str, tuple[Action, ...]]:
    """One more key after the keys that are held back. Returns the keys to hold back now, and what to do."""
    whole = held + key
    longer = any(code.startswith(whole) and code != whole for code in codes)
    if whole in codes and not longer:
        return "", (Matched(whole),)
    if longer:
        return whole, (ArmGap(),)
    if held:
        rest, actions = press("", key, codes)
        return rest, (Pass(held), *actions)
    return "", (Pass(key),)


def gap(held: str, codes: Collection[str]) -> tuple[Action, ...]:
    """No further key came in time."""
    if held in codes:
        return (Matched(held),)
    return (Pass(held),) if held else ()
