"""Why something that was dialled is not accepted: in the caller's words and in the trace's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """`prompt` is what the caller hears, an id of the catalogue."""

    prompt: str
    reason: str


INVALID = Refusal("invalid", "is no number")
