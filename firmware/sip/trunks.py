"""SIP trunks: registration with providers, calls to them and to peers, and the addresses they are known by.

Not here: which call takes which trunk (telephony), who may come in by one (the guard, by the addresses pushed here).
"""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field

import pjsua2 as pj

from firmware.calls.leg import Party
from firmware.sip.endpoint import SipEndpoint
from firmware.sip.guard import TrunkSource
from firmware.sip.leg import SipLeg
from firmware.sip.message import name_address
from firmware.sip.trunk_login import TrunkLogin, place, wants_another
from firmware.telephony.site import SipTrunk

RESOLVE_AGAIN_S = 300.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class TrunkPort:
    """One trunk as it stands. `reason` is for people; up means that a call may be tried."""

    trunk: SipTrunk
    login: TrunkLogin | None = None
    up: bool = False
    reason: str = "not tried yet"
    addresses: tuple[str, ...] = field(default_factory=tuple)


class Trunks:
    """All SIP trunks of the site."""

    def __init__(
        self, endpoint: SipEndpoint, push: Callable[[Iterable[TrunkSource]], None], changed: Callable[[str], None]
    ) -> None:
        """`push` gets the addresses of all trunks, `changed` the name of a trunk that came up or went down."""
        self._endpoint, self._push, self._changed = endpoint, push, changed
        self.ports: dict[str, TrunkPort] = {}
        self._turns: dict[str, asyncio.Lock] = {}  # by name: one registration after the other
        self._left: list[TrunkLogin] = []  # still used by a call
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, trunks: Iterable[SipTrunk]) -> None:
        """Register where that is asked for and keep the addresses of all trunks known."""
        self.configure(trunks)
        self._run(self._keep_resolved())

    def configure(self, trunks: Iterable[SipTrunk]) -> None:
        """These are the trunks from now on. One whose own settings are the same is left alone; calls go on."""
        wanted = {trunk.name: trunk for trunk in trunks}
        for name in self.ports.keys() - wanted.keys():
            log.info("trunk %s is removed", name)
            self._run(self._renew(name, self.ports.pop(name)))
        for name, trunk in wanted.items():
            port = self.ports.get(name)
            if port is None:
                port = self.ports[name] = TrunkPort(trunk)
                self._run(self._renew(name, port))
                self._look_up(port)
            elif port.trunk != trunk:
                self._change(port, trunk)
        self._push_addresses()

    def _change(self, port: TrunkPort, trunk: SipTrunk) -> None:
        before, port.trunk = port.trunk, trunk
        if wants_another(before, trunk):
            log.info("trunk %s is changed", trunk.name)
            port.up, port.reason = False, "registering" if trunk.register else "not tried yet"
            self._changed(trunk.name)
            self._run(self._renew(trunk.name, port))
        if trunk.host != before.host:
            port.addresses = ()
        self._look_up(port)

    async def _renew(self, name: str, port: TrunkPort) -> None:
        """End the registration that there is; begin the one that is wanted now, if any."""
        async with self._turns.setdefault(name, asyncio.Lock()):
            if port.login is not None:
                login, port.login = port.login, None
                await login.leave()
                self._left.append(login)
                self._give_back()
            if self.ports.get(name) is port and port.trunk.register:
                self._log_in(name, port)

    def _log_in(self, name: str, port: TrunkPort) -> None:
        def changed(status: int, reason: str) -> None:
            port.up, port.reason = status == 200, f"{status} {reason}"
            log.info("trunk %s: registration %s", name, port.reason)
            if self.ports.get(name) is port:
                self._changed(name)

        port.reason = "registering"
        try:
            port.login = TrunkLogin(self._endpoint, port.trunk, changed)
        except pj.Error as error:
            log.error("trunk %s cannot register: %s", name, error.reason)
            port.reason = error.reason

    def _give_back(self) -> None:
        """Let go of accounts that no call needs any more."""
        in_calls = {leg.party.trunk for leg in self._endpoint.legs}
        self._left = [login for login in self._left if login.name in in_calls or not login.given_back()]

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def down(self) -> frozenset[str]:
        return frozenset(name for name, port in self.ports.items() if not port.up)

    def call(self, name: str, digits: str, caller: Party, *, anyway: bool = False) -> SipLeg | None:
        """Call by a trunk; None while it is down, unless it is to be tried `anyway`."""
        port = self.ports.get(name)
        if port is None or not (port.up or anyway):
            return None
        trunk = port.trunk
        shown = trunk.number or trunk.username or caller.number
        if trunk.show_outside_caller and caller.trunk is not None and caller.number:
            shown = caller.number
        sender = name_address(caller.name, shown, self._domain(trunk))
        target = f"sip:{digits}@{place(trunk)}"
        party = Party(number=digits, trunk=name)
        return self._endpoint.call(
            target, party, digits, account=port.login.account if port.login else None, from_uri=sender
        )

    def _domain(self, trunk: SipTrunk) -> str:
        return trunk.host if trunk.register else self._endpoint.domain

    async def _keep_resolved(self) -> None:
        """Names may lead elsewhere; what cannot be looked up keeps its last addresses."""
        while True:
            await asyncio.sleep(RESOLVE_AGAIN_S)
            for port in tuple(self.ports.values()):
                self._look_up(port)
            self._give_back()

    def _look_up(self, port: TrunkPort) -> None:
        """A trunk whose host is an address is known at once."""
        try:
            port.addresses = (str(ipaddress.ip_address(port.trunk.host)),)
        except ValueError:
            self._run(self._resolve(port))
        else:
            self._reachable(port, port.trunk, True, "peer")

    async def _resolve(self, port: TrunkPort) -> None:
        trunk, loop = port.trunk, asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(trunk.host, trunk.port, type=socket.SOCK_DGRAM)
        except OSError as error:
            log.warning("trunk %s: host %s cannot be found: %s", trunk.name, trunk.host, error)
            self._reachable(port, trunk, False, f"host {trunk.host} cannot be found")
            return
        if port.trunk is trunk:  # it may have changed meanwhile
            port.addresses = tuple(dict.fromkeys(str(row[4][0]) for row in found))
            self._push_addresses()
        self._reachable(port, trunk, True, "peer")

    def _reachable(self, port: TrunkPort, trunk: SipTrunk, up: bool, reason: str) -> None:
        """A peer is up while its address is known; a registration speaks for itself."""
        current = port.trunk is trunk and self.ports.get(trunk.name) is port
        if current and not trunk.register and (port.up, port.reason) != (up, reason):
            port.up, port.reason = up, reason
            self._changed(trunk.name)

    def _push_addresses(self) -> None:
        self._push(_source(port) for port in self.ports.values() if port.addresses)


def _source(port: TrunkPort) -> TrunkSource:
    trunk = port.trunk
    return TrunkSource(trunk.name, port.addresses, (trunk.transport,), rate_per_s=trunk.rate_per_s)
