"""Who may listen to whom, and in which way (F23). Pure."""

from enum import Enum

from firmware.telephony.refusal import Refusal
from firmware.telephony.site import Extension


class Mode(Enum):
    """What the listener is heard by. Values are those of the setting `monitor.mode`."""

    LISTEN = "listen"  # nobody
    WHISPER = "whisper"  # the target alone
    BARGE = "barge"  # both


MODE_OF_KEY = {"4": Mode.LISTEN, "5": Mode.WHISPER, "6": Mode.BARGE}
"""As Asterisk's ChanSpy has it with option d."""
FORBIDDEN = Refusal("spy-not-allowed", "may not listen in this way")
NOT_OPEN = Refusal("spy-not-allowed", "does not allow being monitored")
ITSELF = Refusal("spy-not-allowed", "is the listener")
UNKNOWN = Refusal("spy-not-allowed", "is no extension")
IDLE = Refusal("not-in-call", "is not on a call")
NO_TALK = Refusal("spy-not-allowed", "talks to nobody: a conference, a service or another listener")
TAKEN = Refusal("spy-taken", "somebody listens already")


def may(spy: Extension, mode: Mode) -> bool:
    """The listener's own switch."""
    return spy.monitor.mode in (mode.value, "all")


def refusal(spy: Extension, target: Extension | None, mode: Mode) -> Refusal | None:
    """Why the settings do not let `spy` listen to `target`. The caller hears the same for all of them."""
    if not may(spy, mode):
        return FORBIDDEN
    if target is None:
        return UNKNOWN
    if target.number == spy.number:
        return ITSELF
    return None if target.monitor.allow else NOT_OPEN
