"""Trunks whose settings change, in virtual time: who registers and leaves in what order, who is known by address."""

import asyncio
from types import SimpleNamespace
from typing import Any

from firmware.media.native import load_pjsua2

load_pjsua2()

# ruff: noqa: E402
import pjsua2 as pj
import pytest
from msgspec.structs import replace

from firmware.calls.leg import Party
from firmware.sip.guard import TrunkSource
from firmware.sip.trunks import Trunks
from firmware.telephony.site import SipTrunk
from tests.virtual import run_virtual

ANSWER_S = 0.1
PROVIDER = SipTrunk(name="provider", host="192.0.2.1", username="49301", secret="first")
PEER = SipTrunk(name="peer", host="192.0.2.2", register=False)


class Account:
    """pjsua2's account at a provider that takes every password but `wrong`."""

    def __init__(self, world: "World", uri: str, configure: Any, changed: Any) -> None:
        self._world, self._changed = world, changed
        config = SimpleNamespace(regConfig=SimpleNamespace(), sipConfig=SimpleNamespace(authCreds=[]))
        configure(config)
        self.secret, self.calls = config.sipConfig.authCreds[0].data, 0
        self._active = False
        self._say(f"register {uri} {self.secret}", self.secret != "wrong")

    def _say(self, what: str, active: bool) -> None:
        self._world.log.append(what)

        def answered() -> None:
            self._active = active
            self._changed(200 if active or "leave" in what else 403, "said")

        if not self._world.dead:
            asyncio.get_running_loop().call_later(ANSWER_S, answered)

    def getInfo(self) -> Any:
        return SimpleNamespace(regIsActive=self._active)

    def setRegistration(self, renew: bool) -> None:
        assert not renew
        self._say(f"leave {self.secret}", False)

    def shutdown2(self, _prm: Any) -> None:
        if self.calls:
            raise pj.Error()
        self._world.log.append(f"forget {self.secret}")


class World:
    """The endpoint, the guard and the provider."""

    domain = "box"

    def __init__(self) -> None:
        self.log: list[str] = []
        self.legs: dict[str, Any] = {}
        self.known: dict[str, tuple[str, ...]] = {}
        self.changed: list[str] = []
        self.accounts: list[Account] = []
        self.dead = False
        self.trunks = Trunks(self, self._push, self.changed.append)  # type: ignore[arg-type]

    def _push(self, sources: Any) -> None:
        rows: list[TrunkSource] = list(sources)
        self.known = {row.name: row.addresses for row in rows}

    def add_account(self, uri: str, configure: Any, changed: Any) -> Account:
        self.accounts.append(Account(self, uri, configure, changed))
        return self.accounts[-1]

    def states(self) -> dict[str, tuple[bool, str]]:
        return {name: (port.up, port.reason) for name, port in self.trunks.ports.items()}


def play(story: Any) -> World:
    async def main() -> World:
        world = World()
        world.trunks.start([PROVIDER, PEER])
        assert world.known == {"provider": ("192.0.2.1",), "peer": ("192.0.2.2",)}
        assert world.states()["peer"] == (True, "peer")
        await asyncio.sleep(1)
        assert world.states()["provider"] == (True, "200 said")
        world.log.clear()
        world.changed.clear()
        await story(world)
        world.trunks.close()
        return world

    return run_virtual(main)


def test_only_the_trunk_that_changed_registers_anew() -> None:
    async def story(world: World) -> None:
        shown = replace(PROVIDER, number="4930123", did_from="to", rate_per_s=5)
        world.trunks.configure([shown, replace(PEER, host="192.0.2.3")])
        assert world.known["peer"] == ("192.0.2.3",)
        await asyncio.sleep(1)
        assert world.log == []
        assert world.trunks.ports["provider"].trunk is shown
        world.trunks.configure([replace(shown, secret="second"), PEER])
        assert world.states()["provider"] == (False, "registering")
        assert world.changed == ["provider"]
        await asyncio.sleep(1)
        assert world.states()["provider"] == (True, "200 said")

    uri = "sip:49301@192.0.2.1"
    assert play(story).log == ["leave first", "forget first", f"register {uri} second"]


def test_the_last_of_quick_changes_counts() -> None:
    async def story(world: World) -> None:
        for secret in ("second", "wrong", "third"):
            world.trunks.configure([replace(PROVIDER, secret=secret), PEER])
        await asyncio.sleep(2)
        assert world.states()["provider"] == (True, "200 said")
        assert world.log[-1].endswith("third")
        world.trunks.configure([PEER])
        world.trunks.configure([PROVIDER, PEER])
        await asyncio.sleep(2)
        assert world.states()["provider"] == (True, "200 said")

    log = play(story).log
    assert log.index("leave third") < log.index("register sip:49301@192.0.2.1 first")


def test_a_wrong_password_is_said_and_a_right_one_heals() -> None:
    async def story(world: World) -> None:
        world.trunks.configure([replace(PROVIDER, secret="wrong"), PEER])
        await asyncio.sleep(1)
        assert world.states()["provider"] == (False, "403 said")
        assert world.trunks.down() == {"provider"}
        world.trunks.configure([PROVIDER, PEER])
        await asyncio.sleep(1)
        assert world.trunks.down() == frozenset()

    assert "leave wrong" not in play(story).log


def test_a_removed_trunk_is_forgotten_when_no_call_needs_it() -> None:
    async def story(world: World) -> None:
        world.legs["1"] = SimpleNamespace(party=SimpleNamespace(trunk="provider"))
        world.accounts[0].calls = 1
        world.trunks.configure([PEER])
        assert world.states().keys() == world.known.keys() == {"peer"}
        assert world.trunks.call("provider", "123", SimpleNamespace(number="101", name="")) is None  # type: ignore[arg-type]
        await asyncio.sleep(1)
        assert world.log == ["leave first"]
        world.legs.clear()
        await asyncio.sleep(300)
        assert world.log == ["leave first"]
        world.accounts[0].calls = 0
        await asyncio.sleep(300)
        assert world.changed == []

    assert play(story).log == ["leave first", "forget first"]


def test_a_provider_that_is_dead_holds_nothing_up_for_long() -> None:
    async def story(world: World) -> None:
        world.dead = True
        world.trunks.configure([replace(PROVIDER, host="192.0.2.9"), PEER])
        await asyncio.sleep(1)
        assert world.log == ["leave first"]
        world.dead = False
        await asyncio.sleep(6)
        assert world.states()["provider"] == (True, "200 said")

    play(story)


def test_a_trunk_becomes_a_peer_and_registers_again() -> None:
    async def story(world: World) -> None:
        world.trunks.configure([replace(PROVIDER, register=False)])
        assert world.states() == {"provider": (True, "peer")}
        await asyncio.sleep(1)
        world.trunks.configure([PROVIDER])
        assert world.states() == {"provider": (False, "registering")}
        await asyncio.sleep(1)
        assert world.states() == {"provider": (True, "200 said")}

    assert play(story).log == ["leave first", "forget first", "register sip:49301@192.0.2.1 first"]


def test_a_host_by_name_is_looked_up_at_once_and_a_late_answer_is_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def found(_loop: Any, host: str, port: int, **_kind: Any) -> Any:
        await asyncio.sleep(5 if host == "slow" else 0.1)
        if host == "nowhere":
            raise OSError("no such host")
        return [(2, 2, 17, "", ({"here": "192.0.2.7", "slow": "192.0.2.8"}[host], port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)

    async def story(world: World) -> None:
        world.trunks.configure([replace(PEER, host="slow")])
        await asyncio.sleep(1)
        world.trunks.configure([replace(PEER, host="here")])
        await asyncio.sleep(0.2)
        assert world.known == {"peer": ("192.0.2.7",)}
        await asyncio.sleep(10)
        assert world.known == {"peer": ("192.0.2.7",)}
        world.trunks.configure([replace(PEER, host="nowhere")])
        await asyncio.sleep(1)
        assert world.states() == {"peer": (False, "host nowhere cannot be found")}
        assert world.known == {}

    play(story)


def test_a_trunk_without_registration_calls_only_for_help() -> None:
    """N5: the provider may take the call all the same."""

    async def story(world: World) -> None:
        called: list[str] = []
        world.call = lambda target, *_args, **_more: called.append(target)  # type: ignore[attr-defined]
        anna = Party("103", "Anna", extension="103")
        world.trunks.ports["provider"].up = False
        assert world.trunks.call("provider", "112", anna) is None
        assert called == []
        world.trunks.call("provider", "112", anna, anyway=True)
        world.trunks.call("peer", "112", anna)
        assert [target.partition("@")[0] for target in called] == ["sip:112", "sip:112"]

    play(story)


@pytest.mark.parametrize(
    ("show", "caller", "shown"),
    [
        (False, Party("0301234", trunk="peer"), "49301"),
        (True, Party("0301234", trunk="peer"), "0301234"),
        (True, Party("", trunk="peer", withheld=True), "49301"),
        (True, Party("103", "Anna", extension="103"), "49301"),
    ],
)
def test_who_is_shown_to_the_called_one(show: bool, caller: Party, shown: str) -> None:
    """2.10: an outside caller who is forwarded outside, if the provider takes foreign numbers."""

    async def story(world: World) -> None:
        senders: list[str] = []
        world.call = lambda *_args, from_uri, **_more: senders.append(from_uri)  # type: ignore[attr-defined]
        world.trunks.configure([replace(PROVIDER, show_outside_caller=show), PEER])
        world.trunks.call("provider", "0171", caller)
        assert f"<sip:{shown}@" in senders[0]

    play(story)
