"""A house of telephones in virtual time: the real exchange, with legs and media that only keep account.

People act on their telephones (`Telephone`); tests ask what somebody hears. After each test nothing may be left over.
"""

import asyncio
import shutil
import wave
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, time
from ipaddress import ip_address
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Generic, TypeVar

import msgspec

from firmware.calls.devices import Alert
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Resources
from firmware.calls.leg import (
    AudioChanged,
    Cause,
    Digit,
    Direction,
    Leg,
    LegState,
    Party,
    Signals,
)
from firmware.features import discover
from firmware.media import Closable, Gate, Heard, ListenFor, Playback, Recorder, Silence, Source
from firmware.net.addresses import Ip
from firmware.net.mail import Letter
from firmware.net.webhook import Message, NotTaken
from firmware.telephony.country import Tone, load_country
from firmware.telephony.decision import Live, Port, SipDevices, TrunkAttempt
from firmware.telephony.deeds import Deed
from firmware.telephony.numbering import Plan
from firmware.telephony.records import CallRecord
from firmware.telephony.site import Extension, FxoTrunk, Site, Webhook
from firmware.telephony.site.check import checked
from tests.virtual import START, VirtualClock

PHRASE_S = 1.0
WRITTEN_S = 0.01  # from closing a recorder to a complete file
Value = TypeVar("Value")


@dataclass
class Sound:
    """A source that is on until closed; `label` is what a listener would call it."""

    media: "Media"
    slot: int
    label: str
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def close(self) -> None:
        self.media.leave(self.slot)
        self.done.cancel()


class Played(Sound):
    """A recording that can be wound; how long it is counts in its file."""

    def __init__(self, media: "Media", slot: int, file: Path) -> None:
        super().__init__(media, slot, file.stem)
        with wave.open(str(file)) as recording:
            self._length_s = recording.getnframes() / recording.getframerate()
        self._begin_s = asyncio.get_running_loop().time()
        self.skipped: list[float] = []
        self._end = asyncio.get_running_loop().call_later(self._length_s, self._ends)

    def _ends(self) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def skip(self, by_s: float) -> None:
        now_s = asyncio.get_running_loop().time()
        self._begin_s = min(self._begin_s - by_s, now_s)
        self._end.cancel()
        self._end = asyncio.get_running_loop().call_later(self._begin_s + self._length_s - now_s, self._ends)


class Tape(Sound):
    """A recorder whose file is as long as something was connected to it."""

    def __init__(self, media: "Media", slot: int, file: Path) -> None:
        super().__init__(media, slot, "recorder")
        self._file, self._heard_s = file, 0.0
        self._since_s: float | None = None
        file.write_bytes(b"")

    def account(self) -> None:
        """What is connected has changed."""
        now_s = asyncio.get_running_loop().time()
        if self._since_s is not None:
            self._heard_s += now_s - self._since_s
        self._since_s = now_s if self.slot in self.media.labels and self.media.hears(self.slot) else None

    def close(self) -> None:
        if self in self.media.tapes:
            self.account()
            self.media.tapes.remove(self)
            self.media.leave(self.slot)
            asyncio.get_running_loop().call_later(WRITTEN_S, self._written)

    def _written(self) -> None:
        with wave.open(str(self._file), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(2 * round(self._heard_s * 8000)))
        self.done.set_result(None)


class Ear(Sound):
    """A detector. What it hears is said by the test."""

    def __init__(self, media: "Media", slot: int, of: int, what: ListenFor, heard: Callable[[Heard], None]) -> None:
        super().__init__(media, slot, "ear")
        self.of, self.what, self.heard = of, what, heard
        media.ears.append(self)
        if what.silence_ms and of not in media.speechless:
            asyncio.get_running_loop().call_soon(heard, Silence(False))

    def close(self) -> None:
        super().close()
        if self in self.media.ears:
            self.media.ears.remove(self)


class Media:
    """`firmware.media.Media` that knows who is connected to whom, and makes no sound."""

    def __init__(self) -> None:
        self.wires: set[tuple[int, int]] = set()
        self.labels: dict[int, str] = {}
        self.lines: dict[int, int] = {}  # slots by channel of the sound card
        self.said: list[str] = []
        self.sent: list[bytes] = []  # line bits for displays
        self.tapes: list[Tape] = []
        self.ears: list[Ear] = []
        self.gates: set[int] = set()  # slots that say what they hear
        self.speechless: set[int | None] = set()  # slots of people who say nothing
        self._next = 100

    def slot(self, label: str) -> int:
        self._next += 1
        self.labels[self._next] = label
        return self._next

    def leave(self, slot: int) -> None:
        self.labels.pop(slot, None)
        self.gates.discard(slot)
        self.wires = {wire for wire in self.wires if slot not in wire}
        self._account()

    def hears(self, slot: int | None) -> set[str]:
        heard = {source for source, sink in self.wires if sink == slot}
        through = {label for gate in heard & self.gates for label in self.hears(gate)}
        return through | {self.labels[source] for source in heard - self.gates}

    def connect(self, source: int, sink: int) -> None:
        assert source in self.labels and sink in self.labels, f"slot {source} or {sink} is not in the bridge"
        self.wires.add((source, sink))
        self._account()

    def disconnect(self, source: int, sink: int) -> None:
        self.wires.discard((source, sink))
        self._account()

    def _account(self) -> None:
        for tape in self.tapes:
            tape.account()

    def line(self, channel: int) -> int:
        if channel not in self.lines:
            self.lines[channel] = self.slot(f"line {channel}")
        return self.lines[channel]

    def tone(self, tone: Tone) -> Source:
        sound = Sound(self, self.slot(tone.name), tone.name)
        if not tone.repeat:
            self._ends(sound)
        return sound

    def play(self, files: Sequence[Path], *, repeat: bool = False) -> Source:
        label = "+".join(file.stem for file in files)
        sound = Sound(self, self.slot(label), label)
        if not repeat:
            self._ends(sound)
        return sound

    def _ends(self, sound: Sound) -> None:
        """A sound that ends by itself is noted."""
        self.said.append(sound.label)
        asyncio.get_running_loop().call_later(PHRASE_S, lambda: sound.done.done() or sound.done.set_result(None))

    def fsk(self, bits: bytes, standard: str) -> Source:
        self.sent.append(bits)
        sound = Sound(self, self.slot("caller id"), "caller id")
        self._ends(sound)
        return sound

    def listen(self, slot: int, what: ListenFor, heard: Callable[[Heard], None]) -> Closable:
        return Ear(self, self.slot("ear"), slot, what, heard)

    def hear(self, slot: int | None, heard: Heard) -> None:
        """Let those who listen to a slot hear something."""
        for ear in tuple(self.ears):
            if ear.of == slot:
                ear.heard(heard)

    def playback(self, file: Path) -> Playback:
        self.said.append("(message)")
        return Played(self, self.slot("(message)"), file)

    def recorder(self, file: Path) -> Recorder:
        tape = Tape(self, self.slot("recorder"), file)
        self.tapes.append(tape)
        return tape

    def gate(self) -> Gate:
        sound = Sound(self, self.slot("gate"), "gate")
        self.gates.add(sound.slot)
        return sound


class Telephone:
    """A leg and the person at its far end."""

    keys_in_audio = False
    takes_key_events = True
    answer_assumed = False

    def __init__(self, media: Media, direction: Direction, party: Party, dialled: str, line: int | None = None) -> None:
        """`line`: the slot of an analog line, which outlives the leg."""
        self.direction, self.party, self.dialled = direction, party, dialled
        self._line = line
        self.signals = Signals()
        self.slot: int | None = None
        self.got_keys = ""
        self.alert = Alert.NORMAL
        self.display: Party | None = None  # whom it shows
        self.id = f"{party.number}-{id(self):x}"
        self._media = media

    # -- the person
    @property
    def hears(self) -> set[str]:
        return self._media.hears(self.slot)

    @property
    def state(self) -> LegState:
        return self.signals.state

    def rings(self) -> None:
        self.signals.move(LegState.RINGING)

    def early_audio(self) -> None:
        self._open()
        self.signals.move(LegState.EARLY)

    def pick_up(self) -> None:
        self._open()
        self.signals.move(LegState.UP)

    def sends_on(self, number: str) -> None:
        """The device forwards the call by itself (302)."""
        self.signals.moved_to = number
        self.leaves()

    def leaves(self, cause: Cause = Cause.NORMAL) -> None:
        self.hang_up(cause)

    def press(self, keys: str) -> None:
        for key in keys:
            self.signals.post(Digit(key))

    def sounds(self, heard: Heard) -> None:
        """Something that a detector notices is in what the telephone says."""
        self._media.hear(self.slot, heard)

    def hold(self, on: bool) -> None:
        self.signals.held_by_far_end = on
        self.signals.post(AudioChanged())

    def _open(self) -> None:
        if self.slot is None and not self.signals.gone:
            self.slot = self._media.slot(self.party.number) if self._line is None else self._line
            self.signals.post(AudioChanged())

    # -- the box
    def ringing(self) -> None:
        if self.direction is Direction.INCOMING:
            self.signals.move(LegState.RINGING)

    def early(self) -> None:
        self._open()
        self.signals.move(LegState.EARLY)

    def answer(self) -> None:
        self._open()
        self.signals.move(LegState.UP)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        if self.signals.gone:
            return
        slot, self.slot = self.slot, None
        if slot is not None and self._line is None:
            self._media.leave(slot)
        self.signals.move(LegState.GONE, cause)

    def send_digits(self, digits: str) -> None:
        self.got_keys += digits

    def show(self, party: Party) -> None:
        self.display = party


class Phrases:
    def phrase(self, language: str, id: str) -> list[Path]:
        return [Path(f"{id}.wav")]

    def digits(self, language: str, text: str) -> list[Path]:
        return [Path(f"{text}.wav")]

    def number(self, language: str, value: int, *, feminine: bool = False) -> list[Path]:
        return [Path(f"{value}.wav")]

    def date(self, language: str, at: date, *, with_year: bool = False) -> list[Path]:
        return [Path(f"{at:%Y-%m-%d}.wav" if with_year else f"{at:%m-%d}.wav")]

    def time(self, language: str, at: time) -> list[Path]:
        return [Path(f"{at:%H:%M}.wav")]


class Addresses:
    def __init__(self, wan: Sequence[str] = (), lan: Sequence[str] = ("192.0.2.7",)) -> None:
        self._wan, self._lan = wan, lan

    def wan(self) -> list[Ip]:
        return [ip_address(text) for text in self._wan]

    def lan(self) -> list[Ip]:
        return [ip_address(text) for text in self._lan]


class Settings:
    """`calls.feature.SettingsStore` in memory."""

    def __init__(self, site: Site, changed: Callable[[Site], None] = lambda _site: None) -> None:
        self.site, self._watchers = site, [changed]

    def replace(self, site: Site) -> "Future[None]":
        self.site = site
        for watcher in tuple(self._watchers):
            watcher(self.site)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def watch(self, watcher: Callable[[Site], None]) -> Callable[[], None]:
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def change_extension(self, number: str, **changes: Any) -> "Future[None]":
        found = self.site.extension(number)
        assert found is not None
        return self.change_extensions([msgspec.structs.replace(found, **changes)])

    def change_extensions(self, changed: Iterable[Extension]) -> "Future[None]":
        extensions = {one.number: one for one in (*self.site.extensions, *changed)}
        return self.replace(msgspec.structs.replace(self.site, extensions=tuple(extensions.values())))


class Kept(Generic[Value]):
    """`calls.feature.KeptValues` in memory; `values` may be those of the house before a restart."""

    def __init__(self, key: Callable[[Value], tuple[str, ...]], values: dict[tuple[str, ...], Any]) -> None:
        self._key = key
        self._values: dict[tuple[str, ...], Value] = values

    def load(self) -> list[Value]:
        return list(self._values.values())

    def save(self, value: Value) -> None:
        self._values[self._key(value)] = value

    def remove(self, *key: str) -> None:
        self._values.pop(key, None)


@dataclass
class Post:
    """`calls.feature.Post` that keeps the letters; the test says when the server has taken them."""

    ready: bool = True
    letters: list[Letter] = field(default_factory=list)
    watchers: list[Callable[[Letter], None]] = field(default_factory=list)

    def watch(self, sent: Callable[[Letter], None]) -> None:
        self.watchers.append(sent)

    def post(self, to: str, subject: str, text: str, *, attachment: str = "", name: str = "", tag: str = "") -> None:
        self.letters.append(Letter(str(len(self.letters)), START, to, subject, text, attachment, name, tag))

    def is_sent(self, letter: Letter) -> None:
        for watcher in self.watchers:
            watcher(letter)


class House:
    """The exchange, its people and its lines. `devices[extension]` telephones ring at once for an extension."""

    def __init__(
        self, site: Site, addresses: Addresses | None = None, *, before: "House | None" = None,
        clock: VirtualClock | None = None,
    ) -> None:  # fmt: skip
        """`before`: the house before a restart of its core; what was kept is there again."""
        self.media, self.clock = Media(), clock or VirtualClock()
        self.kept: dict[str, dict[tuple[str, ...], Any]] = before.kept if before else {}
        self.folder = before.folder if before else Path(mkdtemp(prefix="fxbox-house-"))
        self._before = before  # whose end would take the folder away
        if before is None:
            weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.country = load_country(site.site.country)
        self.records: list[CallRecord] = []
        self.deeds: list[Deed] = []  # what the audit keeps
        self.devices = {one.number: 1 for one in site.extensions}
        self.lines_busy: set[str] = set()
        self.single_lines: set[str] = set()  # trunks that carry one call out at a time
        self.answers_assumed: set[str] = set()  # trunks that cannot tell an answer
        self.trunks_down: set[str] = set()
        self.rung: dict[str, list[Telephone]] = {}
        self._device_watchers: list[Callable[[str], None]] = []
        self.music = self.media.slot("music")
        self.analog = {one.number: self.media.slot(one.number) for one in site.extensions if one.port}
        self.analog |= {one.name: self.media.slot(one.name) for one in site.trunks if isinstance(one, FxoTrunk)}
        self._came = asyncio.Event()
        self.settings = Settings(site, self._site_changed)
        self.post = Post()
        self.pushed: list[dict[str, str | int]] = []  # what a program was told
        self.pushes_refused = 0
        self.resources = Resources(self.settings, self._keep, self.folder, self.clock, self.post, self._push)
        self.exchange = Exchange(
            media=self.media, music=self.music, tones=self.country.tones, devices=self,
            plan=Plan(site, self.country.emergency), features=discover(self.resources), phrases=Phrases(),
            addresses=addresses or Addresses(), clock=self.clock, record=self.records.append,
            audit=self.deeds.append,
        )  # fmt: skip
        for begin in self.exchange.features.begin:
            begin(self.exchange)

    @property
    def plan(self) -> Plan:
        return self.exchange.plan

    def _keep(
        self, name: str, _type: type[Value], key: Callable[[Value], tuple[str, ...]], *, synced: bool = False
    ) -> Kept[Value]:
        return Kept(key, self.kept.setdefault(name, {}))

    async def _push(self, _webhook: Webhook, message: Message) -> None:
        self.pushed.append(dict(message))
        if self.pushes_refused:
            self.pushes_refused -= 1
            raise NotTaken("the program is away")

    def _site_changed(self, site: Site) -> None:
        self.exchange.plan = Plan(site, self.country.emergency)

    # -- calls.devices.Devices
    def ring(
        self, extension: str, devices: Sequence[Port | SipDevices], caller: Party, alert: Alert = Alert.NORMAL
    ) -> list[Leg]:
        owner = self.plan.extensions[extension]
        party = Party(extension, owner.name, extension=extension)
        legs = [self._call(extension, party, extension) for _ in range(self.devices[extension])]
        for leg in legs:
            leg.alert, leg.display = alert, caller
        return list(legs)

    def call_out(self, attempt: TrunkAttempt, caller: Party) -> Leg | None:
        lone = attempt.trunk in self.single_lines and attempt.trunk in self.rung
        if attempt.trunk in self.lines_busy or (lone and not self.rung[attempt.trunk][-1].signals.gone):
            return None
        leg = self._call(attempt.trunk, Party(attempt.digits, trunk=attempt.trunk), attempt.digits)
        leg.answer_assumed = attempt.trunk in self.answers_assumed
        return leg

    def watch(self, watcher: Callable[[str], None]) -> Callable[[], None]:
        self._device_watchers.append(watcher)
        return lambda: self._device_watchers.remove(watcher)

    def plugs(self, extension: str, devices: int) -> None:
        """So many telephones of the extension are there from now on."""
        self.devices[extension] = devices
        for watcher in self._device_watchers:
            watcher(extension)

    def live(self) -> Live:
        registered = frozenset(number for number, count in self.devices.items() if count)
        return Live(registered=registered, trunks_down=frozenset(self.trunks_down))

    def _call(self, where: str, party: Party, dialled: str) -> Telephone:
        leg = Telephone(self.media, Direction.OUTGOING, party, dialled, self.analog.get(where))
        self.rung.setdefault(where, []).append(leg)
        self._came.set()
        return leg

    # -- people
    def dials(self, extension: str, number: str) -> Telephone:
        """An IP telephone of `extension` calls `number`."""
        party = Party(extension, self.plan.extensions[extension].name, extension=extension)
        leg = Telephone(self.media, Direction.INCOMING, party, number, self.analog.get(extension))
        self.exchange.incoming(leg)
        return leg

    def lifts(self, extension: str) -> Telephone:
        """An analog telephone of `extension` is lifted."""
        party = Party(extension, self.plan.extensions[extension].name, extension=extension)
        leg = Telephone(self.media, Direction.INCOMING, party, "", self.analog.get(extension))
        leg._open()
        self.exchange.lifted(leg)
        return leg

    def outside_calls(self, trunk: str, caller: str | Party, did: str = "") -> Telephone:
        party = caller if isinstance(caller, Party) else Party(caller, trunk=trunk)
        leg = Telephone(self.media, Direction.INCOMING, party, did, self.analog.get(trunk))
        self.exchange.incoming(leg)
        return leg

    async def telephone(self, where: str, number: int = 0, within_s: float = 600) -> Telephone:
        """The telephone of an extension, or the line of a trunk, once the box has called it."""
        async with asyncio.timeout(within_s):
            while len(self.rung.get(where, ())) <= number:
                self._came.clear()
                await self._came.wait()
        return self.rung[where][number]

    async def settled(self) -> None:
        """Until every call is over."""
        async with asyncio.timeout(3600):
            await asyncio.sleep(0.1)
            while self.exchange.calls:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def nothing_left(self) -> None:
        """No call, telephone, sound or connection may outlive a test."""
        assert not self.exchange.calls
        assert not self.exchange.live().calls
        lasting = {self.music, *self.analog.values()}
        assert not self.media.wires, self.media.wires
        assert self.media.labels.keys() == lasting, self.media.labels


@asynccontextmanager
async def house(
    text: str, devices: Mapping[str, int] | None = None, *, before: House | None = None,
    clock: VirtualClock | None = None,
) -> AsyncIterator[House]:  # fmt: skip
    """A house of this site file, checked for leftovers at the end."""
    site = checked(text)
    assert site.site is not None, site.problems
    here = House(site.site, before=before, clock=clock)
    here.devices.update(devices or {})
    yield here
    await here.settled()
    await asyncio.sleep(1)
    here.nothing_left()
