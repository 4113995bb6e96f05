"""What the core tells of itself: its parts as facts of the contract (`api.box.Box`)."""

import asyncio
import platform
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version

from firmware.api.box import NotPossible
from firmware.calls.call import Call
from firmware.calls.exchange import Exchange
from firmware.clock import Clock
from firmware.contract import status as facts
from firmware.contract.replies import Explanation
from firmware.contract.status import CallState, LineKind, LineState, Position, TrunkState
from firmware.devices import BoxDevices
from firmware.features.alarms.board import Board
from firmware.lines.outside_line import OutsideLine
from firmware.lines.telephone import Telephone
from firmware.sip.registrar import Registrar
from firmware.sip.trunks import Trunks
from firmware.telephony.explanation import NoSuchCaller, explanation, request
from firmware.telephony.routing import route


class BoxStatus:
    """Reads the parts when asked; keeps nothing but what the supervisor reports."""

    def __init__(
        self, *, exchange: Exchange, devices: BoxDevices, registrar: Registrar, trunks: Trunks, alarms: Board,
        clock: Clock, addresses: dict[str, str], counters: Callable[[], dict[str, int]], legs: Callable[[], int],
        audio_ports: Callable[[], int], sip_version: str,
    ) -> None:  # fmt: skip
        self._exchange, self._devices, self._registrar, self._trunks = exchange, devices, registrar, trunks
        self._clock, self._addresses, self._counters = clock, addresses, counters
        self._legs, self._audio_ports = legs, audio_ports
        self._versions = {"fxbox": version("fxbox"), "pjproject": sip_version, "Python": platform.python_version()}
        self._started = clock.now()
        self.alarms = alarms
        self.checks: tuple[facts.Check, ...] = ()

    def status(self, position: Position) -> facts.Status:
        return facts.Status(
            name=self._exchange.plan.site.site.name,
            started_at=self._started,
            position=position,
            addresses=self._addresses,
            versions=self._versions,
            lines=self.lines(),
            registrations=tuple(
                self.registration(one.number) for one in self._exchange.plan.site.extensions if one.sip is not None
            ),
            trunks=self.trunks(),
            calls=tuple(self.call(call) for call in self._exchange.calls.values()),
            checks=self.checks,
            alarms=self.alarms.alarms,
            counters=self._counters() | {"calls_total": self._exchange.served},
        )

    def gauges(self) -> dict[str, float]:
        lines = self.lines()
        return {
            "calls": len(self._exchange.calls),
            "sip_legs": self._legs(),
            "audio_ports": self._audio_ports(),
            "tasks": len(asyncio.all_tasks()),
            "registrations": sum(len(self._registrar.contacts(one)) for one in self._registrar.extensions),
            "lines": len(lines),
            "lines_in_service": sum(line.state not in (LineState.FAULT, LineState.NO_LINE) for line in lines),
            "trunks_up": sum(trunk.state is TrunkState.UP for trunk in self.trunks()),
            "uptime_seconds": (self._clock.now() - self._started).total_seconds(),
        }

    def explain(self, caller: str, called: str, at: datetime | None, trunk: str | None) -> Explanation:
        try:
            asked = request(self._exchange.plan.site, caller, called, at or self._clock.now(), trunk)
        except NoSuchCaller as reason:
            raise NotPossible(str(reason)) from reason
        return explanation(route(asked, self._exchange.snapshot()))

    def unlock(self, extension: str | None) -> None:
        limits = self._exchange.limits
        if extension is None and not limits.release():
            raise NotPossible("nothing has stopped the site's international calls")
        if extension is not None and not limits.unlock(extension):
            raise NotPossible(f"extension {extension} is not locked")

    def dismiss_alarms(self, until: datetime) -> int:
        return self.alarms.dismiss(until)

    # -- parts ----------------------------------------------------------------------------------------------------

    def lines(self) -> tuple[facts.Line, ...]:
        telephones = tuple(self.telephone(one) for one in self._devices.telephones.values())
        return telephones + tuple(self.outside(one) for one in self._devices.outside.values())

    def telephone(self, one: Telephone) -> facts.Line:
        state = LineState.READY
        if not one.port.in_service:
            state = LineState.FAULT
        elif one.leg is not None:
            state = _line_state(self._call_of(one.leg.id), one.port.off_hook)
        elif one.port.off_hook:
            state = LineState.LEFT_OFF
        who = f"{one.owner.number} {one.owner.name}".strip()
        return facts.Line(one.port.name, LineKind.FXS, state, who, one.port.fault or "")

    def outside(self, one: OutsideLine) -> facts.Line:
        state = LineState.READY
        if not one.port.in_service:
            state = LineState.FAULT
        elif one.leg is not None:
            state = LineState.IN_CALL if one.leg.slot is not None else LineState.RINGING
        elif not one.port.line_present:
            state = LineState.NO_LINE
        return facts.Line(one.port.name, LineKind.FXO, state, one.trunk.name, one.port.fault or "")

    def _call_of(self, leg_id: str) -> Call | None:
        for call in self._exchange.calls.values():
            if any(leg.id == leg_id for leg in call.legs):
                return call
        return None

    def registration(self, extension: str) -> facts.Registration:
        bindings, owner = self._registrar.contacts(extension), self._exchange.plan.extensions.get(extension)
        return facts.Registration(
            extension,
            owner.name if owner is not None else "",
            tuple(f"{one.source.ip}:{one.source.port} {one.user_agent}".strip() for one in bindings),
            min((one.since for one in bindings), default=None),
        )

    def trunks(self) -> tuple[facts.Trunk, ...]:
        sip = (self.sip_trunk(name) for name in self._trunks.ports)
        down = self._devices.live().trunks_down
        fxo = (
            facts.Trunk(name, "fxo", TrunkState.DOWN if name in down else TrunkState.UP)
            for name in self._devices.outside
        )
        return (*fxo, *sip)

    def sip_trunk(self, name: str) -> facts.Trunk:
        port = self._trunks.ports[name]
        return facts.Trunk(name, "sip", TrunkState.UP if port.up else TrunkState.TRYING, port.reason)

    @staticmethod
    def call(call: Call) -> facts.Call:
        party = call.b.party if call.b else None
        state = CallState.TALKING if call.answered else CallState.RINGING
        if call.service:
            state = CallState.SERVICE
        if call.slot:
            state = CallState.PARKED
        return facts.Call(
            id=call.id,
            caller=call.caller.number,
            called=call.dialled or (party.number if party else ""),
            state=state,
            began_at=call.start,
            caller_name=call.caller.name,
            called_name=party.name if party else "",
            answered_at=call.answered,
            via=call.trunk or call.caller.trunk or "",
            slot=call.slot,
            extensions=tuple(dict.fromkeys((*call.extensions(), *([call.transferor] if call.slot else ())))),
        )


def _line_state(call: Call | None, off_hook: bool) -> LineState:
    if call is None:
        return LineState.DIALLING if off_hook else LineState.RINGING
    if call.answered is not None:
        return LineState.IN_CALL
    return LineState.OFF_HOOK if off_hook else LineState.RINGING
