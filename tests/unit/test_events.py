"""The event stream: what one gets who follows it, and who comes back to it."""

from firmware.api.events import Events
from firmware.contract.events import CallEnded, Event, Resync
from firmware.contract.status import Position

ENDED = CallEnded("one", ("103",))


def test_one_who_comes_back_gets_what_was_missed() -> None:
    events = Events(7)
    events.post(ENDED)
    assert events.after(Position(7, 0)) == [Event(Position(7, 1), ENDED)]


def test_what_nobody_followed_is_not_kept_and_said_to_be_missing() -> None:
    events = Events(7)
    events.post(ENDED)
    before = events.position
    events.unheard()
    assert events.after(before) == [Event(Position(7, 2), Resync())]
    later = events.position
    events.post(ENDED)
    assert events.after(later) == [Event(Position(7, 3), ENDED)]
    assert events.after(before) == [Event(Position(7, 3), Resync())]
