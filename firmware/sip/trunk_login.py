"""One trunk's account with pjsua2: registers with the provider, and is given back once it is no more wanted.

Not responsible for when that is (`trunks.py`), nor for what the registration means to calls.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pjsua2 as pj

from firmware.sip.endpoint import Account, SipEndpoint
from firmware.telephony.site import SipTrunk

RETRY_S = 30  # after a failed registration
LEAVE_S = 5.0  # longest wait for the provider to confirm that the box has gone


class TrunkLogin:
    """Registers at once, and again in time, until `leave`."""

    def __init__(self, endpoint: SipEndpoint, trunk: SipTrunk, changed: Callable[[int, str], None]) -> None:
        """`changed` gets status code and reason of each registration. Raises pjsua2.Error."""
        self.name, self._trunk, self._changed = trunk.name, trunk, changed
        self._leaving, self._left = False, asyncio.Event()
        self.account: Account | None = endpoint.add_account(
            f"sip:{trunk.username}@{trunk.host}", self._configure, self._registered
        )

    def _configure(self, config: pj.AccountConfig) -> None:
        trunk = self._trunk
        config.regConfig.registrarUri = f"sip:{place(trunk)}"
        config.regConfig.timeoutSec = trunk.expires_s
        config.regConfig.retryIntervalSec = RETRY_S
        name = trunk.auth_username or trunk.username or ""
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", name, 0, trunk.secret or ""))

    def _registered(self, status: int, reason: str) -> None:
        if self._leaving:
            self._left.set()
        else:
            self._changed(status, reason)

    async def leave(self) -> None:
        """Tell the provider, and wait until it has heard of it: a later registration may be for the same address."""
        self._leaving = True
        if self.account is None or not self.account.getInfo().regIsActive:
            return
        with suppress(pj.Error):  # it is on its way already
            self.account.setRegistration(False)
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self._left.wait()

    def given_back(self) -> bool:
        """Let pjsua2 have the account's place. False: a call still uses it."""
        if self.account is None:
            return True
        prm = pj.AccountShutdownParam()
        prm.force = False
        try:
            self.account.shutdown2(prm)
        except pj.Error:
            return False
        self.account = None  # ~Account comes now: later it would end the account that has got the same number
        return True


def wants_another(before: SipTrunk, after: SipTrunk) -> bool:
    """Whether a changed trunk has to log in anew."""
    return _login(before) != _login(after)


def _login(trunk: SipTrunk) -> tuple[object, ...]:
    if not trunk.register:
        return ()
    name = trunk.auth_username or trunk.username
    return trunk.host, trunk.port, trunk.transport, trunk.username, name, trunk.secret, trunk.expires_s


def place(trunk: SipTrunk) -> str:
    """Where it is, as in a URI."""
    host = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
    return f"{host}:{trunk.port}" + ("" if trunk.transport == "udp" else f";transport={trunk.transport}")
