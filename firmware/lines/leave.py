"""Leaving two calls at once (H5): the exchange connects their far ends, the telephone is free meanwhile.

Not responsible for who may be connected with whom (`calls.transfer`).
"""

import asyncio
import logging
from collections.abc import Callable

from firmware.calls.leg import Cause
from firmware.calls.transfer import TransferRefused
from firmware.lines.switch import Switch
from firmware.lines.telephone_leg import TelephoneLeg

CONNECTED_S = 15.0  # who is not connected by then is busy with something else and comes back

log = logging.getLogger(__name__)


class Leave:
    """One for each telephone. `returned` is told of a held call that could not be connected: it is not lost."""

    def __init__(self, name: str, switch: Switch, returned: Callable[[TelephoneLeg], None]) -> None:
        self._name, self._switch, self._returned = name, switch, returned

    def connect(self, held: TelephoneLeg, asked: TelephoneLeg) -> None:
        """Connect the far end of the held call with the one that was asked, or is still to answer."""
        held.hold(True)
        asked.hold(True)
        over = False

        def take_back() -> None:
            nonlocal over
            if not over and not (held.signals.gone and asked.signals.gone):
                over = True
                self._take_back(held, asked)

        try:
            self._switch.join(held, asked, take_back)
        except TransferRefused as refused:
            log.info("%s: %s", self._name, refused)
            take_back()
        else:
            asyncio.get_running_loop().call_later(CONNECTED_S, take_back)

    def _take_back(self, held: TelephoneLeg, asked: TelephoneLeg) -> None:
        asked.end(Cause.NORMAL)
        if not held.signals.gone:
            self._returned(held)
