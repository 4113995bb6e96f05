"""The analog ports as the site assigns them: whose telephone is plugged in, and which trunk's line.

Not responsible for what the ports do (`firmware.lines`), nor for calls.
"""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from firmware.calls.exchange import Exchange
from firmware.calls.lamps import Kind
from firmware.clock import Clock
from firmware.devices import BoxDevices, fxo_trunks, line_at
from firmware.lines.outside_line import OutsideLine
from firmware.lines.port import FxoEvent, FxoPort, FxsEvent, FxsPort
from firmware.lines.telephone import Telephone
from firmware.media import Media
from firmware.telephony.country import Country
from firmware.telephony.numbering import Plan
from firmware.telephony.site import FxoTrunk


class Board(Protocol):
    """`firmware.lines.board.LineBoard`."""

    @property
    def fxs(self) -> Mapping[str, FxsPort]: ...
    @property
    def fxo(self) -> Mapping[str, FxoPort]: ...


class News(Protocol):
    """Who is to hear of what happens at the ports (`firmware.news`)."""

    def telephone(self, telephone: Telephone, /) -> None: ...
    def outside(self, line: OutsideLine, /) -> None: ...


class Ports:
    """`open` plugs in what the plan says, `configure` what a new one says."""

    def __init__(
        self, board: Board, devices: BoxDevices, exchange: Exchange, media: Media, country: Country, clock: Clock,
        news: News,
    ) -> None:  # fmt: skip
        self._board, self._devices, self._exchange, self._media = board, devices, exchange, media
        self._country, self._clock, self._news = country, clock, news
        self._lines: dict[str, OutsideLine] = {}  # by port; those that once had a trunk

    def open(self) -> None:
        """Before the board is started: a telephone that is off hook already is told of then."""
        exchange, country, clock = self._exchange, self._country, self._clock
        for name, port in self._board.fxs.items():
            owner, signals = line_at(exchange.plan, name)
            telephone = Telephone(port, self._media, country, clock, owner, signals, exchange)
            self._devices.telephones[name] = telephone
            telephone.watch(partial(self._news.telephone, telephone))
            port.watch(partial(self._port_changed, telephone))
        self._plug(exchange.plan)
        exchange.lamps.watch(self._lamp_changed)

    def _port_changed(self, telephone: Telephone, _event: FxsEvent) -> None:
        self._news.telephone(telephone)

    def configure(self, plan: Plan) -> None:
        """The site has changed: ports may have other owners, lines other signals and other trunks. Calls go on."""
        for name, telephone in self._devices.telephones.items():
            before = telephone.owner.extension
            telephone.configure(*line_at(plan, name))
            if telephone.owner.extension != before:
                telephone.light(self._messages_wait(telephone.owner.extension))
        self._plug(plan)

    def _plug(self, plan: Plan) -> None:
        trunks = fxo_trunks(plan)
        for name, port in self._board.fxo.items():
            trunk = trunks.get(name)
            if name in self._lines:
                self._lines[name].configure(trunk)
            elif trunk is not None:
                self._lines[name] = self._line(port, trunk)
        self._devices.outside = {line.trunk.name: line for line in self._lines.values() if line.plugged}

    def _line(self, port: FxoPort, trunk: FxoTrunk) -> OutsideLine:
        line = OutsideLine(port, self._media, self._country, self._clock, trunk, self._exchange.incoming)

        def changed(_event: FxoEvent) -> None:
            if line.plugged:
                self._news.outside(line)

        port.watch(changed)
        return line

    def _lamp_changed(self, extension: str, kind: Kind) -> None:
        if kind is Kind.MESSAGES:
            self._devices.light(extension, self._messages_wait(extension))

    def _messages_wait(self, extension: str | None) -> bool:
        return extension is not None and self._exchange.lamps.messages(extension).new > 0
