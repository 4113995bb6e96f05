"""Hook flash and everybody else at random instants (H2-H7): whatever happens, nothing is left over."""

import asyncio
import logging
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.calls.leg import LegState
from firmware.lines.port import FirstRingEnded, FxsEvent, HookFlash, OffHook, OnHook, Watchers
from firmware.lines.telephone_leg import TelephoneLeg
from firmware.media import KeyHeard
from firmware.telephony.country import RingCadence
from firmware.telephony.site.check import checked
from tests.component.line_house import LineHouse
from tests.scenarios.reception import SITE
from tests.virtual import run_virtual


class PaperPort:
    """An `FxsPort` without copper: its hook is the test's."""

    in_service, fault, loop_open = True, None, False

    def __init__(self, name: str, tdm_slot: int) -> None:
        self.name, self.tdm_slot = name, tdm_slot
        self.off_hook = self.ringing = False
        self._watchers: Watchers[FxsEvent] = Watchers()

    def watch(self, watcher: Callable[[FxsEvent], object]) -> Callable[[], None]:
        return self._watchers.watch(watcher)

    def ring(self, cadence: RingCadence) -> None:
        assert not self.off_hook
        self.ringing = True
        asyncio.get_running_loop().call_later(1, self._watchers.post, FirstRingEnded())

    def stop_ring(self) -> None:
        self.ringing = False

    async def prepare_caller_id(self) -> None:
        await asyncio.sleep(0.1)

    def transmit(self) -> None:
        assert not self.off_hook

    def reverse_polarity(self, reversed_: bool) -> None:
        pass

    def remove_battery(self) -> None:
        assert self.off_hook

    def loop_current_ma(self) -> float:
        return 20.0 if self.off_hook else 0.0

    def lift(self, off_hook: bool) -> None:
        if off_hook is not self.off_hook:
            self.off_hook, self.ringing = off_hook, False
            self._watchers.post(OffHook() if off_hook else OnHook())

    def flash(self) -> None:
        if self.off_hook:
            self._watchers.post(HookFlash())


class Story:
    """What may happen, each by a name."""

    def __init__(self, here: LineHouse, ports: dict[str, PaperPort]) -> None:
        self._here, self._ports = here, ports
        self._callers = [here.dials("104", "101")]

    def lift(self) -> None:
        self._ports["fxs1"].lift(True)

    def put_back(self) -> None:
        self._ports["fxs1"].lift(False)

    def flash(self) -> None:
        self._ports["fxs1"].flash()

    def workshop_lifts(self) -> None:
        self._ports["fxs2"].lift(True)

    def workshop_flashes(self) -> None:
        self._ports["fxs2"].flash()

    def workshop_leaves(self) -> None:
        self._ports["fxs2"].lift(False)

    def dial_anna(self) -> None:
        self._dial("103")

    def dial_workshop(self) -> None:
        self._dial("102")

    def anna_answers(self) -> None:
        for leg in self._here.rung.get("103", ()):
            if leg.state is not LegState.GONE:
                leg.pick_up()

    def anna_leaves(self) -> None:
        for leg in self._here.rung.get("103", ()):
            leg.leaves()

    def anna_transfers(self) -> None:
        for leg in self._here.rung.get("103", ()):
            leg.press("#102")

    def clara_calls(self) -> None:
        self._callers.append(self._here.dials("105", "101"))

    def clara_calls_workshop(self) -> None:
        self._callers.append(self._here.dials("105", "102"))

    def callers_leave(self) -> None:
        for leg in self._callers:
            leg.leaves()

    def display_answers(self) -> None:
        self._dial("D")

    def _dial(self, keys: str) -> None:
        for key in keys:
            self._here.media.hear(self._here.analog["101"], KeyHeard(key))

    def end(self) -> None:
        for legs in self._here.rung.values():
            for leg in legs:
                leg.leaves()
        self.callers_leave()
        self.put_back()
        self.workshop_leaves()


ACTS = [name for name in vars(Story) if not name.startswith("_") and name != "end"]
OPENINGS = {
    "talking": ["lift"],
    "consulting": ["lift", "flash", "dial_anna"],
    "answered": ["lift", "flash", "dial_anna", "anna_answers"],
    "three-way": ["lift", "flash", "dial_anna", "anna_answers", "flash"],
    "workshop": ["lift", "flash", "dial_workshop", "workshop_lifts"],
    "waiting": ["lift", "clara_calls"],
    "swapped": ["lift", "clara_calls", "flash"],
}


class Complaints(logging.Handler):
    """What the box logs as errors, and what the loop cannot hand to anybody."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(logging.Formatter().format(record))

    def __enter__(self) -> "Complaints":
        asyncio.get_running_loop().set_exception_handler(lambda _loop, what: self.texts.append(str(what)))
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)


def forgotten(here: LineHouse) -> list[str]:
    """Legs that some call has and that nobody has in hand any more."""
    hands = [telephone._hand for telephone in here.telephones.values()]
    known = {leg for hand in hands for leg in (hand.active, hand.held, hand.waiting)}
    legs = {leg for call in here.exchange.calls.values() for leg in call.legs}
    return [leg.id for leg in legs if isinstance(leg, TelephoneLeg) and leg not in known]


async def play(
    opening: str, acts: list[tuple[str, float]], then: Callable[[LineHouse], None] = lambda _here: None
) -> None:
    site = checked(SITE).site
    assert site is not None
    ports = {name: PaperPort(name, at) for at, name in enumerate(("fxs1", "fxs2"))}
    here = LineHouse(site, ports)
    outside = here.media.slot("line1")  # plugged in nowhere here
    here.analog["line1"] = outside
    with Complaints() as complaints:
        story = Story(here, ports)
        await asyncio.sleep(2)
        for act in OPENINGS[opening]:
            getattr(story, act)()
            await asyncio.sleep(0.5)
        for act, after_s in acts:
            getattr(story, act)()
            await asyncio.sleep(after_s)
        await asyncio.sleep(150)  # longer than ringing, calling back and ringing back in a row
        assert not forgotten(here)
        then(here)
        story.end()
        await here.settled()
        await asyncio.sleep(10)
    assert not complaints.texts
    here.nothing_left()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(sorted(OPENINGS)),
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from([0.0, 0.0, 0.001, 0.3, 1.1, 4.0])), min_size=1, max_size=8
    ),
)
def test_whatever_happens_nothing_is_left_over(opening: str, acts: list[tuple[str, float]]) -> None:
    """H2, H3, H4, H5, H6, H7: everybody lifts, flashes, dials, leaves at any instant, several in the same one."""
    run_virtual(play(opening, acts))


def test_a_third_party_who_leaves_as_the_handset_is_put_back_loses_nobody() -> None:
    """H5: the held call rings back, and is a call like any other once it is taken."""

    def still_talking(here: LineHouse) -> None:
        assert here.media.hears(here.analog["101"]) == {"104"}

    run_virtual(play("answered", [("put_back", 0.0), ("anna_leaves", 3.0), ("lift", 1.0)], still_talking))


def test_a_third_party_who_transfers_as_the_handset_is_put_back_loses_nobody() -> None:
    """H5: the two are connected once the third party is back, or the held call rings back."""

    def ended(here: LineHouse) -> None:
        assert {call.dialled for call in here.exchange.calls.values()} <= {"101"}

    run_virtual(play("answered", [("put_back", 0.0), ("anna_transfers", 16.0), ("lift", 1.0)], ended))
