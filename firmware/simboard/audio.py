"""A period of audio through the simulated board: highway, chips, lines, and what hangs on those.

Not responsible for the clock nor for the socket of the card. Chips say how they pass audio (`AudioPath`); samples are
here.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from firmware.chips.simchip import AudioPath, SimChip
from firmware.chips.simtime import Timers
from firmware.lines.boardfile import PortSpec
from firmware.simboard import highway
from firmware.simboard.highway import Period
from firmware.simboard.office import Office
from firmware.simboard.sound import Samples, silence
from firmware.simboard.sound.keys import KeyDecoder
from firmware.simboard.sound.tones import ChipTones
from firmware.simboard.telephone import Telephone

ECHO_GAIN = 0.1  # hybrid echo of 20 dB return loss

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class SimPort:
    """One port with all that is behind it."""

    spec: PortSpec
    chip: SimChip
    end: Telephone | Office
    path: AudioPath | None = None  # None: to be asked of the chip again
    echo: bool = False  # fault: hybrid echo
    tones: ChipTones = field(default_factory=ChipTones)
    keys: KeyDecoder = field(default_factory=KeyDecoder)


class Audio:
    """All ports of a board."""

    def __init__(self, ports: Mapping[str, SimPort], timers: Timers) -> None:
        self._ports, self._timers = ports, timers
        self._paths: dict[str, AudioPath] = {}
        self._chips_rest = True
        self._late: set[str] = set()
        self._wrong: list[str] = []

    @property
    def at_rest(self) -> bool:
        """As long as nothing is done and the box plays silence, there is silence everywhere."""
        self._ask()
        return all(port.end.at_rest and port.keys.at_rest for port in self._ports.values()) and self._chips_rest

    def period(self, playback: Period) -> Period:
        """One period: what the box plays in, what it captures out; both samples x channels."""
        self._ask()
        capture = np.zeros_like(playback)
        played = playback if playback.any() or not self._chips_rest else None
        for name, port in self._ports.items():
            self._through(port, self._paths[name], played, capture)
        for name in self._late:
            highway.linger(capture, self._paths[name].slots)
        return capture

    def collisions(self) -> list[str]:
        """What is wrong with how the chips share the highway."""
        self._ask()
        return self._wrong

    def _ask(self) -> None:
        """See how the chips pass audio, where that may have changed."""
        if all(port.path is not None for port in self._ports.values()):
            return
        for port in self._ports.values():
            port.path = port.path or port.chip.audio()
        self._paths = {name: port.path for name, port in self._ports.items() if port.path is not None}
        self._chips_rest = all(path.at_rest for path in self._paths.values())
        slots = {name: path.slots for name, path in self._paths.items()}
        wrong, self._late = highway.collisions(slots), highway.late(slots)
        if wrong and wrong != self._wrong:
            log.warning("PCM highway: %s", "; ".join(wrong))
        self._wrong = wrong

    def _through(self, port: SimPort, path: AudioPath, played: Period | None, capture: Period) -> None:
        """One port's share of a period."""
        count = capture.shape[0]
        box = highway.heard(played, path.slots) if played is not None else None
        said = port.end.speak(count)
        if path.decodes_keys and (said is not None or not port.keys.at_rest):
            self._decode_keys(port, said, count)
        down = _gained(box, path.gain_to_line)
        up = _gained(_sum(said, _gained(down, ECHO_GAIN) if port.echo else None), path.gain_to_box)
        if path.line_loopback:
            down = _sum(down, _gained(said, path.line_loopback))
        if not path.at_rest:
            down, up = self._add_tones(port, path, count, down, up)
        port.end.hear(down, count)
        highway.speak(capture, path.slots, box if path.loopback else up)

    def _add_tones(
        self, port: SimPort, path: AudioPath, count: int, down: Samples | None, up: Samples | None
    ) -> tuple[Samples | None, Samples | None]:
        """What the chip makes itself."""
        tones = port.tones.read(path.oscillators, count)
        modem = port.tones.modem(path.modem, count, self._timers.now_s) if path.modem is not None else None
        for tone, samples in (*tones, *((modem,) if modem else ())):
            down = _sum(down, samples) if tone.to_line else down
            up = _sum(up, samples) if tone.to_box else up
        return down, up

    @staticmethod
    def _decode_keys(port: SimPort, said: Samples | None, count: int) -> None:
        before = port.keys.sounding
        port.keys.feed(silence(count) if said is None else said)
        if port.keys.sounding != before:
            port.chip.key_heard(port.keys.sounding)


def _gained(samples: Samples | None, gain: float) -> Samples | None:
    if samples is None or not gain:
        return None
    return samples if gain == 1.0 else samples * np.float32(gain)


def _sum(one: Samples | None, other: Samples | None) -> Samples | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
