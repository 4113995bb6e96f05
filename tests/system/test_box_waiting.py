"""Who waits, on a whole box: in parking slots, for somebody who answers, for an agent, to be woken up.

One call is parked before all else and forgotten, and the handset left off: the call comes back after two minutes, while
the other tests run.
"""

import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, has_tone, says
from tests.system.rtp import Audio, strength
from tests.system.services import (
    ANNA_HZ,
    BEN_HZ,
    CARLA_HZ,
    Calling,
    after_key,
    answered,
    connected,
    dials,
    dials_and_hears,
    hears,
    phrases,
    put_back,
    status,
    talking,
)
from tests.system.sipclient import Phone
from tests.system.watcher import Lamp

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - number: "105"
    name: Carla
    sip: {secret: carla-secret-105}
    ring_s: 5
    follow_me: {enabled: true, own_ring_s: 5, list: [{number: "102", ring_s: 5}, {number: "103"}]}
  - number: "106"
    name: Store
    port: fxs3
    ring_s: 5
    call_waiting: false
    follow_me: {enabled: false, list: [{number: "102"}]}
  - number: "107"
    name: Office
    port: fxs4
    ring_s: 5
    call_waiting: false
    forward: {busy: "103", no_answer: "103"}
  - {number: "108", name: Shop, port: fxs5}
  - {number: "109", name: Garage, port: fxs6}
queues: [{number: "631", name: Sales, agents: ["101"], announce_position: false}]
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""
HOWLER_HZ = 850  # and 425, in turn
NAMES = ("fxs1", "fxs2", "fxs3", "fxs4")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("waiting"), SITE) as running:
        park_and_forget(running)
        yield running


def park_and_forget(box: Box) -> None:
    """The garage has called the shop, which parks the call and lays down the handset beside the telephone."""
    shop, garage = box.end("fxs5"), box.end("fxs6")
    dials(garage, "108")
    shop.until(ringing=True)
    shop.do("lift")
    time.sleep(1)
    assert says(shop.hears_after("*4", 5), phrases("parked-at", "", digits="41"))


@pytest.fixture(autouse=True)
def handsets_back(box: Box) -> Iterator[None]:
    """A test that fails leaves no telephone off the hook for the next one."""
    yield
    for name in NAMES:
        put_back(box, box.end(name))


def test_a_call_is_parked_and_fetched(box: Box, anna: Phone, ben: Phone, carla: Phone) -> None:
    """F7, F8, F10: `*4`, the number is heard, its lamp is lit, and whoever dials it has the call."""
    lamp = Lamp(carla, "42")
    assert lamp.subscribe() == 200
    assert lamp.state() == "terminated"
    with talking(anna, ben) as (annas, bens), Audio(CARLA_HZ) as carlas:
        assert says(after_key(annas, "*4", 4), phrases("parked-at", "", digits="42"))
        assert lamp.state() == "confirmed"
        assert strength(bens.heard(0.5), ANNA_HZ) < 0.01
        assert abs(bens.heard(0.5).astype(float)).mean() > 50  # music
        fetched = carla.invite("42", carlas.port)
        connected(fetched, carlas)
        assert hears(carlas, BEN_HZ)
        assert hears(bens, CARLA_HZ)
        assert lamp.state() == "terminated"


def test_nobody_is_parked_there(carla: Phone) -> None:
    """F8"""
    with Audio(0) as carlas:
        dialog = carla.invite("55", carlas.port)
        connected(dialog, carlas)
        time.sleep(6)
        assert says(carlas.heard(), phrases("no-parked-call"))
        carla.bye(dialog)


def test_a_third_party_who_does_not_answer(box: Box, anna: Phone, ben: Phone) -> None:
    """F14: after 15 seconds the two talk on."""
    workshop = box.end("fxs2")
    with talking(anna, ben) as (annas, bens):
        assert says(after_key(annas, "*2", 2), phrases("transfer"))
        annas.press("102#")
        workshop.until(ringing=True)
        assert strength(bens.heard(0.5), ANNA_HZ) < 0.01
        box.until(lambda: not workshop.state()["ringing"], 25)
        time.sleep(2)
        assert hears(bens, ANNA_HZ)
        assert hears(annas, BEN_HZ)


def test_a_handset_that_was_left_off_howls(box: Box) -> None:
    """H8: after half a minute of busy tone; once it is put back, the telephone is as ever."""
    shop = box.end("fxs5")
    box.until(lambda: strength(shop.hears(1), HOWLER_HZ) > 0.3, 45)
    put_back(box, shop)
    shop.do("lift")
    assert has_tone(shop.hears(0.5), 425)
    put_back(box, shop)


@pytest.mark.parametrize("busy", [False, True])
def test_a_forward_on_no_answer_and_busy(box: Box, anna: Phone, ben: Phone, busy: bool) -> None:
    """F35: the type of this name; a call that is not answered, and one while the telephone is in use."""
    office = box.end("fxs4")
    if busy:
        office.do("lift")
        time.sleep(0.5)
    call = Calling(ben, "107", 30000)
    if not busy:
        office.until(ringing=True)
    with Audio(ANNA_HZ) as annas:
        answered(anna, annas)
        assert status(call) == 200
        office.until(ringing=False)
        ben.bye(call.dialog())


def test_follow_me_rings_one_after_the_other(box: Box, anna: Phone, ben: Phone, carla: Phone) -> None:
    """F36, F37, F38: the own telephone for as long as was set, then the list in its order."""
    workshop = box.end("fxs2")
    call = Calling(ben, "105", 30000)
    carla.reply(carla.incoming(), 180)
    assert not workshop.state()["ringing"]
    workshop.until(ringing=True)
    while carla.wire.receive().method != "CANCEL":
        pass
    with Audio(ANNA_HZ) as annas:
        answered(anna, annas)
        assert status(call) == 200
        workshop.until(ringing=False)
        ben.bye(call.dialog())


def test_follow_me_that_is_switched_off(box: Box, ben: Phone) -> None:
    """F36"""
    store, workshop = box.end("fxs3"), box.end("fxs2")
    call = Calling(ben, "106", 30000)
    store.until(ringing=True)
    store.until(ringing=False)
    assert status(call) >= 400
    assert not workshop.state()["ringing"]


def test_an_agent_has_a_break(box: Box, anna: Phone) -> None:
    """F25: no calls from the queue until it is over."""
    reception = box.end("fxs1")
    assert says(dials_and_hears(reception, "*95", 4.5), phrases("agent-paused"))
    put_back(box, reception)
    assert status(Calling(anna, "631", 30000)) >= 400
    assert not reception.state()["ringing"]
    assert says(dials_and_hears(reception, "*095", 5), phrases("agent-unpaused"))
    put_back(box, reception)
    call = Calling(anna, "631", 30000)
    reception.until(ringing=True)
    reception.do("lift")
    assert status(call) == 200
    anna.bye(call.dialog())


def test_wake_up_calls_by_the_menu_and_none_after_all(box: Box) -> None:
    """F30, F32"""
    reception = box.end("fxs1")
    dials(reception, "*55#")
    time.sleep(1)
    reception.do("dial", digits="1")
    time.sleep(0.5)
    assert says(reception.hears_after("0630#", 4), phrases("wake-set-for"))
    put_back(box, reception)
    for said in ("wake-all-cancelled", "wake-none"):
        assert says(dials_and_hears(reception, "*055", 4), phrases(said))
        put_back(box, reception)


def test_a_parked_call_that_nobody_fetches_comes_back(box: Box) -> None:
    """F9: to the one who parked it, with the slot and the caller's name on the display."""
    shop, garage = box.end("fxs5"), box.end("fxs6")
    box.until(lambda: shop.state()["ringing"], 170)
    shop.until(caller={"number": "109", "name": "Park 41: Garage"})
    shop.do("lift")
    time.sleep(0.7)
    garage.begin_to_say(700, 1.5)
    time.sleep(0.5)
    assert strength(shop.hears(0.5), 700) > 0.8
    garage.finish()
    for telephone in (shop, garage):
        telephone.do("hang-up")
