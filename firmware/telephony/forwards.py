"""The forward types of the portal (F35) and the three forwards of an extension: one into the other. Pure.

Not responsible for forwarding (`delivery.py`) nor for where to (`features/forward/target.py`).
"""

from enum import Enum

from firmware.telephony.site import Forward


class ForwardType(Enum):
    """In the words of the user guide. Each forwards to one number."""

    BUSY = "Forward On Busy"
    ALL = "Forward All"
    NO_ANSWER_AND_BUSY = "No Answer and Busy"
    NO_ANSWER = "Forward On No Answer"


def forward_of(kind: ForwardType, number: str | None) -> Forward:
    """What an extension's forwards become when this is submitted: the others are cleared. None: not activated."""
    match kind:
        case ForwardType.ALL:
            return Forward(always=number)
        case ForwardType.BUSY:
            return Forward(busy=number)
        case ForwardType.NO_ANSWER:
            return Forward(no_answer=number)
        case ForwardType.NO_ANSWER_AND_BUSY:
            return Forward(busy=number, no_answer=number)


def type_of(forward: Forward) -> tuple[ForwardType, str] | None:
    """The type and number that say it all; None when none is set, or codes have set what no type says."""
    numbers = {number for number in (forward.always, forward.busy, forward.no_answer) if number is not None}
    if len(numbers) != 1:
        return None
    (number,) = numbers
    return next(((kind, number) for kind in ForwardType if forward_of(kind, number) == forward), None)
