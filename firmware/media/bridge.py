"""The conference bridge: slots, connections, and the ports of the native module behind `Media`.

Runs on the loop's thread. It does not know calls.
"""

import asyncio
import ctypes
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from firmware.media import (
    CallerIdMessage,
    Closable,
    FaxTone,
    Gate,
    Heard,
    KeyHeard,
    KeySounds,
    ListenFor,
    MediaError,
    Playback,
    ProgressTone,
    Recorder,
    Silence,
    Source,
    native,
)
from firmware.telephony.country import Tone

FSK_LEVEL_DBM0 = -13.5
EVENTS_AT_ONCE = 64

log = logging.getLogger(__name__)


class _Sound:
    """A port that sounds: tone, player or FSK sender."""

    def __init__(self, bridge: "Bridge", handle: int, slot: int, number: int) -> None:
        self.slot = slot
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bridge, self._handle, self._number = bridge, handle, number
        bridge.expect(number, self._ended)

    def _ended(self, _event: native.Event) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def close(self) -> None:
        if self._handle:
            self._bridge.forget(self._number)
            self._bridge.library.fx_port_destroy(self._handle)
            self._handle = 0
        self.done.cancel()


class _Ear:
    """A detector on a slot."""

    def __init__(
        self, bridge: "Bridge", handle: int, slot: int, number: int, target: int, what: ListenFor,
        heard: Callable[[Heard], None],
    ) -> None:  # fmt: skip
        self._bridge, self._handle, self._slot, self._number = bridge, handle, slot, number
        self._what, self._heard = what, heard
        bridge.expect(number, self._event)
        bridge.connect(target, slot)

    def _event(self, event: native.Event) -> None:
        match event.kind:
            case native.DTMF:
                self._heard(KeyHeard(chr(event.code)))
            case native.KEY_SOUND:
                self._heard(KeySounds(bool(event.code)))
            case native.TONE:
                self._heard(ProgressTone(self._what.progress[event.code][0]))
            case native.FAX:
                self._heard(FaxTone(event.code))
            case native.SILENCE:
                self._heard(Silence(bool(event.code)))
            case native.CALLER_ID:
                self._heard(CallerIdMessage(self._bridge.message_of(self._handle)))

    def close(self) -> None:
        if self._handle:
            self._bridge.forget(self._number)
            self._bridge.library.fx_port_destroy(self._handle)
            self._handle = 0


class _Playback(_Sound):
    """A player that can be wound."""

    def skip(self, by_s: float) -> None:
        if self._handle:
            self._bridge.library.fx_player_wind(self._handle, round(by_s * 1000))


class _Recorder:
    """A WAV file that the native module's own thread writes."""

    def __init__(self, bridge: "Bridge", handle: int, slot: int, number: int, file: Path) -> None:
        self.slot = slot
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bridge, self._handle, self._number, self._file = bridge, handle, number, file
        bridge.expect(number, self._written)

    def _written(self, event: native.Event) -> None:
        self._bridge.forget(self._number)
        if event.code:
            log.error("%s is not complete: the disk is full or failed", self._file)
        if not self.done.done():
            self.done.set_result(None)

    def close(self) -> None:
        if self._handle:
            self._bridge.library.fx_port_destroy(self._handle)
            self._handle = 0


class _Gate:
    """A noise gate. It tells nothing."""

    def __init__(self, bridge: "Bridge", handle: int, slot: int) -> None:
        self.slot = slot
        self._bridge, self._handle = bridge, handle

    def close(self) -> None:
        if self._handle:
            self._bridge.library.fx_port_destroy(self._handle)
            self._handle = 0


class Bridge:
    """`Media` on pjmedia and the native module. One for each process, made after pjsua2's libInit."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        self._handlers: dict[int, Callable[[native.Event], None]] = {}
        self._lines: dict[int, int] = {}
        self._events = (native.Event * EVENTS_AT_ONCE)()
        self._fd = int(library.fx_events_open())
        asyncio.get_running_loop().add_reader(self._fd, self._drain)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._fd)

    def expect(self, number: int, handler: Callable[[native.Event], None]) -> None:
        """Send the events of port `number` to `handler`."""
        self._handlers[number] = handler

    def forget(self, number: int) -> None:
        self._handlers.pop(number, None)

    def message_of(self, handle: int) -> bytes:
        room = ctypes.create_string_buffer(256)
        size = self.library.fx_detector_message(handle, room, len(room))
        return room.raw[:size]

    def _drain(self) -> None:
        for i in range(self.library.fx_events_read(self._events, EVENTS_AT_ONCE)):
            event = self._events[i]
            handler = self._handlers.get(event.source)
            if handler is not None:
                handler(event)

    def connect(self, source: int, sink: int) -> None:
        status = self.library.fx_connect(source, sink)
        if status:
            raise MediaError(f"slot {source} cannot be heard on slot {sink} (pjmedia status {status})")

    def disconnect(self, source: int, sink: int) -> None:
        self.library.fx_disconnect(source, sink)

    def line(self, channel: int) -> int:
        if channel not in self._lines:
            slot = self.library.fx_line_create(channel)
            if slot < 0:
                raise MediaError(f"channel {channel} of the sound card cannot join the bridge")
            self._lines[channel] = slot
        return self._lines[channel]

    def tone(self, tone: Tone) -> Source:
        segments = (native.Segment * len(tone.segments))()
        for at, part in zip(segments, tone.segments, strict=True):
            first, second = (*part.freqs_hz, 0.0, 0.0)[:2]
            at.f1_hz, at.f2_hz, at.on_ms, at.off_ms = first, second, part.on_ms, part.off_ms
        slot, number = ctypes.c_int(), ctypes.c_uint32()
        handle = self.library.fx_tone_create(
            segments, len(segments), tone.level_dbm0, tone.repeat, ctypes.byref(slot), ctypes.byref(number)
        )
        return self._sound(handle, slot, number, f"tone {tone.name}")

    def play(self, files: Sequence[Path], *, repeat: bool = False) -> Playback:
        names = (ctypes.c_char_p * len(files))(*[str(file).encode() for file in files])
        slot, number = ctypes.c_int(), ctypes.c_uint32()
        handle = self.library.fx_player_create(names, len(files), repeat, ctypes.byref(slot), ctypes.byref(number))
        if not handle:
            what = ", ".join(str(file) for file in files)
            raise MediaError(f"{what} cannot be played: 8 kHz, 16 bit, mono WAV files are needed, 64 at most")
        return _Playback(self, handle, slot.value, number.value)

    def playback(self, file: Path) -> Playback:
        return self.play([file])

    def fsk(self, bits: bytes, standard: str) -> Source:
        slot, number = ctypes.c_int(), ctypes.c_uint32()
        handle = self.library.fx_fsk_create(
            bits, len(bits), standard == "v23", FSK_LEVEL_DBM0, ctypes.byref(slot), ctypes.byref(number)
        )
        return self._sound(handle, slot, number, f"caller ID ({standard})")

    def _sound(self, handle: int | None, slot: ctypes.c_int, number: ctypes.c_uint32, what: str) -> _Sound:
        if not handle:
            raise MediaError(f"{what} cannot be played")
        return _Sound(self, handle, slot.value, number.value)

    def listen(self, slot: int, what: ListenFor, heard: Callable[[Heard], None]) -> Closable:
        flags = (native.DETECT_DTMF if what.keys else 0) | (native.DETECT_FAX if what.fax else 0)
        flags |= {"bell202": native.DETECT_BELL202, "v23": native.DETECT_V23}.get(what.caller_id or "", 0)
        tones = (native.ProgressTone * len(what.progress))()
        for at, (_name, tone) in zip(tones, what.progress, strict=True):
            part = tone.segments[0]
            first, second = (*part.freqs_hz, 0.0, 0.0)[:2]
            at.f1_hz, at.f2_hz, at.on_ms, at.off_ms = int(first), int(second), part.on_ms, part.off_ms
        ear, number = ctypes.c_int(), ctypes.c_uint32()
        handle = self.library.fx_detector_create(
            flags, tones, len(tones), what.silence_ms, ctypes.byref(ear), ctypes.byref(number)
        )
        if not handle:
            raise MediaError(f"no detector can be put on slot {slot}")
        return _Ear(self, handle, ear.value, number.value, slot, what, heard)

    def recorder(self, file: Path) -> Recorder:
        slot, number = ctypes.c_int(), ctypes.c_uint32()
        handle = self.library.fx_recorder_create(str(file).encode(), ctypes.byref(slot), ctypes.byref(number))
        if not handle:
            raise MediaError(f"{file} cannot be recorded: is its folder there and writable?")
        return _Recorder(self, handle, slot.value, number.value, file)

    def gate(self) -> Gate:
        slot = ctypes.c_int()
        handle = self.library.fx_gate_create(ctypes.byref(slot))
        if not handle:
            raise MediaError("no noise gate can join the bridge")
        return _Gate(self, handle, slot.value)
