"""SIP trunks: registration with providers, calls to them and to peers, and the addresses they are known by.

Not here: which call takes which trunk (telephony), who may come in by one (the guard, by the addresses pushed here).
"""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pjsua2 as pj

from firmware.calls.leg import Party
from firmware.sip.endpoint import Account, SipEndpoint
from firmware.sip.guard import TrunkSource
from firmware.sip.leg import SipLeg
from firmware.telephony.site import SipTrunk

RESOLVE_AGAIN_S = 300.0
RETRY_S = 30  # after a failed registration

log = logging.getLogger(__name__)


@dataclass(slots=True)
class TrunkPort:
    """One trunk as it stands. `reason` is for people; up means that a call may be tried."""

    trunk: SipTrunk
    account: Account | None = None
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
        self._task: asyncio.Task[None] | None = None

    def start(self, trunks: Iterable[SipTrunk]) -> None:
        """Register where that is asked for and keep the addresses of all trunks known."""
        for trunk in trunks:
            port = self.ports[trunk.name] = TrunkPort(trunk)
            if trunk.register:
                port.account = self._register(port)
        self._task = asyncio.get_running_loop().create_task(self._keep_resolved())

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def down(self) -> frozenset[str]:
        return frozenset(name for name, port in self.ports.items() if not port.up)

    def call(self, name: str, digits: str, caller: Party) -> SipLeg | None:
        """Call by a trunk; None while it is down."""
        port = self.ports.get(name)
        if port is None or not port.up:
            return None
        trunk = port.trunk
        shown = trunk.number or trunk.username or caller.number
        sender = f'"{quoted(caller.name)}" <sip:{shown}@{self._domain(trunk)}>'
        target = f"sip:{digits}@{_place(trunk)}"
        party = Party(number=digits, trunk=name)
        return self._endpoint.call(target, party, digits, account=port.account, from_uri=sender)

    def _domain(self, trunk: SipTrunk) -> str:
        return trunk.host if trunk.register else self._endpoint.domain

    def _register(self, port: TrunkPort) -> Account:
        trunk = port.trunk

        def configure(config: pj.AccountConfig) -> None:
            config.regConfig.registrarUri = f"sip:{_place(trunk)}"
            config.regConfig.timeoutSec = trunk.expires_s
            config.regConfig.retryIntervalSec = RETRY_S
            name = trunk.auth_username or trunk.username or ""
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", name, 0, trunk.secret or ""))

        def changed(status: int, reason: str) -> None:
            port.up, port.reason = status == 200, f"{status} {reason}"
            log.info("trunk %s: registration %s", trunk.name, port.reason)
            self._changed(trunk.name)

        port.reason = "registering"
        return self._endpoint.add_account(f"sip:{trunk.username}@{trunk.host}", configure, changed)

    async def _keep_resolved(self) -> None:
        """Names are looked up away from the loop; what cannot be looked up keeps its last addresses."""
        while True:
            for port in self.ports.values():
                await self._resolve(port)
            self._push(_source(port) for port in self.ports.values() if port.addresses)
            await asyncio.sleep(RESOLVE_AGAIN_S)

    async def _resolve(self, port: TrunkPort) -> None:
        trunk = port.trunk
        try:
            port.addresses = (str(ipaddress.ip_address(trunk.host)),)
        except ValueError:
            try:
                found = await asyncio.get_running_loop().getaddrinfo(trunk.host, trunk.port, type=socket.SOCK_DGRAM)
                port.addresses = tuple(dict.fromkeys(str(row[4][0]) for row in found))
            except OSError as error:
                log.warning("trunk %s: host %s cannot be found: %s", trunk.name, trunk.host, error)
                if not trunk.register:
                    port.up, port.reason = False, f"host {trunk.host} cannot be found"
                    self._changed(trunk.name)
                return
        if not trunk.register:
            port.up, port.reason = True, "peer"
            self._changed(trunk.name)


def quoted(name: str) -> str:
    """A display name inside quotes (RFC 3261 section 25.1)."""
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _place(trunk: SipTrunk) -> str:
    host = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    return f"{host}:{trunk.port}" + ("" if trunk.transport == "udp" else f";transport={trunk.transport}")


def _source(port: TrunkPort) -> TrunkSource:
    trunk = port.trunk
    return TrunkSource(trunk.name, port.addresses, (trunk.transport,), rate_per_s=trunk.rate_per_s)
