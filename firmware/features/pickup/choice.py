"""Which ringing call somebody may pick up (F5, F6). Pure; not here: what is said, how the call changes hands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from firmware.telephony.site import Extension


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that rings: on how many legs of which extensions, since when (monotonic seconds), who calls."""

    id: str
    rings: tuple[str, ...]  # the extension of each leg
    since_s: float
    caller: str | None  # extension


def choose(candidates: Iterable[Candidate], picker: Extension, among: Collection[str]) -> Candidate | None:
    """Of the calls that ring at one of the extensions `among`, the one that rang first and that `picker` may have."""
    there = [one for one in candidates if one.caller != picker.number and _rings_at(one, picker, among)]
    return min(there, key=lambda one: one.since_s, default=None)


def _rings_at(candidate: Candidate, picker: Extension, among: Collection[str]) -> bool:
    """One's own telephone is answered by lifting it; only a second device picks its call up."""
    second = candidate.rings.count(picker.number) > 1 or (picker.port is not None and picker.sip is not None)
    return any(one in among and (one != picker.number or second) for one in candidate.rings)


def department_of(picker: Extension, extensions: Iterable[Extension]) -> frozenset[str]:
    """Who belongs to the picker's department, the picker included; nobody if it has none."""
    if picker.department is None:
        return frozenset()
    return frozenset(one.number for one in extensions if one.department == picker.department)
